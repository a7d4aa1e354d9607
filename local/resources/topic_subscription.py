"""aws:sns/topicSubscription:TopicSubscription. https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from local.resources.base import Call, Handler, Made, names

_ATTRIBUTES = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


class TopicSubscription(Handler):
    """A subscription. Mail and SMS are recorded by the local AWS and go nowhere."""

    type = "aws:sns/topicSubscription:TopicSubscription"
    handles = names("topic protocol endpoint") | frozenset(_ATTRIBUTES)
    ignores: ClassVar[Mapping[str, str]] = {
        "endpointAutoConfirms": "the local AWS needs no confirmation",
        "confirmationTimeoutInMinutes": "the local AWS needs no confirmation",
    }

    def create(self, call: Call) -> Made:
        """Subscribe the endpoint."""
        attributes = {
            api: str(call.inputs[ours]).lower() if isinstance(call.inputs[ours], bool) else str(call.inputs[ours])
            for ours, api in _ATTRIBUTES.items()
            if call.inputs.get(ours) is not None
        }
        arn = call.client("sns").subscribe(
            TopicArn=call.inputs["topic"],
            Protocol=call.inputs["protocol"],
            Endpoint=call.inputs["endpoint"],
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        return Made(
            arn, {"arn": arn, "ownerId": call.account, "pendingConfirmation": call.inputs["protocol"] == "email"}
        )


HANDLER = TopicSubscription()
