"""Step Functions: nested workflows, started, waited for, or called.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ..diagnostics import Place, Problem, caller_place
from ..expressions import Root, kinds
from ..expressions.nodes import Binary, Block, Call, Field, Node, const
from ..lambdas import ANY, compiled, expression, kind_of, place_of, root
from ..records import Started
from ..resources import Symbol
from ..states.base import A, In, Out
from . import catalogue
from .calling import Calling

if TYPE_CHECKING:
    from ..definition import ExpressWorkflow, StandardWorkflow, Workflow

I = TypeVar("I")  # noqa: E741  (the nested workflow's input)
O = TypeVar("O")  # noqa: E741  (and its output)

EXECUTION_EXISTS = "StepFunctions.ExecutionAlreadyExistsException"
"""What StartExecution fails with if an execution of this name has run, with another input."""

EXPRESS_FAILED = "States.QueryEvaluationError"
"""What CallExpress fails with if the workflow that it called failed; the cause says how."""


def machine_symbol(workflow: Workflow[Any, Any]) -> Symbol:
    """The ARN of a workflow's state machine, or of its alias: `workflow.<name>`."""
    return Symbol(f"workflow.{workflow.name}")


def _given(
    name: str, workflow: Any, kind: str, takes: kinds.Kind, made: Any, execution: Any, place: Place
) -> tuple[dict[str, Any], list[Problem]]:
    """Arguments of StartExecution, and what is wrong: no workflow, one of the other kind, an input it does not take."""
    own = getattr(workflow, "kind", None)
    if own not in ("EXPRESS", "STANDARD"):
        shown = getattr(workflow, "__name__", repr(workflow))
        problem = Problem(place, f"`{name}` starts {shown}, which is no workflow", "give a Workflow", "nested")
        return {"stateMachineArn": "?"}, [problem]
    problems: list[Problem] = []
    if kind not in ("", own):
        what = f"`{name}` waits for `{workflow.name}`, which is {_article(own)} workflow"
        instead = "write CallExpress(...)" if own == "EXPRESS" else "write RunExecution(...)"
        problems.append(Problem(place, what, instead, "nested"))
    given: dict[str, Any] = {"stateMachineArn": machine_symbol(workflow), "input": made}
    if execution is not None:
        given["name"] = execution
    shaped = compiled(made, (root("states.input", takes),), place)
    if shaped.kind is not None and workflow.takes is not None and not kinds.fits(shaped.kind, workflow.takes):
        what = f"`{workflow.name}` takes {kinds.show(workflow.takes)}, but `{name}` gives {kinds.show(shaped.kind)}"
        problems.append(Problem(place_of(made, place), what, "give what it takes", "nested"))
    return given, problems


def _article(kind: str) -> str:
    return "an Express" if kind == "EXPRESS" else "a Standard"


class StartExecution(Calling[In, Out]):
    """Starts an execution of another workflow and goes on: passes on what is known of it, a Started.

    execution: its name, at most 80 characters; starting the same name with the same input again starts nothing, with
    another input it fails with EXECUTION_EXISTS. With `.wait_for_token(input=...)` the state waits for an answer.
    """

    members: ClassVar[Mapping[str, str]] = {"execution": "name"}
    workflow: Workflow[Any, Any]

    def __init__(
        self: StartExecution[A, Started],
        name: str,
        workflow: Workflow[I, Any],
        *,
        of: type[A],
        input: Callable[[A], I],
        execution: Callable[[A], str] | None = None,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        given, problems = _given(name, workflow, "", takes, input, execution, place)
        result = root("states.result", kind_of(Started))
        integration = catalogue.optimized("states:startExecution")
        values: dict[str, Any] = {"result": result, "passes": result.kind, "workflow": workflow, "problems": problems}
        self._call(name, place, integration, takes, given, **values)


class RunExecution(Calling[In, Out]):
    """Runs another Standard workflow and waits for it: passes on what it gives.

    Fails with States.TaskFailed if the execution fails; its cause is the execution as JSON.
    """

    workflow: StandardWorkflow[Any, Any]

    def __init__(
        self: RunExecution[A, O],
        name: str,
        workflow: StandardWorkflow[I, O],
        *,
        of: type[A],
        input: Callable[[A], I],
        execution: Callable[[A], str] | None = None,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        given, problems = _given(name, workflow, "STANDARD", takes, input, execution, place)
        result = root("states.result.Output", getattr(workflow, "gives", None))
        self._call(
            name,
            place,
            catalogue.optimized("states:startExecution.sync:2"),
            takes,
            given,
            result=result,
            passes=getattr(workflow, "gives", None),
            own=expression(root("states.result.Output", ANY).node),
            workflow=workflow,
            problems=problems,
        )


class CallExpress(Calling[In, Out]):
    """Calls an Express workflow and waits for it, at most five minutes: passes on what it gives.

    Fails with EXPRESS_FAILED if the workflow fails or times out.
    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-express-synchronous.html
    """

    workflow: ExpressWorkflow[Any, Any]

    def __init__(
        self: CallExpress[A, O],
        name: str,
        workflow: ExpressWorkflow[I, O],
        *,
        of: type[A],
        input: Callable[[A], I],
        execution: Callable[[A], str] | None = None,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        given, problems = _given(name, workflow, "EXPRESS", takes, input, execution, place)
        gives = getattr(workflow, "gives", None)
        node = _answer(gives if gives is not None else ANY)
        self._call(
            name,
            place,
            catalogue.sdk("sfn:startSyncExecution"),
            takes,
            given,
            result=None if gives is None else Root(node, node.kind),
            passes=gives,
            own=expression(node),
            workflow=workflow,
            problems=problems,
        )


def _answer(kind: kinds.Kind) -> Node:
    """The output of a synchronous execution, which is JSON text; raises where the execution did not succeed."""
    result = root("states.result", ANY).node

    def member(name: str) -> Node:
        return Field(result, name, kind=kinds.STR)

    succeeded = Binary("=", member("Status"), const("SUCCEEDED"), kind=kinds.BOOL)
    message: Node = const("the Express workflow failed: ")
    for name in ("Status", "Error", "Cause"):
        message = Binary("&", message, Binary("&", const(" "), member(name), kind=kinds.STR), kind=kinds.STR)
    checked = Call("$assert", (succeeded, message), kind=kinds.NONE)
    return Block((("", checked),), Call("$parse", (member("Output"),), kind=kind), kind=kind)
