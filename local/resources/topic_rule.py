"""aws:iot/topicRule:TopicRule. https://docs.aws.amazon.com/iot/latest/apireference/API_CreateTopicRule.html"""

from __future__ import annotations

from typing import Any

from local.resources.base import Call, Handler, Made, Naming, names

# The actions that MiniStack carries out; each input of pulumi_aws is a list of them.
_ACTIONS = {
    "dynamodbs": "dynamoDB",
    "dynamodbv2s": "dynamoDBv2",
    "lambda": "lambda",
    "republishes": "republish",
    "s3": "s3",
    "sns": "sns",
    "sqs": "sqs",
}
_ERROR_ACTIONS = {
    "dynamodb": "dynamoDB", "dynamodbv2": "dynamoDBv2", "lambda": "lambda", "republish": "republish", "s3": "s3",
    "sns": "sns", "sqs": "sqs",
}  # fmt: skip


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
            "actions": [
                {api: _action(api, action)} for ours, api in _ACTIONS.items() for action in inputs.get(ours) or []
            ],
        }
        if inputs.get("description"):
            payload["description"] = inputs["description"]
        for ours, api in _ERROR_ACTIONS.items():
            if action := (inputs.get("errorAction") or {}).get(ours):
                payload["errorAction"] = {api: _action(api, action)}
        name = inputs["name"]
        call.client("iot").create_topic_rule(ruleName=name, topicRulePayload=payload)
        return Made(name, {"arn": call.arn("iot", f"rule/{name}")})


def _action(api: str, action: dict[str, Any]) -> dict[str, Any]:
    """An action as the API writes it: the same names, with few exceptions."""
    if api == "dynamoDBv2":
        return {"roleArn": action["roleArn"], "putItem": action.get("putItem")}
    return {key: value for key, value in action.items() if value is not None}


HANDLER = TopicRule()
