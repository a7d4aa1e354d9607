"""Queues, topics and what belongs to them, read back from the local AWS."""

import json
from collections.abc import Callable
from typing import Any

from .conftest import Make

Clients = Callable[[str], Any]


def test_a_queue_has_every_attribute(make: Make, clients: Clients) -> None:
    dead = make("aws:sqs/queue:Queue", name="dead")
    made = make(
        "aws:sqs/queue:Queue",
        tags={"team": "cold"},
        name="full",
        visibilityTimeoutSeconds=300,
        messageRetentionSeconds=345600,
        maxMessageSize=12288,
        delaySeconds=0,
        receiveWaitTimeSeconds=5,
        sqsManagedSseEnabled=True,
        fifoQueue=False,
        redrivePolicy=json.dumps({"deadLetterTargetArn": dead.outputs["arn"], "maxReceiveCount": 5}),
    )
    assert made.id == made.outputs["url"]
    assert made.outputs["arn"] == "arn:aws:sqs:us-east-1:000000000000:full"
    sqs = clients("sqs")
    have = sqs.get_queue_attributes(QueueUrl=made.id, AttributeNames=["All"])["Attributes"]
    assert have["QueueArn"] == made.outputs["arn"]
    assert have["VisibilityTimeout"] == "300"
    assert have["MaximumMessageSize"] == "12288"
    assert json.loads(have["RedrivePolicy"])["maxReceiveCount"] in (5, "5")
    assert sqs.list_queue_tags(QueueUrl=made.id)["Tags"] == {"team": "cold"}


def test_a_fifo_queue(make: Make, clients: Clients) -> None:
    made = make("aws:sqs/queue:Queue", name="ordered.fifo", fifoQueue=True, contentBasedDeduplication=True)
    have = clients("sqs").get_queue_attributes(QueueUrl=made.id, AttributeNames=["All"])["Attributes"]
    assert have["FifoQueue"] == "true"
    assert have["ContentBasedDeduplication"] == "true"


def test_a_queue_policy_is_its_queues(make: Make, clients: Clients) -> None:
    queue = make("aws:sqs/queue:Queue", name="guarded")
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    made = make("aws:sqs/queuePolicy:QueuePolicy", queueUrl=queue.id, policy=policy)
    assert made.id == queue.id
    have = clients("sqs").get_queue_attributes(QueueUrl=queue.id, AttributeNames=["Policy"])["Attributes"]
    assert json.loads(have["Policy"]) == json.loads(policy)


def test_a_topic_with_its_policy_and_a_subscribed_queue(make: Make, clients: Clients) -> None:
    topic = make("aws:sns/topic:Topic", name="alerts", displayName="Cold chain", tags={"team": "cold"})
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    assert make("aws:sns/topicPolicy:TopicPolicy", arn=topic.id, policy=policy).id == topic.id
    queue = make("aws:sqs/queue:Queue", name="subscriber")
    subscription = make(
        "aws:sns/topicSubscription:TopicSubscription",
        topic=topic.outputs["arn"],
        protocol="sqs",
        endpoint=queue.outputs["arn"],
        rawMessageDelivery=True,
    )
    sns = clients("sns")
    have = sns.get_topic_attributes(TopicArn=topic.id)["Attributes"]
    assert have["DisplayName"] == "Cold chain"
    assert json.loads(have["Policy"]) == json.loads(policy)
    assert sns.list_tags_for_resource(ResourceArn=topic.id)["Tags"] == [{"Key": "team", "Value": "cold"}]
    assert subscription.id == subscription.outputs["arn"]
    sns.publish(TopicArn=topic.id, Message="warm")
    received = clients("sqs").receive_message(QueueUrl=queue.id, WaitTimeSeconds=5)["Messages"]
    assert [message["Body"] for message in received] == ["warm"]


def test_a_subscription_by_mail(make: Make) -> None:
    topic = make("aws:sns/topic:Topic", name="mailed")
    made = make(
        "aws:sns/topicSubscription:TopicSubscription", topic=topic.id, protocol="email", endpoint="cold@example.com"
    )
    assert made.outputs["pendingConfirmation"] is True
