"""Alerts that were left behind go out, once they are old enough, and are marked."""

import pytest

from handlers.counts import collected
from handlers.errors import Unavailable
from handlers.models import Item, Sweep, Swept
from handlers.sweep import sweep
from tests.handlers.aws import Aws
from tests.handlers.messages import RECEIVED_AT, TIME

NOW = RECEIVED_AT + 20 * 60_000


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: NOW * 1_000_000)


@pytest.fixture(params=["pending", ""], ids=["by its index", "by a scan"])
def readings(request: pytest.FixtureRequest, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    monkeypatch.setenv("READINGS_INDEX", request.param)
    return aws


def item(name: str, *, pending_since: int | None = RECEIVED_AT) -> Item:
    pending = pending_since is not None
    return Item(
        id=f"fridge-7#{name}",
        digest="d",
        trace="t",
        device_id="fridge-7",
        message_id=name,
        temperature=9.25,
        humidity=60,
        battery=80,
        time=TIME,
        received_at=RECEIVED_AT,
        dew_point=None,
        storage="cool",
        damp="dry",
        known=True,
        alert="pending" if pending else "sent",
        pending_since=pending_since,
        finding="9.2 °C, outside 2.0 to 8.0 °C" if pending else "",
        expires=9,
    )


def test_old_pending_alerts_are_sent_and_marked_and_nothing_else_changes(readings: Aws) -> None:
    others = [item("sent", pending_since=None), item("young", pending_since=NOW - 10 * 60_000)]
    for one in [item("left"), *others]:
        readings.put(readings.readings, one)
    with collected() as counts:
        assert sweep(Sweep()) == Swept(pending=1, sent=1)
    assert readings.published == [f"fridge-7: 9.2 °C, outside 2.0 to 8.0 °C, measured {TIME}. Reading fridge-7#left"]
    kept = {one.message_id: one for one in readings.read(readings.readings, Item)}
    assert kept["left"] == item("left").model_copy(update={"alert": "sent", "pending_since": None})
    assert [kept["sent"], kept["young"]] == others
    assert counts == {"PendingAlerts": 1, "SweptAlerts": 1}
    assert sweep(Sweep()) == Swept(pending=0, sent=0)


def test_one_that_fails_harms_no_other_and_is_tried_again(readings: Aws) -> None:
    for name in ("a", "b", "c"):
        readings.put(readings.readings, item(name))
    readings.fail("Publish", "Throttled")
    with collected() as counts, pytest.raises(Unavailable, match="1 of 3 alerts could not be sent"):
        sweep(Sweep())
    assert counts == {"PendingAlerts": 3, "SweptAlerts": 2}
    assert sweep(Sweep()) == Swept(pending=1, sent=1)
    assert len(readings.published) == 3


def test_an_alert_that_could_not_be_marked_goes_out_again(readings: Aws) -> None:
    readings.put(readings.readings, item("a"))
    readings.fail("UpdateItem", "ThrottlingException")
    with pytest.raises(Unavailable):
        sweep(Sweep())
    assert sweep(Sweep()) == Swept(pending=1, sent=1)
    assert len(readings.published) == 2


def test_one_that_was_marked_meanwhile_counts_as_sent(readings: Aws) -> None:
    readings.put(readings.readings, item("a"))
    readings.fail("UpdateItem", "ConditionalCheckFailedException")
    assert sweep(Sweep()) == Swept(pending=1, sent=1)


def test_a_run_is_bounded_and_the_next_goes_on(readings: Aws) -> None:
    for number in range(5):
        readings.put(readings.readings, item(str(number)))
    assert sweep(Sweep(at_most=3)) == Swept(pending=3, sent=3)
    assert sweep(Sweep(at_most=3)) == Swept(pending=2, sent=2)


def test_an_index_that_cannot_be_read_now_is_unavailable(readings: Aws) -> None:
    for operation in ("Query", "Scan"):
        readings.fail(operation, "ProvisionedThroughputExceededException")
    with pytest.raises(Unavailable, match="could not look for pending alerts"):
        sweep(Sweep())
