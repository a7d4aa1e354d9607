"""Variables, the context object and JSONata of one's own: written as they are read by people, and run."""

from __future__ import annotations

from typing import Any

from simulator.drive import simulate
from simulator.tasks import TaskCall, TaskFailed
from tests.workflow.models import Bad, Enriched, Job, Reading, Status, poll, start, validate
from workflow import (
    Choice,
    Fail,
    Map,
    Pass,
    Same,
    Task,
    Try,
    Variable,
    Wait,
    Workflow,
    back_to,
    context,
    jsonata,
)

limit = Variable("limit", float)
tries = Variable("tries", int)


def reading(celsius: float) -> dict[str, Any]:
    return {"id": "r", "device_id": "d", "celsius": celsius}


def test_a_variable_is_assigned_and_read() -> None:
    chain = Pass("Limit", Reading, lambda r: r).assign(limit, lambda r: r.celsius + 1) >> Pass(
        "Over", Reading, lambda r: (r.celsius, limit.value)
    )
    definition = Workflow.standard("w", chain).definition()
    assert definition["States"]["Limit"]["Assign"] == {"limit": "{% $states.input.celsius + 1 %}"}
    assert definition["States"]["Over"]["Output"] == ["{% $states.input.celsius %}", "{% $limit %}"]
    assert simulate(definition, reading(3)).output == [3, 4]


def test_a_counting_loop() -> None:
    polled = Task("Poll", poll)
    chain = (
        Task("Start", start).assign(tries, lambda job: 0)
        >> polled
        >> Choice("Done?", Status)
        .when(lambda s: s.state == "done", then=Pass("Result", Status, lambda s: (s.id, tries.value)).end())
        .when(lambda s: tries.value >= 5, then=Fail("Too often"))
        .otherwise(
            Pass("Again", Status, lambda s: Job(id=s.id)).assign(tries, lambda job: tries.value + 1)
            >> Wait("Pause", seconds=30)
            >> back_to(polled)
        )
    )
    definition = Workflow.standard("w", chain).definition()

    def run(done_after: int) -> Any:
        polls = 0

        def answer(call: TaskCall) -> Any:
            nonlocal polls
            if call.state == "Start":
                return {"Payload": {"id": "j", "delay": 1}}
            polls += 1
            return {"Payload": {"id": "j", "state": "done" if polls > done_after else "running"}}

        return simulate(definition, {"id": "j", "delay": 1}, answer)

    assert run(2).output == ["j", 2]
    assert run(9).error == "Too often"


def test_rules_and_catchers_assign_too() -> None:
    chain = (
        Task("Validate", validate)
        .assign(limit, lambda r: r.celsius)
        .catch(
            Bad,
            output=lambda c: Reading(id=c.input.messageId, device_id="", celsius=0),
            then=Same("Default"),
            assign={limit: lambda c: -1.0},
        )
        >> Choice("Hot?", Reading)
        .when(lambda r: r.celsius > 8, then=Same("Hot"), assign={tries: lambda r: 1})
        .otherwise(Pass("Cold", Reading, lambda r: r).assign(tries, lambda r: 2))
        >> Pass("Both", Reading, lambda r: (limit.value, tries.value))
    )
    definition = Workflow.standard("w", chain).definition()
    assert definition["States"]["Validate"]["Catch"][0]["Assign"] == {"limit": -1.0}
    assert definition["States"]["Hot?"]["Choices"][0]["Assign"] == {"tries": 1}

    def answer(call: TaskCall) -> Any:
        arguments: Any = call.arguments
        celsius = arguments["Payload"]["input"]["body"]
        if celsius == "bad":
            raise TaskFailed("Bad", "no JSON")
        return {"Payload": reading(float(celsius))}

    def run(body: str) -> Any:
        return simulate(definition, {"messageId": "m", "body": body}, answer).output

    assert run("9") == [9, 1]
    assert run("3") == [3, 2]
    assert run("bad") == [-1, 2]


def test_branches_read_the_variables_around_them() -> None:
    chain = Pass("Limit", Enriched, lambda e: e.reading).assign(limit, lambda r: r.celsius) >> Try(
        "Inside", Pass("Read", Reading, lambda r: limit.value)
    )
    run = simulate(Workflow.standard("w", chain).definition(), {"reading": reading(7), "summary": {}, "device": None})
    assert run.output == 7


def test_an_assignment_reads_what_the_state_passes_on() -> None:
    chain = Task("Validate", validate).output(lambda r: r.celsius * 2).assign(limit, lambda twice: twice + 1)
    state = Workflow.standard("w", chain).definition()["States"]["Validate"]
    assert state["Assign"] == {"limit": "{% $states.result.Payload.celsius * 2 + 1 %}"}
    assert state["Output"] == "{% $states.result.Payload.celsius * 2 %}"


def test_the_context_object() -> None:
    chain = Pass("Job", Job, lambda j: Job(id=context.execution.name, delay=context.state.retry_count))
    state = Workflow.standard("w", chain).definition()["States"]["Job"]
    assert state["Output"] == {
        "id": "{% $states.context.Execution.Name %}",
        "delay": "{% $states.context.State.RetryCount %}",
    }
    paths = Pass(
        "All",
        Job,
        lambda j: [
            context.execution.id,
            context.execution.role,
            context.execution.start_time,
            context.state.name,
            context.state.entered_time,
            context.machine.id,
            context.machine.name,
        ],
    )
    assert Workflow.standard("w", paths).definition()["States"]["All"]["Output"] == [
        "{% $states.context.Execution.Id %}",
        "{% $states.context.Execution.RoleArn %}",
        "{% $states.context.Execution.StartTime %}",
        "{% $states.context.State.Name %}",
        "{% $states.context.State.EnteredTime %}",
        "{% $states.context.StateMachine.Id %}",
        "{% $states.context.StateMachine.Name %}",
    ]


def test_the_index_of_a_map_item() -> None:
    each = Pass("Number", Reading, lambda r: (context.item.index, r.id))
    chain = Map("Each", each, of=list[Reading], items=lambda rs: rs)
    run = simulate(Workflow.standard("w", chain).definition(), [reading(1), reading(2)])
    assert run.output == [[0, "r"], [1, "r"]]


def test_jsonata_stands_where_a_lambda_stands() -> None:
    chain = (
        Pass("Double", Reading, jsonata("$states.input.celsius * 2", returns=float))
        >> Pass("Text", float, lambda x: f"{x:.1f}")
        >> Choice("Long?", str)
        .when(jsonata("$length($states.input) > 3", returns=bool), then=Same("Long"))
        .otherwise(Same("Short"))
    )
    definition = Workflow.standard("w", chain).definition()
    assert definition["States"]["Double"]["Output"] == "{% $states.input.celsius * 2 %}"
    assert definition["States"]["Long?"]["Choices"][0]["Condition"] == "{% $length($states.input) > 3 %}"
    assert simulate(definition, reading(4.25)).output == "8.5"


def test_jsonata_may_read_a_variable() -> None:
    chain = Pass("Limit", Reading, lambda r: r).assign(limit, lambda r: 2.5) >> Pass(
        "Product", Reading, jsonata("($x := $limit; $x * $states.input.celsius)", returns=float)
    )
    assert simulate(Workflow.standard("w", chain).definition(), reading(2)).output == 5


def test_jsonata_inside_an_expression_is_bracketed() -> None:
    chain = Pass("Both", Reading, jsonata("$states.input.celsius > 3 ? 1 : 2", returns=int)).assign(
        limit, lambda n: n * 2.0
    )
    state = Workflow.standard("w", chain).definition()["States"]["Both"]
    assert state["Assign"] == {"limit": "{% ($states.input.celsius > 3 ? 1 : 2) * 2.0 %}"}
