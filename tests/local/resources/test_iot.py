"""Topic rules and device policies, read back from the local AWS."""

import json
from collections.abc import Callable
from typing import Any

from .conftest import Make

Clients = Callable[[str], Any]


def test_a_rule_with_its_actions(make: Make, clients: Clients) -> None:
    queue, dead = make("aws:sqs/queue:Queue", name="rule-target"), make("aws:sqs/queue:Queue", name="rule-dead")
    role = "arn:aws:iam::000000000000:role/rule"
    made = make(
        "aws:iot/topicRule:TopicRule",
        tags={"team": "cold chain"},
        name="telemetry",
        description="Carries",
        enabled=True,
        sql="SELECT encode(*, 'base64') AS payload FROM 'devices/+/telemetry'",
        sqlVersion="2016-03-23",
        sqs=[{"queueUrl": queue.id, "roleArn": role, "useBase64": False}],
        errorAction={"sqs": {"queueUrl": dead.id, "roleArn": role, "useBase64": False}},
    )
    assert made.id == "telemetry"
    iot = clients("iot")
    have = iot.get_topic_rule(ruleName="telemetry")
    assert have["ruleArn"] == made.outputs["arn"]
    rule = have["rule"]
    assert rule["actions"] == [{"sqs": {"roleArn": role, "queueUrl": queue.id, "useBase64": False}}]
    assert rule["errorAction"]["sqs"]["queueUrl"] == dead.id
    assert rule["ruleDisabled"] is False
    assert iot.list_tags_for_resource(resourceArn=made.outputs["arn"])["tags"] == [
        {"Key": "team", "Value": "cold chain"}
    ]


def test_a_rule_that_is_switched_off(make: Make, clients: Clients) -> None:
    make("aws:iot/topicRule:TopicRule", name="off", enabled=False, sql="SELECT * FROM 'a'", sqlVersion="2016-03-23")
    assert clients("iot").get_topic_rule(ruleName="off")["rule"]["ruleDisabled"] is True


def test_a_device_policy(make: Make, clients: Clients) -> None:
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]}
    )
    made = make("aws:iot/policy:Policy", name="device", policy=document)
    have = clients("iot").get_policy(policyName="device")
    assert have["policyArn"] == made.outputs["arn"]
    assert json.loads(have["policyDocument"]) == json.loads(document)
    assert made.outputs["defaultVersionId"] == "1"
