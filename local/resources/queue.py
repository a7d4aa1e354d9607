"""aws:sqs/queue:Queue. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"""

from __future__ import annotations

from local.resources.base import Call, Handler, Made, Naming, names

_ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "delaySeconds": "DelaySeconds",
    "fifoQueue": "FifoQueue",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


class Queue(Handler):
    """A queue; its id is its URL."""

    type = "aws:sqs/queue:Queue"
    handles = names("name namePrefix") | frozenset(_ATTRIBUTES)
    naming = Naming(longest=80, suffix=lambda inputs: ".fifo" if inputs.get("fifoQueue") else "")

    def create(self, call: Call) -> Made:
        """Create the queue with all of its attributes."""
        attributes = {
            api: str(call.inputs[ours]).lower() if isinstance(call.inputs[ours], bool) else str(call.inputs[ours])
            for ours, api in _ATTRIBUTES.items()
            if call.inputs.get(ours) is not None
        }
        if attributes.get("FifoQueue") == "false":
            del attributes["FifoQueue"]  # SQS takes only true
        name = call.inputs["name"]
        url = call.client("sqs").create_queue(QueueName=name, Attributes=attributes, tags=dict(call.tags))["QueueUrl"]
        return Made(url, {"url": url, "arn": call.arn("sqs", name), "name": name})


HANDLER = Queue()
