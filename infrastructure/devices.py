"""What a device may do over MQTT: connect as itself, publish its own telemetry.

Stage: before ingestion, on AWS IoT's side. Attach the policy to each device's certificate. Its name comes from the
registered thing of the certificate (client id = thing name), never from what it says.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infrastructure.account import Account
from infrastructure.iam import Statement, document
from infrastructure.settings import Settings

THING = "${iot:Connection.Thing.ThingName}"
ATTACHED = "iot:Connection.Thing.IsAttached"


@dataclass
class DevicePolicyArgs:
    """Whose devices."""

    settings: Settings
    account: Account


class DevicePolicy(pulumi.ComponentResource):
    """The IoT policy for every device's certificate."""

    def __init__(self, name: str, args: DevicePolicyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("symphony:infrastructure:DevicePolicy", name, {}, opts)
        account = args.account
        self.policy = aws.iot.Policy(
            name,
            name=args.settings.name("device"),
            policy=document(
                [
                    _allow(
                        "iot:Connect", account.arn("iot", f"client/{THING}"), Condition={"Bool": {ATTACHED: "true"}}
                    ),
                    _allow("iot:Publish", account.arn("iot", f"topic/devices/{THING}/telemetry")),
                ]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"policy": self.policy.name})


def _allow(action: str, resource: pulumi.Input[str], **condition: object) -> Statement:
    # Like IAM's, but without Sid: https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html
    return {"Effect": "Allow", "Action": action, "Resource": resource, **condition}
