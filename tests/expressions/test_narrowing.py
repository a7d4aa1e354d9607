"""What each form of test proves, and what it does not: type checkers say the same, so they are silenced here."""

# mypy: disable-error-code="attr-defined,union-attr,operator,unused-ignore,arg-type"
# pyright: reportAttributeAccessIssue=false, reportOptionalMemberAccess=false, reportOptionalOperand=false
# pyright: reportArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from workflow.expressions import Page, Refusal, compile_function

from .models import Cat, Dropped, Opened, Scanned, Shipment, State


def early(s: Shipment) -> str:
    if s.title is None:
        return "-"
    return s.title.upper()


def both_ways(s: Shipment) -> str:
    title = s.title
    if title is None:
        title = "none"
    return title.upper()


def asserted(s: Shipment) -> str:
    assert s.title is not None and s.maybe_count
    return s.title.upper() + str(s.maybe_count + 1)


def helper(text: str | None) -> str:
    return text.upper() if text else "-"


def returned_inside(s: Shipment) -> str:
    if s.flag:
        if s.title is None:
            return "-"
        word = s.title
    else:
        word = s.title or ""
    return word.upper()


PROVEN: dict[str, Callable[[Shipment], Any]] = {
    "is not None": lambda s: s.title.upper() if s.title is not None else "-",
    "is None": lambda s: "-" if s.title is None else s.title.upper(),
    "truth": lambda s: s.title.upper() if s.title else "-",
    "not": lambda s: "-" if not s.title else s.title.upper(),
    "not not": lambda s: s.title.upper() if not (not s.title) else "-",
    "and": lambda s: s.title is not None and len(s.title) > 1,
    "or": lambda s: s.title is None or len(s.title) > 1,
    "De Morgan": lambda s: "-" if s.title is None or s.maybe_count is None else s.title.upper() * (s.maybe_count + 1),
    "and in a ternary": lambda s: s.title.upper() if s.flag and s.title else "-",
    "chain of attributes": lambda s: s.tree.child.child.name if s.tree.child and s.tree.child.child else "-",
    "!= None": lambda s: s.title.upper() if s.title != None else "-",  # noqa: E711
    "== constant": lambda s: s.title.upper() if s.title == "x" else "-",
    "in constants": lambda s: s.title.upper() if s.title in ("x", "y") else "-",
    "walrus": lambda s: t.upper() if (t := s.title) else "-",
    "walrus of a call": lambda s: n + 1 if (n := s.counts.get("a")) is not None else 0,
    "the call again": lambda s: s.counts.get("a") + 1 if s.counts.get("a") is not None else 0,  # type: ignore[operator]
    "comprehension if": lambda s: [m + 1 for m in s.maybes if m is not None],
    "generator if": lambda s: sum(m for m in s.maybes if m),
    "early return": early,
    "joined again": both_ways,
    "assert": asserted,
    "returned inside": returned_inside,
    "in a helper": lambda s: helper(s.title),
    "isinstance": lambda s: s.event.g if isinstance(s.event, Dropped) else 0.0,
    "isinstance of several": lambda s: s.event.type if isinstance(s.event, (Opened, Scanned)) else s.event.g,
    "isinstance of an optional": lambda s: s.maybe_event.by if isinstance(s.maybe_event, Opened) else "-",
    "isinstance without a tag": lambda s: s.animal.lives if isinstance(s.animal, Cat) else 0,
    "a tag": lambda s: s.event.g if s.event.type == "dropped" else 0.0,
    "not a tag": lambda s: 0.0 if s.event.type != "dropped" else s.event.g,
    "two tags excluded": lambda s: s.event.g if s.event.type != "opened" and s.event.type != "scanned" else 0.0,
    "a key": lambda s: s.limits["note"].upper() if "note" in s.limits else "-",
    "a Literal": lambda s: {"auto": 1, "manual": 2}[s.mode] if s.mode != "off" else 0,
    "an enum": lambda s: {State.DONE: 1}[s.state] if s.state is State.DONE else 0,
    "an enum's value": lambda s: {State.DONE: 1}[s.state] if s.state.value == "done" else 0,
    "a local test": lambda s: (lambda ok: s.title.upper() if ok else "-")(s.title is not None),  # type: ignore[union-attr]
}

NOT_PROVEN: dict[str, Callable[[Shipment], Any]] = {
    "another field": lambda s: s.title.upper() if s.maybe_count is not None else "-",
    "the other side": lambda s: s.title.upper() if s.title is None else "-",
    "after the test": lambda s: len(s.title) > 1 and s.title is not None,
    "either of two": lambda s: s.title.upper() if s.title is not None or s.flag else "-",
    "not both": lambda s: s.title.upper() if not (s.title is None and s.flag) else "-",
    "of another element": lambda s: [m + 1 for m in s.maybes if s.maybe_count is not None],
    "a subfield": lambda s: s.tree.child.child.name if s.tree.child else "-",
    "the same name later": lambda s: (t.upper() if (t := s.texts.get("b")) is None else "-") if (t := s.title) else "",
    "another key": lambda s: s.counts.get("a") + 1 if s.counts.get("b") is not None else 0,
    "not equal": lambda s: s.title.upper() if s.title != "x" else "-",
}


@pytest.mark.parametrize("name", PROVEN)
def test_proven(name: str) -> None:
    assert compile_function(PROVEN[name], [Shipment])


@pytest.mark.parametrize("name", NOT_PROVEN)
def test_not_proven(name: str) -> None:
    with pytest.raises(Refusal) as raised:
        compile_function(NOT_PROVEN[name], [Shipment])
    assert raised.value.problem.page == Page.OPTIONAL_UNTESTED


def test_a_proven_test_is_not_tested_again() -> None:
    assert compile_function(lambda s: s.names[0] if s.names else "", [Shipment]) == (
        "$count($states.input.names) > 0 ? $states.input.names[0] : ''"
    )
    assert compile_function(lambda s: 1 / s.count if s.count > 0 else 0.0, [Shipment]) == (
        "$states.input.count > 0 ? 1 / $states.input.count : 0.0"
    )
    assert compile_function(lambda s: s.counts["a"] if "a" in s.counts else 0, [Shipment]) == (
        "'a' in $keys($states.input.counts) ? $lookup($states.input.counts, 'a') : 0"
    )
