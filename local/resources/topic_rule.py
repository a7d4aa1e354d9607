"""aws:iot/topicRule:TopicRule. https://docs.aws.amazon.com/iot/latest/apireference/API_CreateTopicRule.html"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from local.resources.base import Call, Handler, Made, Naming, given, names

# The actions that the local AWS carries out: inputs of pulumi_aws (lists of actions, and in an error action one of
# them) and their names in the API. Its rules do not reach the local Lambda, and others are skipped silently.
_ACTIONS = {"dynamodbv2s": "dynamoDBv2", "republishes": "republish", "sns": "sns", "sqs": "sqs"}
_ERROR_ACTIONS = {"dynamodbv2": "dynamoDBv2", "republish": "republish", "sns": "sns", "sqs": "sqs"}


class TopicRule(Handler):
    """A rule over MQTT messages; its id is its name."""

    type = "aws:iot/topicRule:TopicRule"
    handles = (
        names("name description enabled sql sqlVersion")
        | {f"{ours}.*" for ours in _ACTIONS}
        | {f"errorAction.{ours}.*" for ours in _ERROR_ACTIONS}
    )
    naming = Naming(longest=128, clean=lambda name: name.replace("-", "_"))

    def create(self, call: Call) -> Made:
        """Create the rule with its actions, in the order in which the program gives them."""
        inputs = call.inputs
        payload: dict[str, Any] = {
            "sql": inputs["sql"],
            "ruleDisabled": not inputs["enabled"],
            "awsIotSqlVersion": inputs["sqlVersion"],
            "actions": [{api: action} for ours, api in _ACTIONS.items() for action in inputs.get(ours) or []],
            **given(inputs, description="description"),
        }
        for ours, api in _ERROR_ACTIONS.items():
            if action := (inputs.get("errorAction") or {}).get(ours):
                payload["errorAction"] = {api: action}
        name = inputs["name"]
        tags = {"tags": urlencode(call.tags)} if call.tags else {}
        call.client("iot").create_topic_rule(ruleName=name, topicRulePayload=payload, **tags)
        return Made(name, {"arn": call.arn("iot", f"rule/{name}")})


HANDLER = TopicRule()
