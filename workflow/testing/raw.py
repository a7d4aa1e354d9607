"""Raw results: what AWS would have answered a task with, made of the value that the task is declared to give.

Each state reads its result in its own way (`Payload` of a Lambda, `Item` of GetItem, JSON text of an object); answers
are written as what the state passes on, and are checked against its type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from simulator.values import text

from ..aws.dynamodb import GetItem
from ..aws.dynamodb_query import Query
from ..aws.executions import CallExpress
from ..diagnostics import Place, Problem, WorkflowError, short_path
from ..expressions import kinds
from ..expressions.nodes import Call, Field, Node, Var
from ..states.task import Task
from ..states.working import Service
from . import tables, values
from .memory import sdk_letters

PAGE = "answer"


def result(name: str, state: Service[Any, Any] | None, value: Any, place: Place) -> Any:
    """The raw result of a task. Raises WorkflowError, at `place`, for a value that it cannot give.

    state: what the language knows of it; of a plain definition, nothing, and the value is the raw result.
    """
    if state is None:
        return _json(name, value, place)
    if isinstance(state, Task):
        _, gives = values.hints(state.function.fn)
        return {"ExecutedVersion": "1", "Payload": _checked(name, gives, value, place), "StatusCode": 200}
    if isinstance(state, GetItem):
        return _item(name, state, value, place)
    if isinstance(state, Query) and isinstance(value, list):
        return _items(name, state, value, place)
    if isinstance(state, CallExpress) and state.passes is not None:
        made = _checked(name, values.annotation(state.passes), value, place)
        return {"Status": "SUCCEEDED", "Output": text(made)}
    node = state.result.node
    parses = isinstance(node, Call) and node.function == "$parse"
    fields = _below_result(node.args[0] if isinstance(node, Call) and parses else node)
    if fields is None:
        return _raw(name, state, value, place)
    made = _checked(name, values.annotation(state.result.kind), value, place)
    made = text(made) if parses else made
    for field in reversed(fields):
        made = {field: made}
    return made


def _checked(name: str, annotation: Any, value: Any, place: Place) -> Any:
    if annotation is Any:
        return _json(name, value, place)
    try:
        return values.write(annotation, value)
    except ValidationError as error:
        what = f"`{name}` is answered with {_shown(value)}, but it gives {_type(annotation)}: {values.why(error)}"
        raise WorkflowError([Problem(place, what, _instead(annotation, value), PAGE)]) from None


def _item(name: str, state: GetItem[Any, Any], value: Any, place: Place) -> Any:
    """GetItem's result: of a model, of None, or as DynamoDB's API has it."""
    if value is None:
        return {}
    if isinstance(value, dict) and value.keys() <= {"Item", "ConsumedCapacity"}:
        return value
    _checked(name, state.table.of, value, place)
    return {"Item": tables.marshalled(state.table.of, value)}


def _items(name: str, state: Query[Any, Any], value: list[Any], place: Place) -> Any:
    """Query's result: of a list of models, in the letters of the SDK."""
    for item in value:
        _checked(name, state.table.of, item, place)
    found = [sdk_letters(tables.marshalled(state.table.of, item)) for item in value]
    return {"Count": len(found), "Items": found, "ScannedCount": len(found)}


def _raw(name: str, state: Service[Any, Any], value: Any, place: Place) -> Any:
    """A result that the definition reads in its own way, such as PutItem's: what the service answers."""
    made = _json(name, value, place)
    if isinstance(made, dict) or made is None:
        return made or {}
    what = f"`{name}` ({state.resource}) is answered with {_shown(value)}, but a service answers with an object"
    instead = f"write fails({value!r})" if isinstance(value, str) and "." in value else "give {} or what AWS answers"
    raise WorkflowError([Problem(place, what, instead, PAGE)])


def _json(name: str, value: Any, place: Place) -> Any:
    try:
        return values.to_json(value)
    except Exception as error:
        what = f"`{name}` is answered with {_shown(value)}, which has no JSON form: {error}"
        raise WorkflowError([Problem(place, what, "give JSON data or a model", PAGE)]) from None


def _below_result(node: Node) -> list[str] | None:
    """The fields of a path below `$states.result`; None for anything else."""
    fields: list[str] = []
    while isinstance(node, Field):
        fields.insert(0, node.name)
        node = node.of
    return fields[1:] if isinstance(node, Var) and node.name == "states" and fields[:1] == ["result"] else None


def _instead(annotation: Any, value: Any) -> str:
    if isinstance(value, str) and annotation is not str:
        return f"give one, or write fails({value!r})"
    return f"give a {_type(annotation)}"


def _type(annotation: Any) -> str:
    return kinds.show(kinds.from_annotation(annotation)) if annotation is not Any else "anything"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def place_of(fn: Callable[..., Any]) -> Place:
    """Where a function was written."""
    code = getattr(fn, "__code__", None)
    return Place(code.co_filename, code.co_firstlineno) if code is not None else Place(short_path("?"), 1)
