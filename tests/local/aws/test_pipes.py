"""Pipes from a queue to a state machine, with real parts."""

import json
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from local.aws import LocalAws
from tests.local.aws.support import ROLE, code_of, function, messages, name, pipe, queue, state_machine, until, waiting

# Answers by what the messages say, and leaves a line per message in the queue that they name.
HANDLER = """
import json, time
import boto3
sqs = boto3.client("sqs")
def handler(event, context):
    records = event["input"]
    said = []
    for record in records:
        body = json.loads(record["body"])
        said.append(body["say"])
        line = {"body": body["say"], "batch": len(records), "record": record}
        sqs.send_message(QueueUrl=body["seen"], MessageBody=json.dumps(line))
    if "fail" in said: raise RuntimeError("all of it")
    if "slow" in said: time.sleep(30)
    if "unknown" in said: return {"batchItemFailures": [{"itemIdentifier": "nobody"}]}
    if "malformed" in said: return {"batchItemFailures": [{"itemIdentifier": ""}]}
    failed = [record["messageId"] for record, word in zip(records, said) if word == "poison"]
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
"""


class Target(NamedTuple):
    """A state machine, and one like it whose function may take a second only."""

    usual: str
    hasty: str


@pytest.fixture(scope="module")
def target(aws: LocalAws) -> Target:
    usual, hasty = function(aws, HANDLER), function(aws, HANDLER, Timeout=1)
    return Target(state_machine(aws, usual), state_machine(aws, hasty))


class Bench:
    """A queue with its dead-letter queue, a pipe, and what the target saw.

    `state="STOPPED"`: the pipe waits for `start`. One that is stopped later may leave a poll behind that still takes a
    message.
    """

    def __init__(self, aws: LocalAws, target: str, *, receives: int = 2, **source: Any) -> None:
        self.aws = aws
        self.seen, _ = queue(aws)
        self.dead, dead_arn = queue(aws)
        policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": receives})
        self.url, self.arn = queue(aws, RedrivePolicy=policy, VisibilityTimeout="1")
        self.pipe = pipe(aws, self.arn, target, **source)

    def send(self, *words: str) -> None:
        sqs = self.aws.client("sqs")
        bodies = [json.dumps({"say": word, "seen": self.seen}) for word in words]
        for start in range(0, len(bodies), 10):
            entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies[start : start + 10])]
            sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    def saw(self, count: int) -> list[dict[str, Any]]:
        return [json.loads(message["Body"]) for message in messages(self.aws, self.seen, count)]

    def letters(self, count: int) -> list[str]:
        return sorted(json.loads(message["Body"])["say"] for message in messages(self.aws, self.dead, count))

    def empty(self) -> None:
        until(lambda: waiting(self.aws, self.url) == 0, what="an empty queue")

    def stop(self) -> None:
        self.aws.client("pipes").stop_pipe(Name=self.pipe)

    def start(self) -> None:
        self.aws.client("pipes").start_pipe(Name=self.pipe)


def test_what_succeeds_is_deleted(aws: LocalAws, target: Target) -> None:
    bench = Bench(aws, target.usual)
    bench.send("one", "two")
    seen = bench.saw(2)
    assert sorted(item["body"] for item in seen) == ["one", "two"]
    record = seen[0]["record"]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == bench.arn
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    bench.empty()
    assert waiting(aws, bench.dead) == 0


def test_a_partial_failure_comes_again_alone_and_ends_as_a_dead_letter(aws: LocalAws, target: Target) -> None:
    bench = Bench(aws, target.usual, state="STOPPED")
    bench.send("poison", *[f"healthy {n}" for n in range(9)])
    bench.start()
    assert bench.letters(1) == ["poison"]
    bodies = [item["body"] for item in bench.saw(11)]
    assert bodies.count("poison") == 2
    assert len(bodies) == 11  # each healthy one once
    bench.empty()


@pytest.mark.parametrize("word", ["fail", "unknown", "malformed"])
def test_a_failed_execution_or_a_malformed_answer_returns_the_batch(aws: LocalAws, target: Target, word: str) -> None:
    bench = Bench(aws, target.usual, state="STOPPED")
    bench.send(word, "neighbour")
    bench.start()
    assert bench.letters(2) == sorted([word, "neighbour"])
    assert len(bench.saw(4)) == 4


def test_a_target_that_times_out_returns_the_batch(aws: LocalAws, target: Target) -> None:
    bench = Bench(aws, target.hasty, receives=1)
    bench.send("slow")
    assert bench.letters(1) == ["slow"]


def test_batches_hold_what_they_may(aws: LocalAws, target: Target) -> None:
    bench = Bench(aws, target.usual, state="STOPPED", BatchSize=3)
    bench.send(*[str(n) for n in range(9)])
    bench.start()
    assert max(item["batch"] for item in bench.saw(9)) == 3


def test_a_window_gathers_a_batch_larger_than_one_receive(aws: LocalAws, target: Target) -> None:
    bench = Bench(aws, target.usual, state="STOPPED", BatchSize=25, MaximumBatchingWindowInSeconds=1)
    bench.send(*[str(n) for n in range(25)])
    bench.start()
    assert max(item["batch"] for item in bench.saw(25)) > 10
    bench.empty()


def test_a_stopped_pipe_takes_nothing_and_a_started_one_goes_on(aws: LocalAws, target: Target) -> None:
    bench = Bench(aws, target.usual)
    client = aws.client("pipes")
    assert client.stop_pipe(Name=bench.pipe)["CurrentState"] == "STOPPED"
    bench.send("later")
    shown = client.describe_pipe(Name=bench.pipe)
    assert (shown["DesiredState"], shown["CurrentState"]) == ("STOPPED", "STOPPED")
    assert waiting(aws, bench.url) == 1
    assert client.start_pipe(Name=bench.pipe)["CurrentState"] == "RUNNING"
    assert bench.saw(1)[0]["body"] == "later"
    client.delete_pipe(Name=bench.pipe)
    with pytest.raises(client.exceptions.NotFoundException):
        client.describe_pipe(Name=bench.pipe)


def test_a_pipe_with_lasting_errors_stops_and_says_why(aws: LocalAws, target: Target) -> None:
    bench = Bench(aws, target.usual)
    bench.stop()  # a long poll of a queue that is deleted meanwhile goes on until its end
    aws.client("sqs").delete_queue(QueueUrl=bench.url)
    client = aws.client("pipes")
    client.start_pipe(Name=bench.pipe)

    def stopped() -> Any:
        shown = client.describe_pipe(Name=bench.pipe)
        return shown if shown["CurrentState"] == "STOPPED" else None

    shown = until(stopped, 30, "the pipe's stop")
    assert shown["DesiredState"] == "RUNNING"
    assert "QueueDoesNotExist" in shown["StateReason"] or "NonExistentQueue" in shown["StateReason"]


def test_updates_take_effect(aws: LocalAws, target: Target) -> None:
    bench = Bench(aws, target.usual, receives=1)
    client = aws.client("pipes")
    client.update_pipe(Name=bench.pipe, RoleArn=ROLE, Target=target.hasty)
    assert client.describe_pipe(Name=bench.pipe)["Target"] == target.hasty
    bench.send("slow")  # which only the other one gives up within the test's time
    assert bench.letters(1) == ["slow"]


def test_what_a_pipe_cannot_be_is_refused(aws: LocalAws) -> None:
    client = aws.client("pipes")
    _, arn = queue(aws)
    machine = state_machine(aws, "arn:aws:lambda:us-east-1:000000000000:function:f:1")
    standard = aws.client("stepfunctions").create_state_machine(
        name=name("standard"), roleArn=ROLE,
        definition='{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
    )["stateMachineArn"]  # fmt: skip
    synchronous = {"StepFunctionStateMachineParameters": {"InvocationType": "REQUEST_RESPONSE"}}
    cases: list[dict[str, Any]] = [
        {"Source": "arn:aws:kinesis:us-east-1:000000000000:stream/s"},
        {"Target": "arn:aws:sns:us-east-1:000000000000:topic"},
        {"Target": "arn:aws:states:us-east-1:000000000000:stateMachine:nowhere"},
        {"Target": standard, "TargetParameters": synchronous},
        {"SourceParameters": {"SqsQueueParameters": {"BatchSize": 11}}},
        {"SourceParameters": {"FilterCriteria": {"Filters": [{"Pattern": "{}"}]}}},
        {"TargetParameters": {"InputTemplate": "{}"}},
        {"Enrichment": "arn:aws:lambda:us-east-1:000000000000:function:f"},
    ]
    for case in cases:
        given = {"Name": name("pipe"), "Source": arn, "Target": machine, "RoleArn": ROLE, **case}
        with pytest.raises(ClientError) as refused:
            client.create_pipe(**given)
        assert code_of(refused.value) == "ValidationException", case
    assert not [shown for shown in client.list_pipes()["Pipes"] if shown["Source"] == arn]
