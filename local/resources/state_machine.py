"""aws:sfn/stateMachine:StateMachine.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from local.resources.base import Call, Handler, Made, Naming, names


class StateMachine(Handler):
    """A state machine; its id is its ARN."""

    type = "aws:sfn/stateMachine:StateMachine"
    handles = names(
        "name namePrefix type roleArn definition publish tracingConfiguration.enabled "
        "loggingConfiguration.logDestination loggingConfiguration.level loggingConfiguration.includeExecutionData"
    )
    ignores: ClassVar[Mapping[str, str]] = {
        "encryptionConfiguration.*": "the local Step Functions encrypts nothing",
    }
    naming = Naming(longest=80)

    def create(self, call: Call) -> Made:
        """Create the state machine and, with `publish`, its first version."""
        inputs = call.inputs
        arguments: dict[str, Any] = {}
        if inputs.get("publish"):
            arguments["publish"] = True
        if logging := inputs.get("loggingConfiguration"):
            arguments["loggingConfiguration"] = {
                "level": logging.get("level") or "OFF",
                "includeExecutionData": bool(logging.get("includeExecutionData")),
                "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": logging["logDestination"]}}]
                if logging.get("logDestination")
                else [],
            }
        if tracing := inputs.get("tracingConfiguration"):
            arguments["tracingConfiguration"] = {"enabled": bool(tracing.get("enabled"))}
        if call.tags:
            arguments["tags"] = [{"key": key, "value": value} for key, value in call.tags.items()]
        made = call.client("stepfunctions").create_state_machine(
            name=inputs["name"],
            definition=inputs["definition"],
            roleArn=inputs["roleArn"],
            type=inputs.get("type") or "STANDARD",
            **arguments,
        )
        arn = made["stateMachineArn"]
        return Made(
            arn,
            {
                "arn": arn,
                "stateMachineVersionArn": made.get("stateMachineVersionArn", ""),
                "creationDate": made["creationDate"].isoformat(),
                "status": "ACTIVE",
                "type": inputs.get("type") or "STANDARD",
            },
        )


HANDLER = StateMachine()
