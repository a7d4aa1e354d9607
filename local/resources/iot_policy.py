"""aws:iot/policy:Policy. https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html"""

from __future__ import annotations

from local.resources.base import Call, Handler, Made, Naming, names


class Policy(Handler):
    """What devices may do over MQTT; its id is its name."""

    type = "aws:iot/policy:Policy"
    handles = names("name policy")
    naming = Naming(longest=128)

    def create(self, call: Call) -> Made:
        """Create the policy."""
        name = call.inputs["name"]
        made = call.client("iot").create_policy(
            policyName=name,
            policyDocument=call.inputs["policy"],
            tags=[{"Key": key, "Value": value} for key, value in call.tags.items()],
        )
        return Made(name, {"arn": made["policyArn"], "defaultVersionId": made["policyVersionId"]})


HANDLER = Policy()
