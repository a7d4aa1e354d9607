"""States and chains as values: frozen, comparable, remembering their place; long chains stay cheap."""

from __future__ import annotations

import json
import sys
import time
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

import workflow
from tests.workflow.models import Bad, Job, Reading, Status, poll, start, summarize, validate, with_context
from workflow import (
    TRANSIENT,
    Choice,
    Fail,
    Parallel,
    Pass,
    Same,
    State,
    Succeed,
    Task,
    Try,
    Workflow,
    back_to,
)


def test_the_public_names() -> None:
    """`golden/public_names.txt` pins what users may count on."""
    pinned = (Path(__file__).parent / "golden" / "public_names.txt").read_text().split()
    assert workflow.__all__ == pinned


def test_states_are_frozen() -> None:
    task = Task("Validate", validate)
    with pytest.raises(AttributeError, match="Task `Validate` is frozen"):
        task.name = "Other"
    with pytest.raises(AttributeError, match="frozen"):
        del task.name


def test_methods_return_copies() -> None:
    task = Task("Validate", validate)
    timed = task.timeout(5)
    assert timed is not task
    assert task.seconds is None
    assert timed.seconds == 5


def test_states_compare_and_hash_by_what_they_say() -> None:
    def make(seconds: int) -> Any:
        return Task("Validate", validate).timeout(seconds).output(lambda r: r.id).retry(TRANSIENT)

    assert make(5) == make(5)
    assert hash(make(5)) == hash(make(5))
    assert make(5) != make(6)
    assert Task("Validate", validate) != Same("Validate")
    assert len({make(5), make(5), make(6)}) == 2


def test_lambdas_that_mean_the_same_are_equal() -> None:
    one = Pass("Id", Reading, lambda r: r.id)
    other = Pass("Id", Reading, lambda reading: reading.id)
    different = Pass("Id", Reading, lambda r: r.device_id)
    assert one == other
    assert one != different


def test_chains_compare_however_they_were_nested() -> None:
    a, b, c = Task("A", start), Task("B", start), Task("C", start)
    assert (a >> b) >> c == a >> (b >> c)
    assert a >> b != b >> a
    assert hash((a >> b) >> c) == hash(a >> (b >> c))


def test_choices_compare_by_their_rules() -> None:
    def make(limit: float) -> Any:
        return Choice("Hot?", Reading).when(lambda r: r.celsius > limit, then=Same("Yes")).otherwise(Fail("No"))

    assert make(3) == make(3)
    assert make(3) != make(4)


def test_a_state_remembers_its_line() -> None:
    line = sys._getframe().f_lineno + 1
    task = Task("Validate", validate).timeout(3)
    assert task.place.path == __file__
    assert task.place.line == line
    assert "Task(" in task.place.excerpt()


def test_a_chain_shows_its_states() -> None:
    assert repr(Task("A", start) >> Same("B") >> Fail("C")) == "End('A' >> 'B' >> 'C')"


@pytest.mark.filterwarnings("ignore::workflow.WorkflowWarning")  # AWS takes 1 MB
@pytest.mark.parametrize("nest", ["left", "right"])
def test_a_chain_of_thousands_is_linear_and_not_recursive(nest: str) -> None:
    states: list[Any] = [Task(f"S{n}", start) for n in range(4_000)]
    backwards = list(reversed(states))
    chain: Any = reduce(lambda a, b: a >> b, states) if nest == "left" else reduce(lambda b, a: a >> b, backwards)
    definition = Workflow.standard("w", chain).definition()
    assert list(definition["States"]) == [f"S{n}" for n in range(4_000)]
    assert definition["States"]["S3998"]["Next"] == "S3999"
    assert chain == chain
    assert hash(chain) == hash(chain)


def seconds_of(count: int) -> float:
    """The best of three."""
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        chain: State[Job, Job] = Task("S0", start)
        for n in range(1, count):
            chain = chain >> Task(f"S{n}", start)
        Workflow.standard("w", chain).definition()
        best = min(best, time.perf_counter() - begin)
    return best


def test_nine_hundred_states_take_a_moment() -> None:
    assert seconds_of(901) < 0.25  # 26 ms on the machine where it was written


def test_context_is_allowed_as_a_second_parameter() -> None:
    assert Workflow.standard("w", Task("Start", with_context)).functions[0].name == "with_context"


def test_a_state_may_stand_in_several_workflows() -> None:
    polled = Task("Poll", poll)
    one = Workflow.standard("one", Task("Start", start) >> polled)
    other = Workflow.standard("two", polled)
    assert one.definition()["States"]["Poll"]["End"] is True
    assert other.definition()["StartAt"] == "Poll"


def test_a_state_may_be_led_to_from_several_places_that_go_on_alike() -> None:
    done = Same("Done")
    chain = Choice("Hot?", Reading).when(lambda r: r.celsius > 8, then=Pass("Hot", Reading, lambda r: r) >> done).when(
        lambda r: r.celsius < 2, then=done
    ).otherwise(Same("Fine")) >> Task("Summarize", summarize)
    states = Workflow.standard("w", chain).definition()["States"]
    assert states["Hot"]["Next"] == states["Hot?"]["Choices"][1]["Next"] == "Done"
    assert states["Done"]["Next"] == states["Fine"]["Next"] == "Summarize"


def test_an_end_inside_a_branch_ends_the_branch() -> None:
    flow = Task("Validate", validate).catch(Bad, output=lambda c: c.error, then=Succeed("Name")) >> Task(
        "Summarize", summarize
    )
    state = Workflow.standard("w", Try("Reading", flow) >> Same("After")).definition()["States"]["Reading"]
    inner = state["Branches"][0]["States"]
    assert inner["Validate"]["Next"] == "Summarize"
    assert inner["Validate"]["Catch"][0]["Next"] == "Name"
    assert inner["Name"] == {"Type": "Succeed"}
    assert inner["Summarize"]["End"] is True
    assert state["Next"] == "After"


def fragment() -> Any:
    """A loop with a choice, a catcher and a shared end."""
    done = Same("Done")
    polled = Task("Poll", poll).catch(
        Bad, output=lambda c: Status(id=c.input.id, state="failed"), then=Pass("Caught", Status, lambda s: s)
    )
    return (
        Task("Start", start)
        >> polled
        >> Choice("Ready?", Status)
        .when(lambda s: s.state == "done", then=done)
        .otherwise(Pass("Again", Status, lambda s: Job(id=s.id)) >> back_to(polled))
    )


def test_a_fragment_can_be_used_twice_under_prefixes() -> None:
    both = Parallel("Both", fragment().prefixed("EU "), fragment().prefixed("US "))
    branches = Workflow.standard("w", both).definition()["States"]["Both"]["Branches"]
    plain = Workflow.standard("w", fragment()).definition()
    assert [b["StartAt"] for b in branches] == ["EU Start", "US Start"]
    for branch, prefix in zip(branches, ("EU ", "US ")):
        text = json.dumps({"StartAt": branch["StartAt"], "States": branch["States"]})
        for name in plain["States"]:
            text = text.replace(f'"{prefix}{name}"', f'"{name}"')
        assert json.loads(text) == {"StartAt": plain["StartAt"], "States": plain["States"]}


def test_a_prefix_leaves_the_fragment_as_it_was() -> None:
    one = fragment()
    assert one.prefixed("EU ") == fragment().prefixed("EU ")
    assert one == fragment()


@pytest.mark.filterwarnings("ignore::workflow.WorkflowWarning")  # AWS takes 1 MB
def test_a_long_chain_can_be_prefixed() -> None:
    states: list[Any] = [Task(f"S{n}", start) for n in range(3_000)]
    chain = reduce(lambda a, b: a >> b, states)
    written = Workflow.standard("w", chain.prefixed("X")).definition()["States"]
    assert list(written) == [f"XS{n}" for n in range(3_000)]


def test_inner_branches_are_prefixed_too() -> None:
    chain = Try("Reading", Task("Validate", validate)).prefixed("A ")
    state = Workflow.standard("w", chain).definition()["States"]["A Reading"]
    assert list(state["Branches"][0]["States"]) == ["A Validate"]
