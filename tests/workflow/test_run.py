"""The telemetry flow run by the simulator, its tasks answered here: outcomes, duplicates, alerts, failures."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.drive import simulate
from simulator.tasks import TaskCall, TaskFailed
from simulator.validation import problems
from tests.workflow.evaluate import ENGINES, evaluate
from tests.workflow.flows import telemetry
from tests.workflow.models import Job, Status, poll, start
from workflow import (
    Choice,
    Fail,
    Pass,
    Succeed,
    Task,
    Try,
    Wait,
    Workflow,
    back_to,
)

DEFINITION = telemetry.definition()


def body(sqs_id: str, *, celsius: float = 5, id: str = "r1", digest: str = "d1", device: str = "dev") -> dict[str, str]:
    """An SQS message with a reading."""
    said = {"sqs_id": sqs_id, "id": id, "digest": digest, "device_id": device, "celsius": celsius}
    return {"messageId": sqs_id, "body": json.dumps(said)}


class World:
    """Two tables, a topic and the handlers, with a script of failures."""

    def __init__(self, **fails: list[str]) -> None:
        self.items: dict[str, Any] = {}
        self.devices: dict[str, Any] = {"dev": {"device_id": {"S": "dev"}, "low": {"N": "2"}, "high": {"N": "8"}}}
        self.published: list[Any] = []
        self.quarantined: list[Any] = []
        self.fails = fails

    def __call__(self, call: TaskCall) -> Any:
        script = self.fails.get(call.state.replace(" ", "_"))
        if script:
            error = script.pop(0)
            if error:
                raise TaskFailed(error, f"{error} on purpose")
        arguments: Any = call.arguments
        match call.state:
            case "Validate":
                return {"Payload": self.validate(arguments["Payload"]["input"])}
            case "Summarise":
                return {"Payload": {"comfort": "cool"}}
            case "Look up device":
                return self.found(self.devices, arguments["Key"]["device_id"]["S"])
            case "Store" | "Mark":
                key = arguments["Item"]["id"]["S"]
                if "ConditionExpression" in arguments and key in self.items:
                    raise TaskFailed("DynamoDB.ConditionalCheckFailedException", "The conditional request failed")
                self.items[key] = arguments["Item"]
                return {"SdkHttpMetadata": {"HttpStatusCode": 200}}
            case "Read stored":
                return self.found(self.items, arguments["Key"]["id"]["S"])
            case "Alert":
                self.published.append(arguments)
                return {"MessageId": "1"}
            case "Quarantine":
                self.quarantined.append(arguments["Payload"]["input"])
                return {"Payload": {"sqs_id": arguments["Payload"]["input"]["sqs_id"], "outcome": "quarantined"}}
        raise AssertionError(call.state)

    @staticmethod
    def validate(record: Any) -> Any:
        try:
            return json.loads(record["body"])
        except ValueError:
            cause = json.dumps({"errorMessage": "no JSON", "errorType": "InvalidReading", "stackTrace": []})
            raise TaskFailed("InvalidReading", cause) from None

    @staticmethod
    def found(table: dict[str, Any], key: str) -> Any:
        return {"Item": table[key]} if key in table else {}

    def run(self, *records: dict[str, str]) -> Any:
        run = simulate(DEFINITION, list(records), self)
        assert run.status == "SUCCEEDED", (run.error, run.cause)
        return run.output


def test_the_definition_is_sound_to_the_simulator() -> None:
    assert problems(DEFINITION, express=True) == []


def test_a_reading_is_stored_and_its_device_known() -> None:
    world = World()
    assert world.run(body("m1")) == {"batchItemFailures": []}
    assert world.items["r1"]["known"] == {"BOOL": True}
    assert world.items["r1"]["alert"] == {"S": "none"}
    assert world.published == []


def test_an_unknown_device_is_stored_and_marked_so() -> None:
    world = World()
    world.run(body("m1", device="stranger", celsius=99))
    assert world.items["r1"]["known"] == {"BOOL": False}
    assert world.items["r1"]["alert"] == {"S": "none"}


def test_a_warm_reading_is_alerted_once_and_marked() -> None:
    world = World()
    world.run(body("m1", celsius=9.5))
    assert world.published == [{"TopicArn": "${topic.alerts}", "Message": "r1", "Subject": "Too warm"}]
    assert world.items["r1"]["alert"] == {"S": "sent"}
    assert world.run(body("m2", celsius=9.5)) == {"batchItemFailures": []}
    assert len(world.published) == 1


def test_an_alert_that_failed_goes_out_when_the_message_comes_again() -> None:
    world = World(Alert=["SNS.AuthorizationErrorException"])
    assert world.run(body("m1", celsius=9)) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert world.items["r1"]["alert"] == {"S": "pending"}
    assert world.run(body("m1", celsius=9)) == {"batchItemFailures": []}
    assert len(world.published) == 1
    assert world.items["r1"]["alert"] == {"S": "sent"}


def test_an_id_that_comes_with_other_content_is_quarantined() -> None:
    world = World()
    world.run(body("m1"))
    assert world.run(body("m2", digest="d2")) == {"batchItemFailures": []}
    assert world.quarantined == [{"sqs_id": "m2", "why": "message id reused"}]


def test_what_is_no_reading_is_quarantined_with_its_reason() -> None:
    world = World()
    assert world.run({"messageId": "m1", "body": "nonsense"}) == {"batchItemFailures": []}
    assert world.quarantined == [{"sqs_id": "m1", "why": "no JSON"}]


def test_one_that_fails_harms_no_neighbour() -> None:
    world = World(Summarise=["", "Broken"])
    output = world.run(body("m1", id="r1"), body("m2", id="r2"), body("m3", id="r3"))
    assert output == {"batchItemFailures": [{"itemIdentifier": "m2"}]}
    assert sorted(world.items) == ["r1", "r3"]


def test_service_errors_are_retried() -> None:
    world = World(Store=["DynamoDB.ThrottlingException", "DynamoDB.InternalServerError"])
    assert world.run(body("m1")) == {"batchItemFailures": []}
    assert list(world.items) == ["r1"]


def test_an_item_that_lacks_an_attribute_fails_its_own_reading_only() -> None:
    world = World()
    world.devices["dev"] = {"device_id": {"S": "dev"}, "low": {"N": "2"}}
    assert world.run(body("m1"), body("m2", id="r2", device="x")) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


@pytest.mark.parametrize(
    ("answers", "status", "output"), [(3, "SUCCEEDED", {"id": "j", "state": "done"}), (0, "FAILED", None)]
)
def test_a_loop_polls_until_the_job_is_done(answers: int, status: str, output: Any) -> None:
    polled = Task("Poll", poll)
    chain = (
        Task("Start", start)
        >> polled
        >> Choice("Done?", Status)
        .when(lambda s: s.state == "done", then=Succeed("Done"))
        .when(lambda s: s.state == "failed", then=Fail("Job failed", cause="It said so"))
        .otherwise(Wait("Pause", seconds=30) >> Pass("Again", Status, lambda s: Job(id=s.id)) >> back_to(polled))
    )
    seen: list[str] = []

    def answer(call: TaskCall) -> Any:
        seen.append(call.state)
        if call.state == "Start":
            return {"Payload": {"id": "j", "delay": 1}}
        state = "failed" if not answers else "done" if seen.count("Poll") == answers else "running"
        return {"Payload": {"id": "j", "state": state}}

    run = simulate(Workflow.standard("loop", chain).definition(), {"id": "j", "delay": 1}, answer)
    assert (run.status, run.output) == (status, output)
    assert seen == ["Start"] + ["Poll"] * max(answers, 1)
    assert status == "SUCCEEDED" or (run.error, run.cause) == ("Job failed", "It said so")


@pytest.mark.parametrize("value", [[], [1], [[1]], [[], [2]], [None], None, "a", {"a": [1]}, [{"a": 1}]])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_try_gives_what_its_flow_gave(value: Any, engine: str) -> None:
    flow = Pass("Value", dict[str, list[list[int]]], lambda d: d["value"])
    output = Workflow.standard("w", Try("Try", flow)).definition()["States"]["Try"]["Output"]
    assert evaluate(output, engine, result=[value]) == value
