"""aws:sns/topic:Topic. https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html"""

from __future__ import annotations

from local.resources.base import Call, Handler, Made, Naming, names

_ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "fifoTopic": "FifoTopic",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}


class Topic(Handler):
    """A topic; its id is its ARN."""

    type = "aws:sns/topic:Topic"
    handles = names("name namePrefix") | frozenset(_ATTRIBUTES)
    naming = Naming(longest=256, suffix=lambda inputs: ".fifo" if inputs.get("fifoTopic") else "")

    def create(self, call: Call) -> Made:
        """Create the topic with all of its attributes."""
        attributes = {
            api: str(call.inputs[ours]).lower() if isinstance(call.inputs[ours], bool) else str(call.inputs[ours])
            for ours, api in _ATTRIBUTES.items()
            if call.inputs.get(ours) is not None and call.inputs[ours] is not False
        }
        tags = [{"Key": key, "Value": value} for key, value in call.tags.items()]
        arn = call.client("sns").create_topic(Name=call.inputs["name"], Attributes=attributes, Tags=tags)["TopicArn"]
        return Made(arn, {"arn": arn, "owner": call.account})


HANDLER = Topic()
