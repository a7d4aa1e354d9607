"""Random definitions that fail at random: every history reads as what the definition allows, and runs again as a case.

States nest (Parallel and inline Map), wait, fail, are retried and caught; answers take random times.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import TaskCall
from workflow.testing import After, Environment, Result, fails
from workflow.testing.cases import record
from workflow.testing.coverage import END, measured
from workflow.testing.history import Branch
from workflow.testing.program import inside, targets
from workflow.testing.recorded import recorded

RETRY = [{"ErrorEquals": ["Flaky"], "MaxAttempts": 2, "IntervalSeconds": 3}]


class Builder:
    """Builds charts whose states have unique names."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw, self.count = draw, 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def chart(self, depth: int) -> dict[str, Any]:
        kinds = ["Task", "Task", "Pass", "Wait", *(["Parallel", "Map"] if depth else [])]
        drawn = [self.draw(st.sampled_from(kinds)) for _ in range(self.draw(st.integers(1, 3)))]
        names = [self.name(kind) for kind in drawn]
        states: dict[str, Any] = {}
        for kind, name, following in zip(drawn, names, [*names[1:], None]):
            state = self.state(kind, depth)
            state |= {"Next": following} if following else {"End": True}
            if kind not in ("Pass", "Wait"):
                if self.draw(st.booleans()):
                    state["Retry"] = RETRY
                if self.draw(st.booleans()):
                    caught = self.name("Caught")
                    states[caught] = {"Type": "Pass", "End": True}
                    state["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": caught}]
            states[name] = state
        return {"StartAt": names[0], "States": states}

    def state(self, kind: str, depth: int) -> dict[str, Any]:
        if kind == "Task":
            return {
                "Type": kind,
                "Resource": "arn:aws:states:::sqs:sendMessage",
                "Arguments": {"a": "{% $states.input %}"},
            }
        if kind == "Parallel":
            return {"Type": kind, "Branches": [self.chart(depth - 1) for _ in range(self.draw(st.integers(1, 2)))]}
        if kind == "Map":
            return {"Type": kind, "Items": [1, 2], "ItemProcessor": self.chart(depth - 1)}
        return {"Type": kind, "Seconds": 2} if kind == "Wait" else {"Type": kind, "Output": {"n": self.count}}


@st.composite
def definitions(draw: Any) -> dict[str, Any]:
    return {"QueryLanguage": "JSONata", **Builder(draw).chart(2)}


def answering(seed: int) -> Callable[[Any, TaskCall], Any]:
    """The same call, by state, item and attempt, gets the same answer."""

    def answer(_: Any, call: TaskCall) -> Any:
        chance = random.Random(f"{seed} {call.state} {call.path} {call.attempt}")
        outcome: Any = {"from": call.state}
        if chance.random() < 0.4:
            outcome = fails(chance.choice(["Flaky", "Flaky", "Boom"]), "at random")
        return After(chance.choice([0, 1, 5]), outcome)

    return answer


def tasks(definition: dict[str, Any]) -> list[str]:
    found = []
    for name, state in definition["States"].items():
        found += [name] if state["Type"] == "Task" else []
        for inner in inside(state):
            found += tasks(inner)
    return found


def fits(branch: Branch, chart: dict[str, Any]) -> None:
    """What a branch went through is a way through its chart, and so is what is inside of each state."""
    states = chart["States"]
    if branch.visits:
        assert branch.visits[0].name == chart["StartAt"]
    for visit, following in zip(branch.visits, [*branch.visits[1:], None]):
        state = states[visit.name]
        assert (visit.kind, visit.following) == (state["Type"], following.name if following else None)
        if following is not None:
            assert following.name in targets(state) and visit.exited is not None
            assert following.input == visit.output
        assert not visit.caught or visit.following == state["Catch"][0]["Next"]
        assert visit.error in (None, "Boom", "Flaky") and visit.failed == (visit.error is not None)
        assert len(visit.attempts) <= (3 if "Retry" in state else 1)
        assert all(attempt.failed for attempt in visit.attempts[:-1])
        charts = inside(state)
        rounds = len(visit.attempts)
        for inner in visit.inside:
            fits(inner, charts[inner.index] if state["Type"] == "Parallel" else charts[0])
        width = len(charts) if state["Type"] == "Parallel" else 2
        assert not charts or rounds <= len(visit.inside) <= rounds * width


def shown(result: Result[Any]) -> Any:
    return result.status, result.json, result.error, result.took, result.states, result.path.tree()


@settings(max_examples=120, deadline=None)
@given(definition=definitions(), seed=st.integers(0, 1_000))
def test_every_history_reads_as_what_the_definition_allows_and_runs_again(
    definition: dict[str, Any], seed: int
) -> None:
    with measured() as coverage:
        result = Environment().run(definition, [], answers=dict.fromkeys(tasks(definition), answering(seed)))
    fits(result.story.root, definition)
    entered = [e["stateEnteredEventDetails"]["name"] for e in result.events if e["type"].endswith("StateEntered")]
    assert result.states == entered
    assert shown(recorded(result.events, of=definition)) == shown(result)
    again = record(result).check(definition)
    assert shown(again) == shown(result)
    (covered,) = coverage.workflows.values()
    hit = {(e.state, e.detail) for e in covered.hits if e.kind == "transition"}
    assert hit == {(v.name, v.following or END) for v in result.visits if v.exited is not None}
