"""aws:sfn/alias:Alias.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachineAlias.html
"""

from __future__ import annotations

from local.resources.base import Call, Handler, Made, Naming, names


class Alias(Handler):
    """An alias of a state machine; its id is its ARN."""

    type = "aws:sfn/alias:Alias"
    handles = names("name description routingConfigurations.stateMachineVersionArn routingConfigurations.weight")
    naming = Naming(longest=80)

    def create(self, call: Call) -> Made:
        """Create the alias."""
        made = call.client("stepfunctions").create_state_machine_alias(
            name=call.inputs["name"],
            description=call.inputs.get("description") or "",
            routingConfiguration=[
                {"stateMachineVersionArn": route["stateMachineVersionArn"], "weight": route["weight"]}
                for route in call.inputs["routingConfigurations"]
            ],
        )
        arn = made["stateMachineAliasArn"]
        return Made(arn, {"arn": arn, "creationDate": made["creationDate"].isoformat()})


HANDLER = Alias()
