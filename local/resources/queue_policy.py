"""aws:sqs/queuePolicy:QueuePolicy, an attribute of its queue.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

from __future__ import annotations

from local.resources.base import Call, Handler, Made, names


class QueuePolicy(Handler):
    """A queue's resource policy; its id is the queue's URL."""

    type = "aws:sqs/queuePolicy:QueuePolicy"
    handles = names("queueUrl policy")

    def create(self, call: Call) -> Made:
        """Set the queue's policy."""
        url = call.inputs["queueUrl"]
        call.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": call.inputs["policy"]})
        return Made(url)


HANDLER = QueuePolicy()
