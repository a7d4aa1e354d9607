"""Every message counts once, by trace."""

import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from local.account import Account, Evidence, Published, Seen, count_published, settle, unaccounted


def seen(*traces: str, pending: bool = False) -> list[Seen]:
    return [Seen(trace, pending=pending) for trace in traces]


def message(device: str, payload: str, kind: str = "normal", message_id: str = "") -> Published:
    digest = hashlib.sha256(payload.encode()).hexdigest()
    return Published(device=device, topic=f"devices/{device}/telemetry", digest=digest, kind=kind, message=message_id)


def test_one_message_of_each_outcome() -> None:
    account = settle(
        5,
        Evidence(
            stored=seen("a"), repeats=seen("b"), quarantined=seen("c"), dead=seen("d"), queued=seen("e"), waiting=1
        ),
    )
    assert account == Account(5, stored=1, duplicates=1, quarantined=1, dead_lettered=1, waiting=1)
    assert account.balances
    assert account.line() == "published 5 = stored 1 + duplicates 1 + quarantined 1 + dead-lettered 1 + waiting 1"


def test_what_is_nowhere_shows_in_the_sign() -> None:
    account = settle(3, Evidence(stored=seen("a", "b")))
    assert (account.balances, account.missing) == (False, 1)
    assert account.line() == "published 3 != stored 2 + duplicates 0 + quarantined 0 + dead-lettered 0 + waiting 0"


def test_more_outcomes_than_messages_do_not_balance_either() -> None:
    assert settle(1, Evidence(stored=seen("a", "b"))).missing == -1


def test_a_redelivery_counts_once() -> None:
    assert settle(1, Evidence(quarantined=seen("a", "a"), waiting=0)).quarantined == 1
    assert settle(1, Evidence(dead=seen("a", "a"))).dead_lettered == 1


def test_stored_with_the_alert_pending_and_dead_lettered_is_dead_lettered() -> None:
    evidence = Evidence(stored=seen("a", pending=True), dead=seen("a"))
    assert settle(1, evidence) == Account(1, dead_lettered=1)


def test_stored_with_the_alert_pending_and_in_the_queue_waits() -> None:
    in_flight = Evidence(stored=seen("a", pending=True), waiting=1)
    readable = Evidence(stored=seen("a", pending=True), queued=seen("a"), waiting=1)
    assert settle(1, in_flight) == settle(1, readable) == Account(1, waiting=1)


def test_stored_with_the_alert_pending_and_in_no_queue_waits_for_the_sweep() -> None:
    account = settle(1, Evidence(stored=seen("a", pending=True)))
    assert account == Account(1, waiting=1)
    assert "the sweep" in account.notes[0]


def test_what_is_finished_does_not_count_again_for_a_copy_in_a_queue() -> None:
    evidence = Evidence(
        stored=seen("a"), repeats=seen("b"), quarantined=seen("c"), dead=seen("a", "b"), queued=seen("c"), waiting=1
    )
    assert settle(3, evidence) == Account(3, stored=1, duplicates=1, quarantined=1)


def test_in_the_dead_letter_queue_and_the_queue_counts_once() -> None:
    assert settle(1, Evidence(dead=seen("a"), queued=seen("a"), waiting=1)) == Account(1, dead_lettered=1)


def test_two_outcomes_of_one_trace_are_said() -> None:
    account = settle(1, Evidence(stored=seen("a"), quarantined=seen("a")))
    assert account == Account(1, stored=1)
    assert account.notes == ("trace a is both stored and quarantined; it counts once, as stored",)


def test_what_has_no_trace_counts_by_itself() -> None:
    account = settle(3, Evidence(dead=seen("", ""), queued=seen(""), waiting=1))
    assert account == Account(3, dead_lettered=2, waiting=1)


@given(
    st.dictionaries(
        st.text("abcdefghij", min_size=1, max_size=3),
        st.sampled_from(
            ["stored", "pending", "repeats", "quarantined", "dead", "queued", "pending+dead", "stored+dead"]
        ),
    )
)
def test_each_trace_counts_exactly_once(places: dict[str, str]) -> None:
    def at(*names: str) -> list[str]:
        return [trace for trace, place in places.items() if place in names]

    evidence = Evidence(
        stored=seen(*at("stored", "stored+dead")) + seen(*at("pending", "pending+dead"), pending=True),
        repeats=seen(*at("repeats")),
        quarantined=seen(*at("quarantined")),
        dead=seen(*at("dead", "pending+dead", "stored+dead")),
        queued=seen(*at("queued")),
        waiting=len(at("queued", "pending")),
    )
    account = settle(len(places), evidence)
    assert account.balances
    expected = Counter(
        {"stored+dead": "stored", "pending+dead": "dead", "pending": "queued"}.get(p, p) for p in places.values()
    )
    assert account == Account(
        len(places),
        stored=expected["stored"],
        duplicates=expected["repeats"],
        quarantined=expected["quarantined"],
        dead_lettered=expected["dead"],
        waiting=expected["queued"],
    )


def test_messages_of_other_clients_and_those_sent_again_are_published_too() -> None:
    own = [("t", "1"), ("t", "1"), ("t", "2")]
    assert count_published(own, {("t", "1"): 2, ("t", "2"): 1}) == (3, 0)
    assert count_published(own, {("t", "1"): 3, ("t", "2"): 1, ("u", "3"): 2}) == (6, 3)


def test_what_the_listener_missed_is_published_all_the_same() -> None:
    assert count_published([("t", "1"), ("t", "2")], {}) == (2, 0)


def test_the_missing_messages_are_named() -> None:
    kept, lost, whole, bad = (
        message("fridge", "1", message_id="m1"),
        message("fridge", "2", message_id="m2"),
        message("fridge", "3", "oversized"),
        message("faulty", "4", "not JSON"),
    )
    evidence = Evidence(
        stored=[Seen("a", device="fridge", message="m1")],
        dead=[Seen("b", digest=whole.digest)],
        quarantined=[Seen("c", device="faulty")],
    )
    assert unaccounted([kept, lost, whole, bad], evidence) == [lost]


def test_one_thing_seen_answers_for_one_message() -> None:
    twice = message("fridge", "1", message_id="m1")
    stored = Evidence(stored=[Seen("a", device="fridge", message="m1")])
    both = Evidence(stored=stored.stored, repeats=[Seen("b", device="fridge", message="m1")])
    assert unaccounted([twice, twice], stored) == [twice]
    assert unaccounted([twice, twice], both) == []


def test_a_message_in_two_places_answers_once() -> None:
    first, second = message("fridge", "1", message_id="m1"), message("fridge", "2", message_id="m1")
    evidence = Evidence(
        stored=[Seen("a", device="fridge", message="m1", pending=True)],
        dead=[Seen("a", device="fridge", message="m1")],
    )
    assert unaccounted([first, second], evidence) == [second]
