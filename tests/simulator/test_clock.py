"""The virtual clock: it tells when its next timer fires, forgets those that were given up, and keeps their order."""

from __future__ import annotations

from simulator import VirtualClock


def test_it_tells_when_the_next_timer_fires() -> None:
    clock = VirtualClock(100.0, automatic=False)
    fired: list[str] = []
    assert clock.due() is None and not clock.next()
    first = clock.call_at(105.0, lambda: fired.append("first"))
    clock.call_at(107.0, lambda: fired.append("second"))
    assert clock.due() == 105.0 and clock.now() == 100.0
    first.cancel()
    assert clock.due() == 107.0
    assert clock.next() and clock.now() == 107.0 and fired == ["second"] and clock.due() is None


def test_a_time_that_has_passed_is_due_now() -> None:
    clock = VirtualClock(100.0, automatic=False)
    clock.call_at(50.0, lambda: None)
    assert clock.due() == 100.0


def test_what_falls_due_on_the_way_fires_at_its_own_time_in_order() -> None:
    clock = VirtualClock(0.0, automatic=False)
    fired: list[tuple[str, float]] = []
    for name, when in (("b", 2.0), ("a", 1.0), ("c", 2.0), ("d", 9.0)):
        clock.call_at(when, lambda name=name: fired.append((name, clock.now())))  # type: ignore[misc]
    clock.advance(5.0)
    assert fired == [("a", 1.0), ("b", 2.0), ("c", 2.0)] and clock.now() == 5.0 and clock.due() == 9.0
