"""The telemetry workflow, whole: its real handlers behind their entry points, tables and topic in memory."""

import json
from typing import Any

import pytest

from handlers.errors import Unavailable
from handlers.models import Device, Item, Quarantined, Record
from pipelines.telemetry import devices, readings, repeats, telemetry
from tests.handlers.aws import Aws
from tests.handlers.messages import RECEIVED_AT, TIME, record
from tests.handlers.messages import telemetry as message
from tests.pipelines.batches import ALERT, FRIDGE, failed, outcomes, published, report, sqs, warm
from workflow.testing import REAL, Environment, fails, in_turn


def test_a_reading_in_its_range_is_stored_without_alert(environment: Environment) -> None:
    result = environment.run(telemetry, [record(trace="11111111-aaaa", sqs_id=sqs(1))])
    done = {"sqs_id": sqs(1), "trace": "11111111-aaaa", "outcome": "stored"}
    assert result.json == {"batchItemFailures": [], "outcomes": [done]}
    assert result.output.outcomes[0].outcome == "stored"
    (item,) = environment.table(readings)
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
    assert published(environment) == []


def test_a_reading_takes_the_short_way(environment: Environment) -> None:
    result = environment.run(telemetry, [record()])
    (item,) = result.items("Each")
    way = ["Validate", "Enrich", "Decide", "Store", "Alert pending?", "No alert due", "Came again?", "First message"]
    item.state("Reading").inside[0].assert_path([*way, "Result"])


def test_a_reading_outside_its_range_is_stored_alerted_and_marked(environment: Environment) -> None:
    assert outcomes(environment, record(warm())) == ["stored"]
    assert published(environment) == [ALERT]
    (item,) = environment.table(readings)
    assert (item.alert, item.pending_since, item.finding) == ("sent", None, "9.3 °C, outside 2.0 to 8.0 °C")


@pytest.mark.parametrize("temperature, alerts", [(2, 0), (8, 0), (1.99, 1), (8.01, 1), (-40, 1)])
def test_the_bounds_of_a_range_belong_to_it(environment: Environment, temperature: float, alerts: int) -> None:
    assert outcomes(environment, record(message(temperature=temperature))) == ["stored"]
    assert len(published(environment)) == alerts


def test_a_reading_of_an_unknown_device_is_stored_and_marked_so(environment: Environment) -> None:
    assert outcomes(environment, record(warm(), topic="devices/stranger/telemetry")) == ["stored"]
    (item,) = environment.table(readings)
    assert (item.known, item.alert) == (False, "none")
    assert published(environment) == []


def test_air_without_water_is_stored_without_dew_point(environment: Environment) -> None:
    outcomes(environment, record(message(humidity=0)))
    (item,) = environment.table(readings).raw()
    assert item.get("dew_point", {"NULL": True}) == {"NULL": True}


def test_a_second_publication_is_a_duplicate_and_recorded(environment: Environment) -> None:
    first, again = record(warm(), trace="11111111-1111"), record(warm(), trace="22222222-2222", sqs_id=sqs(2))
    assert outcomes(environment, first) == ["stored"]
    assert outcomes(environment, again) == ["duplicate"]
    assert len(environment.table(readings)) == 1 and len(published(environment)) == 1
    (repeat,) = environment.table(repeats)
    assert (repeat.trace, repeat.id, repeat.stored_by) == ("22222222-2222", "fridge-7#m-1", "11111111-1111")
    assert outcomes(environment, again) == ["duplicate"]
    assert len(environment.table(repeats)) == 1


def test_a_redelivery_of_the_message_that_was_stored_is_no_duplicate(environment: Environment) -> None:
    delivered = record(warm())
    assert outcomes(environment, delivered) == ["stored"]
    assert outcomes(environment, delivered.model_copy(update={"messageId": sqs(9)})) == ["stored"]
    assert len(environment.table(repeats)) == 0 and len(published(environment)) == 1


class Died(BaseException):
    """The execution is gone, as when its host is."""


def die(_: Any) -> Any:
    raise Died


def test_an_alert_that_a_crash_left_pending_goes_out_when_the_message_comes_back(environment: Environment) -> None:
    """Stored, then the execution died before it could alert."""
    with pytest.raises(Died):
        environment.run(telemetry, [record(warm())], answers={"Alert": die})
    assert [item.alert for item in environment.table(readings)] == ["pending"]
    environment.table(devices).put(FRIDGE.model_copy(update={"high": 30}))  # the range changes meanwhile
    assert outcomes(environment, record(warm())) == ["stored"]
    assert published(environment) == [ALERT]
    assert [item.alert for item in environment.table(readings)] == ["sent"]


def test_an_alert_that_a_crash_left_pending_goes_out_with_a_second_publication(environment: Environment) -> None:
    first = record(warm(), trace="11111111-1111", sqs_id=sqs(1))
    assert failed(environment, first, answers={"Alert": fails("SNS.InvalidParameter")}) == [sqs(1)]
    assert outcomes(environment, record(warm(), trace="22222222-2222")) == ["duplicate"]
    assert published(environment) == [ALERT]
    assert outcomes(environment, record(warm(), trace="11111111-1111")) == ["stored"]
    assert published(environment) == [ALERT]


def test_an_alert_that_could_not_be_marked_goes_out_again(environment: Environment) -> None:
    answers = {"Mark sent": fails("DynamoDB.ValidationException")}
    assert len(failed(environment, record(warm()), answers=answers)) == 1
    assert outcomes(environment, record(warm())) == ["stored"]
    assert published(environment) == [ALERT, ALERT]


def test_a_notify_that_fails_for_good_twice_still_alerts_once_the_queue_redelivers(environment: Environment) -> None:
    for _ in range(2):
        answers = {"Alert": fails("SNS.AuthorizationError")}
        assert failed(environment, record(warm(), sqs_id=sqs(4)), answers=answers) == [sqs(4)]
    assert outcomes(environment, record(warm(), sqs_id=sqs(4))) == ["stored"]
    assert published(environment) == [ALERT]


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
def test_what_passes_by_is_tried_again(environment: Environment, state: str, error: str) -> None:
    result = environment.run(telemetry, [record(warm())], answers={state: in_turn(fails(error), fails(error))})
    assert [done.outcome for done in result.output.outcomes] == ["stored"]
    assert [call.error for call in result.calls(state)] == [error, error, None]
    assert 0 < result.took.total_seconds() <= 3  # after at most one second and two
    assert published(environment) == [ALERT]


def test_an_id_that_is_used_again_for_other_content_is_quarantined(environment: Environment, aws: Aws) -> None:
    outcomes(environment, record(message(), trace="11111111-1111"))
    assert outcomes(environment, record(warm(), trace="22222222-2222")) == ["quarantined"]
    (item,) = aws.read(aws.quarantine, Quarantined)
    assert (item.trace, item.reason) == ("22222222-2222", "messageId: used before, for other content")
    assert (item.device_id, item.payload_bytes) == ("fridge-7", len(json.dumps(warm())))
    assert [kept.temperature for kept in environment.table(readings)] == [4.5]
    assert published(environment) == [] and len(environment.table(repeats)) == 0


def test_the_same_id_of_another_device_is_another_reading(environment: Environment) -> None:
    topics = ["devices/fridge-7/telemetry", "devices/fridge-8/telemetry"]
    assert outcomes(environment, *(record(topic=topic) for topic in topics)) == ["stored", "stored"]


@pytest.mark.parametrize(
    "delivered, reason",
    [
        (record(payload=b"\x00\xff"), "payload: not UTF-8"),
        (record(message(temperature="<script>")), "temperature: not a number"),
        (record(message(deviceId="fridge-8")), "deviceId: another device than the topic's"),
        (record(topic="devices/../telemetry"), "topic: names no acceptable device"),
        (Record(messageId=sqs(1), body='{"say": "\x1b[2J'), "envelope: not JSON at line 1, column 10"),
    ],
)
def test_what_is_no_reading_is_quarantined_at_once(
    environment: Environment, aws: Aws, delivered: Record, reason: str
) -> None:
    result = environment.run(telemetry, [delivered])
    assert [done.outcome for done in result.output.outcomes] == ["quarantined"]
    assert [item.reason for item in aws.read(aws.quarantine, Quarantined)] == [reason]
    assert len(result.calls("Validate")) == 1
    assert len(environment.table(readings)) == 0


def test_a_quarantine_that_is_not_available_is_tried_again_and_else_the_queue_keeps_the_message(
    environment: Environment, aws: Aws
) -> None:
    bad = record(payload=b"?", sqs_id=sqs(3))
    aws.fail("PutItem", "ThrottlingException", times=2)
    result = environment.run(telemetry, [bad])
    assert [done.outcome for done in result.output.outcomes] == ["quarantined"]
    assert [call.error for call in result.calls("Quarantine")] == [Unavailable.__name__] * 2 + [None]
    aws.fail("PutItem", "AccessDeniedException")
    assert failed(environment, bad) == [sqs(3)]


def test_one_message_harms_no_other(environment: Environment) -> None:
    """A batch with every fate in it; what fails for good is reported, the rest has its outcome."""
    outcomes(environment, record(message(messageId="seen"), trace="00000000-seen"))

    def poisoned(given: Record) -> Any:
        return fails("Runtime.ExitError") if given.messageId == "POISON" else REAL

    batch = [
        record(message(messageId="a"), sqs_id=sqs(1), trace="11111111-0001"),
        record(payload=b"{", sqs_id=sqs(2), trace="11111111-0002"),
        record(message(messageId="b"), sqs_id="POISON", trace="11111111-0003"),
        record(warm(messageId="c"), sqs_id=sqs(4), trace="11111111-0004"),
        record(message(messageId="seen"), sqs_id=sqs(5), trace="11111111-0005"),
        record(warm(messageId="seen"), sqs_id=sqs(6), trace="11111111-0006"),
        record(message(messageId="d"), sqs_id=sqs(7), trace="11111111-0007", topic="devices/stranger/telemetry"),
    ]
    made = report(environment, *batch, answers={"Validate": poisoned})
    assert [failure.itemIdentifier for failure in made.batchItemFailures] == ["POISON"]
    assert [(done.sqs_id, done.outcome) for done in made.outcomes] == [
        (sqs(1), "stored"),
        (sqs(2), "quarantined"),
        (sqs(4), "stored"),
        (sqs(5), "duplicate"),
        (sqs(6), "quarantined"),
        (sqs(7), "stored"),
    ]
    assert len(published(environment)) == 1


@pytest.mark.parametrize("size", [0, 1, 2])
def test_failures_and_outcomes_are_lists_whatever_their_number(environment: Environment, size: int) -> None:
    failing = [record(message(messageId=f"m{i}"), sqs_id=sqs(i)) for i in range(size)]
    assert failed(environment, *failing, answers={"Summarise": ZeroDivisionError}) == [sqs(i) for i in range(size)]
    assert len(outcomes(environment, *failing)) == size


def test_a_reading_that_expires_between_store_and_read_back_comes_again(environment: Environment) -> None:
    def expire(_: Any) -> Any:
        environment.table(readings).delete("fridge-7#m-1")
        return REAL

    outcomes(environment, record())
    assert len(failed(environment, record(), answers={"Read stored": expire})) == 1
    assert outcomes(environment, record()) == ["stored"]


def test_what_is_stored_is_read_back_as_it_is_not_as_it_was(environment: Environment) -> None:
    """The alert goes out once, although a read that is not consistent would still find it pending."""
    outcomes(environment, record(warm()))
    environment.table(readings).lagging = True
    assert outcomes(environment, record(warm())) == ["stored"]
    assert published(environment) == [ALERT]


def test_two_publications_at_once_store_one_reading(environment: Environment) -> None:
    batch = [record(warm(), sqs_id=sqs(i), trace=f"11111111-000{i}") for i in range(3)]
    assert sorted(outcomes(environment, *batch)) == ["duplicate", "duplicate", "stored"]
    assert len(environment.table(readings)) == 1 and len(environment.table(repeats)) == 2
    assert set(published(environment)) == {ALERT}


def test_a_device_that_takes_too_long_to_be_found_fails_its_own_reading_only(environment: Environment) -> None:
    """Timeouts pass in virtual time: four attempts of five seconds, and the waits between them."""

    def slow(_: Any) -> Any:
        return fails("States.Timeout")

    made = failed(environment, record(sqs_id=sqs(1)), answers={"Look up device": slow})
    assert made == [sqs(1)]
    assert len(environment.table(readings)) == 0


def test_a_known_device_may_be_answered_by_hand(environment: Environment) -> None:
    own = Device(device_id="fridge-9", name="Cheese", low=9, high=12)
    made = outcomes(environment, record(warm()), answers={"Look up device": own})
    assert made == ["stored"] and published(environment) == []
