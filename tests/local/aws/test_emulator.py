"""MiniStack in our launcher: what the pipeline needs of it, by real calls."""

import base64
import contextlib
import http.client
import json
import ssl
import threading
import time
from email.utils import parsedate_to_datetime
from typing import Any

import aiomqtt
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import LocalAws
from tests.local.aws.support import ROLE, code_of, messages, name, queue

SQL = (
    "SELECT encode(*, 'base64') AS payload, topic() AS topic, timestamp() AS receivedAt, clientid() AS clientId, "
    "traceid() AS traceId FROM '{}/+/telemetry'"
)


def rule(aws: LocalAws, url: str, dead_letters: str) -> str:
    """A topic rule into a queue; the first level of its topics."""
    level = name("devices")

    def sqs(queue_url: str) -> dict[str, Any]:
        return {"sqs": {"queueUrl": queue_url, "roleArn": ROLE, "useBase64": False}}

    aws.client("iot").create_topic_rule(
        ruleName=name("rule").replace("-", "_"),
        topicRulePayload={
            "sql": SQL.format(level),
            "awsIotSqlVersion": "2016-03-23",
            "actions": [sqs(url)],
            "errorAction": sqs(dead_letters),
        },
    )
    return level


async def publish(aws: LocalAws, topic: str, *payloads: bytes) -> None:
    context = ssl.create_default_context(cafile=str(aws.ca_file))
    async with aiomqtt.Client(aws.mqtt_host, aws.mqtt_port, identifier="d1", tls_context=context) as client:
        for payload in payloads:
            await client.publish(topic, payload, qos=1)


async def test_a_message_over_tls_reaches_the_queue_whole(aws: LocalAws) -> None:
    url, _ = queue(aws)
    level = rule(aws, url, queue(aws)[0])
    sent = [b'{"a": 1}', b"\xff\xfe", b"not json", b"", b"[1, 2]", b'"text"', "é".encode()]
    before = time.time() * 1000
    await publish(aws, f"{level}/d1/telemetry", *sent)
    bodies = [json.loads(message["Body"]) for message in messages(aws, url, len(sent))]
    assert sorted(base64.b64decode(body["payload"]) for body in bodies) == sorted(sent)
    assert {body["topic"] for body in bodies} == {f"{level}/d1/telemetry"}
    assert {body["clientId"] for body in bodies} == {"d1"}
    assert len({body["traceId"] for body in bodies}) == len(sent)
    assert all(before - 1000 <= body["receivedAt"] <= time.time() * 1000 + 1000 for body in bodies)


async def test_a_message_too_large_for_the_queue_becomes_a_dead_letter(aws: LocalAws) -> None:
    url, _ = queue(aws, MaximumMessageSize="2048")
    dead, _ = queue(aws)
    level = rule(aws, url, dead)
    large = b'{"note": "' + b"x" * 4000 + b'"}'
    await publish(aws, f"{level}/d1/telemetry", large, b"{}")
    [kept] = messages(aws, url, 1)
    assert base64.b64decode(json.loads(kept["Body"])["payload"]) == b"{}"
    [letter] = [json.loads(message["Body"]) for message in messages(aws, dead, 1)]
    assert base64.b64decode(letter["base64OriginalPayload"]) == large
    assert letter["topic"] == f"{level}/d1/telemetry"
    assert letter["clientId"] == "d1"
    assert letter["cloudwatchTraceId"] not in ("", json.loads(kept["Body"])["traceId"])


async def test_a_client_without_the_ca_is_refused(aws: LocalAws) -> None:
    with pytest.raises((ssl.SSLError, aiomqtt.MqttError)):
        async with aiomqtt.Client(aws.mqtt_host, aws.mqtt_port, tls_context=ssl.create_default_context(), timeout=5):
            pass


def test_redrive_after_the_receives_that_are_allowed(aws: LocalAws) -> None:
    dead, dead_arn = queue(aws)
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    url, _ = queue(aws, RedrivePolicy=policy, VisibilityTimeout="0")
    sqs = aws.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    received = [sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []) for _ in range(3)]
    assert [len(found) for found in received] == [1, 1, 0]
    assert [message["Body"] for message in messages(aws, dead, 1)] == ["poison"]


def test_a_long_poll_ends_when_a_message_comes(aws: LocalAws) -> None:
    url, _ = queue(aws)
    poller, sender = aws.client("sqs"), aws.client("sqs")
    waits = []
    for _ in range(8):
        timer = threading.Timer(0.05, lambda: sender.send_message(QueueUrl=url, MessageBody=repr(time.time())))
        timer.start()
        [message] = poller.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
        waits.append(time.time() - float(message["Body"]))
        poller.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert sorted(waits)[len(waits) // 2] < 0.04  # MiniStack alone looks every 0.1 s


def test_a_poller_that_left_is_given_nothing(aws: LocalAws) -> None:
    hasty = aws.client("sqs", config=Config(read_timeout=0.3, retries={"total_max_attempts": 1}))
    got: list[str] = []
    for _ in range(3):  # on a busy machine the message may come before the server sees that the client has gone
        url, _ = queue(aws, VisibilityTimeout="600")
        with pytest.raises(Exception, match="Read timeout"):
            hasty.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        aws.client("sqs").send_message(QueueUrl=url, MessageBody="for who listens")
        with contextlib.suppress(AssertionError):
            got = [message["Body"] for message in messages(aws, url, 1, seconds=5)]
            break
    assert got == ["for who listens"]


def test_conditional_puts_and_consistent_reads(aws: LocalAws) -> None:
    table = name("table")
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    once = {
        "TableName": table,
        "ConditionExpression": "attribute_not_exists(#id)",
        "ExpressionAttributeNames": {"#id": "id"},
    }
    dynamodb.put_item(Item={"id": {"S": "1"}, "v": {"N": "1"}}, **once)
    with pytest.raises(ClientError) as refused:
        dynamodb.put_item(Item={"id": {"S": "1"}, "v": {"N": "2"}}, **once)
    assert code_of(refused.value) == "ConditionalCheckFailedException"
    got = dynamodb.get_item(TableName=table, Key={"id": {"S": "1"}}, ConsistentRead=True, ProjectionExpression="v")
    assert got["Item"] == {"v": {"N": "1"}}


def test_a_topic_delivers_to_its_queue(aws: LocalAws) -> None:
    url, arn = queue(aws)
    sns = aws.client("sns")
    topic = sns.create_topic(Name=name("alerts"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns.publish(TopicArn=topic, Subject="Too warm", Message="9 degrees")
    [message] = messages(aws, url, 1)
    assert json.loads(message["Body"])["Message"] == "9 degrees"


def test_the_brokers_address_is_what_describe_endpoint_says(aws: LocalAws) -> None:
    shown = aws.client("iot").describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]
    assert shown == f"{aws.mqtt_host}:{aws.mqtt_port}"


def test_the_layers_public_parameter_is_answered(aws: LocalAws) -> None:
    ssm = aws.client("ssm")
    shown = ssm.get_parameter(Name="/aws/service/powertools/python/arm64/python3.13/3.20.0")["Parameter"]["Value"]
    assert shown.startswith(
        f"arn:aws:lambda:{aws.region}:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:"
    )
    with pytest.raises(ClientError):
        ssm.get_parameter(Name="/aws/service/powertools/python/arm64/python3.13/nonsense")


def test_each_answer_has_its_date(aws: LocalAws) -> None:
    for _ in range(3):
        before = int(time.time())
        headers = aws.client("sqs").list_queues()["ResponseMetadata"]["HTTPHeaders"]
        assert before <= parsedate_to_datetime(headers["date"]).timestamp() <= time.time()
        time.sleep(0.6)


def test_alarms_dashboards_roles_and_objects(aws: LocalAws) -> None:
    cloudwatch, iam, s3 = aws.client("cloudwatch"), aws.client("iam"), aws.client("s3")
    alarm, dashboard, role, bucket = name("alarm"), name("dashboard"), name("role"), name("bucket")
    cloudwatch.put_metric_alarm(
        AlarmName=alarm, Namespace="AWS/SQS", MetricName="Age", Statistic="Maximum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    assert len(cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]) == 1
    cloudwatch.put_dashboard(DashboardName=dashboard, DashboardBody='{"widgets": []}')
    assert cloudwatch.get_dashboard(DashboardName=dashboard)["DashboardBody"] == '{"widgets": []}'
    trust = {"Effect": "Allow", "Principal": {"Service": "pipes.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    assert iam.get_role(RoleName=role)["Role"]["Arn"] == f"arn:aws:iam::{aws.account}:role/{role}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 200_000)
    assert len(s3.get_object(Bucket=bucket, Key="k")["Body"].read()) == 200_000


def test_services_that_nothing_uses_are_off(aws: LocalAws) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(aws.endpoint.rpartition(":")[2]))
    signed = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
    connection.request("POST", "/", b"Action=DescribeInstances", {"Authorization": signed.format("ec2")})
    answer = connection.getresponse()
    assert answer.status == 400
    assert b"Unsupported service" in answer.read()
