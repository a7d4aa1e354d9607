"""aws:sns/topicPolicy:TopicPolicy, an attribute of its topic.

https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
"""

from __future__ import annotations

from local.resources.base import Call, Handler, Made, names


class TopicPolicy(Handler):
    """A topic's resource policy; its id is the topic's ARN."""

    type = "aws:sns/topicPolicy:TopicPolicy"
    handles = names("arn policy")

    def create(self, call: Call) -> Made:
        """Set the topic's policy."""
        arn = call.inputs["arn"]
        call.client("sns").set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=call.inputs["policy"]
        )
        return Made(arn, {"owner": call.account})


HANDLER = TopicPolicy()
