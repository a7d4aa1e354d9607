"""The telemetry workflow, whole: its real handlers, its definition on the simulator, emulated tables and topic."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from handlers.models import Device, Item, Quarantined, Record, Repeat
from pipelines.telemetry import Report
from simulator.tasks import TaskCall
from tests.handlers.aws import Aws
from tests.handlers.messages import RECEIVED_AT, TIME, record, telemetry
from tests.pipelines.deployed import Deployed

FRIDGE = Device(device_id="fridge-7", name="Vaccines", low=2, high=8)


@pytest.fixture
def deployed(aws: Aws) -> Deployed:
    aws.put(aws.devices, FRIDGE)
    return Deployed(aws)


def warm(**fields: Any) -> dict[str, Any]:
    """A reading outside its device's range."""
    return telemetry(**{"temperature": 9.26} | fields)


def sqs(number: int) -> str:
    return f"9d2f6b2e-0001-4c1e-8f55-{number:012}"


ALERT = f"fridge-7: 9.3 °C, outside 2.0 to 8.0 °C, measured {TIME}. Reading fridge-7#m-1"


def test_a_reading_in_its_range_is_stored_without_alert(deployed: Deployed) -> None:
    report = deployed.report(record(trace="11111111-aaaa", sqs_id=sqs(1)))
    done = {"sqs_id": sqs(1), "trace": "11111111-aaaa", "outcome": "stored"}
    assert report == {"batchItemFailures": [], "outcomes": [done]}
    assert TypeAdapter(Report).validate_python(report).outcomes[0].outcome == "stored"
    (item,) = deployed.aws.read(deployed.aws.readings, Item)
    assert item == Item(
        id="fridge-7#m-1",
        digest=item.digest,
        trace="11111111-aaaa",
        device_id="fridge-7",
        message_id="m-1",
        temperature=4.5,
        humidity=61,
        battery=87,
        time=TIME,
        received_at=RECEIVED_AT,
        dew_point=-2.38,
        storage="chilled",
        damp="fresh",
        known=True,
        alert="none",
        pending_since=None,
        finding="",
        expires=RECEIVED_AT // 1000 + 400 * 86_400,
    )
    assert deployed.aws.published == []


def test_a_reading_outside_its_range_is_stored_alerted_and_marked(deployed: Deployed) -> None:
    assert deployed.outcomes(record(warm())) == ["stored"]
    assert deployed.aws.published == [ALERT]
    (item,) = deployed.aws.read(deployed.aws.readings, Item)
    assert (item.alert, item.pending_since, item.finding) == ("sent", None, "9.3 °C, outside 2.0 to 8.0 °C")


@pytest.mark.parametrize("temperature, alerts", [(2, 0), (8, 0), (1.99, 1), (8.01, 1), (-40, 1)])
def test_the_bounds_of_a_range_belong_to_it(deployed: Deployed, temperature: float, alerts: int) -> None:
    assert deployed.outcomes(record(telemetry(temperature=temperature))) == ["stored"]
    assert len(deployed.aws.published) == alerts


def test_a_reading_of_an_unknown_device_is_stored_and_marked_so(deployed: Deployed) -> None:
    assert deployed.outcomes(record(warm(), topic="devices/stranger/telemetry")) == ["stored"]
    (item,) = deployed.aws.read(deployed.aws.readings, Item)
    assert (item.known, item.alert) == (False, "none")
    assert deployed.aws.published == []


def test_air_without_water_is_stored_without_dew_point(deployed: Deployed) -> None:
    deployed.outcomes(record(telemetry(humidity=0)))
    (item,) = deployed.aws.items(deployed.aws.readings)
    assert item.get("dew_point", {"NULL": True}) == {"NULL": True}


def test_a_second_publication_is_a_duplicate_and_recorded(deployed: Deployed) -> None:
    first, again = record(warm(), trace="11111111-1111"), record(warm(), trace="22222222-2222", sqs_id=sqs(2))
    assert deployed.outcomes(first) == ["stored"]
    assert deployed.outcomes(again) == ["duplicate"]
    assert len(deployed.aws.items(deployed.aws.readings)) == 1 and len(deployed.aws.published) == 1
    (repeat,) = deployed.aws.read(deployed.aws.repeats, Repeat)
    assert (repeat.trace, repeat.id, repeat.stored_by) == ("22222222-2222", "fridge-7#m-1", "11111111-1111")
    assert deployed.outcomes(again) == ["duplicate"]
    assert len(deployed.aws.items(deployed.aws.repeats)) == 1


def test_a_redelivery_of_the_message_that_was_stored_is_no_duplicate(deployed: Deployed) -> None:
    message = record(warm())
    assert deployed.outcomes(message) == ["stored"]
    assert deployed.outcomes(message.model_copy(update={"messageId": sqs(9)})) == ["stored"]
    assert deployed.aws.items(deployed.aws.repeats) == [] and len(deployed.aws.published) == 1


def test_an_alert_that_a_crash_left_pending_goes_out_when_the_message_comes_back(deployed: Deployed) -> None:
    """Stored, then the execution died before it could alert."""

    class Died(BaseException):
        pass

    def die(call: TaskCall) -> None:
        if call.state == "Alert":
            raise Died

    deployed.before = die
    with pytest.raises(Died):
        deployed.run(record(warm()))
    assert [item.alert for item in deployed.aws.read(deployed.aws.readings, Item)] == ["pending"]
    deployed.aws.put(deployed.aws.devices, FRIDGE.model_copy(update={"high": 30}))  # the range changes meanwhile
    deployed.before = lambda call: None
    assert deployed.outcomes(record(warm())) == ["stored"]
    assert deployed.aws.published == [ALERT]
    assert [item.alert for item in deployed.aws.read(deployed.aws.readings, Item)] == ["sent"]


def test_an_alert_that_a_crash_left_pending_goes_out_with_a_second_publication(deployed: Deployed) -> None:
    deployed.broken["Alert"] = ["SNS.InvalidParameter"]
    failed = deployed.report(record(warm(), trace="11111111-1111", sqs_id=sqs(1)))
    assert failed == {"batchItemFailures": [{"itemIdentifier": sqs(1)}], "outcomes": []}
    assert deployed.outcomes(record(warm(), trace="22222222-2222")) == ["duplicate"]
    assert deployed.aws.published == [ALERT]
    assert deployed.outcomes(record(warm(), trace="11111111-1111")) == ["stored"]
    assert deployed.aws.published == [ALERT]


def test_an_alert_that_could_not_be_marked_goes_out_again(deployed: Deployed) -> None:
    deployed.broken["Mark sent"] = ["DynamoDB.ValidationException"]
    assert len(deployed.report(record(warm()))["batchItemFailures"]) == 1
    assert deployed.outcomes(record(warm())) == ["stored"]
    assert deployed.aws.published == [ALERT, ALERT]


def test_a_notify_that_fails_for_good_twice_still_alerts_once_the_queue_redelivers(deployed: Deployed) -> None:
    deployed.broken["Alert"] = ["SNS.AuthorizationError", "SNS.AuthorizationError"]
    for _ in range(2):
        assert deployed.report(record(warm(), sqs_id=sqs(4)))["batchItemFailures"] == [{"itemIdentifier": sqs(4)}]
    assert deployed.outcomes(record(warm(), sqs_id=sqs(4))) == ["stored"]
    assert deployed.aws.published == [ALERT]


@pytest.mark.parametrize(
    "state, error",
    [
        ("Validate", "Lambda.TooManyRequestsException"),
        ("Summarise", "Lambda.ServiceException"),
        ("Look up device", "DynamoDB.ThrottlingException"),
        ("Store", "DynamoDB.ProvisionedThroughputExceededException"),
        ("Alert", "SNS.ThrottledException"),
        ("Mark sent", "DynamoDB.InternalServerErrorException"),
    ],
)
def test_what_passes_by_is_tried_again(deployed: Deployed, state: str, error: str) -> None:
    deployed.broken[state] = [error, error]
    assert deployed.outcomes(record(warm())) == ["stored"]
    assert deployed.attempts[state] == 3 and deployed.aws.published == [ALERT]


def test_an_id_that_is_used_again_for_other_content_is_quarantined(deployed: Deployed) -> None:
    deployed.outcomes(record(telemetry(), trace="11111111-1111"))
    assert deployed.outcomes(record(warm(), trace="22222222-2222")) == ["quarantined"]
    (item,) = deployed.aws.read(deployed.aws.quarantine, Quarantined)
    assert (item.trace, item.reason) == ("22222222-2222", "messageId: used before, for other content")
    assert (item.device_id, item.payload_bytes) == ("fridge-7", len(json.dumps(warm())))
    assert [kept.temperature for kept in deployed.aws.read(deployed.aws.readings, Item)] == [4.5]
    assert deployed.aws.published == [] and deployed.aws.items(deployed.aws.repeats) == []


def test_the_same_id_of_another_device_is_another_reading(deployed: Deployed) -> None:
    topics = ["devices/fridge-7/telemetry", "devices/fridge-8/telemetry"]
    assert deployed.outcomes(*(record(topic=topic) for topic in topics)) == ["stored", "stored"]


@pytest.mark.parametrize(
    "message, reason",
    [
        (record(payload=b"\x00\xff"), "payload: not UTF-8"),
        (record(telemetry(temperature="<script>")), "temperature: not a number"),
        (record(telemetry(deviceId="fridge-8")), "deviceId: another device than the topic's"),
        (record(topic="devices/../telemetry"), "topic: names no acceptable device"),
        (Record(messageId=sqs(1), body='{"say": "\x1b[2J'), "envelope: not JSON at line 1, column 10"),
    ],
)
def test_what_is_no_reading_is_quarantined_at_once(deployed: Deployed, message: Record, reason: str) -> None:
    assert deployed.outcomes(message) == ["quarantined"]
    assert [item.reason for item in deployed.aws.read(deployed.aws.quarantine, Quarantined)] == [reason]
    assert deployed.attempts["Validate"] == 1
    assert deployed.aws.items(deployed.aws.readings) == []


def test_a_quarantine_that_is_not_available_is_tried_again_and_else_the_queue_keeps_the_message(
    deployed: Deployed,
) -> None:
    bad = record(payload=b"?", sqs_id=sqs(3))
    deployed.aws.fail("PutItem", "ThrottlingException", times=2)
    assert deployed.outcomes(bad) == ["quarantined"]
    assert deployed.attempts["Quarantine"] == 3
    deployed.aws.fail("PutItem", "AccessDeniedException")
    assert deployed.report(bad)["batchItemFailures"] == [{"itemIdentifier": sqs(3)}]


def test_one_message_harms_no_other(deployed: Deployed) -> None:
    """A batch with every fate in it; what fails for good is reported, the rest has its outcome."""
    deployed.outcomes(record(telemetry(messageId="seen"), trace="00000000-seen"))

    def choose(call: TaskCall) -> None:
        if call.state == "Validate" and "POISON" in json.dumps(call.arguments):
            deployed.broken["Validate"] = ["Runtime.ExitError"]

    deployed.before = choose
    batch = [
        record(telemetry(messageId="a"), sqs_id=sqs(1), trace="11111111-0001"),
        record(payload=b"{", sqs_id=sqs(2), trace="11111111-0002"),
        record(telemetry(messageId="b"), sqs_id="POISON", trace="11111111-0003"),
        record(warm(messageId="c"), sqs_id=sqs(4), trace="11111111-0004"),
        record(telemetry(messageId="seen"), sqs_id=sqs(5), trace="11111111-0005"),
        record(warm(messageId="seen"), sqs_id=sqs(6), trace="11111111-0006"),
        record(telemetry(messageId="d"), sqs_id=sqs(7), trace="11111111-0007", topic="devices/stranger/telemetry"),
    ]
    report = deployed.report(*batch)
    assert report["batchItemFailures"] == [{"itemIdentifier": "POISON"}]
    assert [(done["sqs_id"], done["outcome"]) for done in report["outcomes"]] == [
        (sqs(1), "stored"),
        (sqs(2), "quarantined"),
        (sqs(4), "stored"),
        (sqs(5), "duplicate"),
        (sqs(6), "quarantined"),
        (sqs(7), "stored"),
    ]
    assert len(deployed.aws.published) == 1


@pytest.mark.parametrize("size", [0, 1, 2])
def test_failures_and_outcomes_are_lists_whatever_their_number(deployed: Deployed, size: int) -> None:
    deployed.broken["Summarise"] = ["ZeroDivisionError"] * size
    failing = [record(telemetry(messageId=f"m{i}"), sqs_id=sqs(i)) for i in range(size)]
    report = deployed.report(*failing)
    assert report == {"batchItemFailures": [{"itemIdentifier": sqs(i)} for i in range(size)], "outcomes": []}
    assert len(deployed.report(*failing)["outcomes"]) == size


def test_a_reading_that_expires_between_store_and_read_back_comes_again(deployed: Deployed) -> None:
    def expire(call: TaskCall) -> None:
        if call.state == "Read stored":
            deployed.aws.dynamodb.delete_item(TableName=deployed.aws.readings, Key={"id": {"S": "fridge-7#m-1"}})

    deployed.outcomes(record())
    deployed.before = expire
    assert len(deployed.report(record())["batchItemFailures"]) == 1
    deployed.before = lambda call: None
    assert deployed.outcomes(record()) == ["stored"]


def test_two_publications_at_once_store_one_reading(deployed: Deployed) -> None:
    batch = [record(warm(), sqs_id=sqs(i), trace=f"11111111-000{i}") for i in range(3)]
    assert sorted(deployed.outcomes(*batch)) == ["duplicate", "duplicate", "stored"]
    assert len(deployed.aws.items(deployed.aws.readings)) == 1 and len(deployed.aws.items(deployed.aws.repeats)) == 2
    assert set(deployed.aws.published) == {ALERT}
