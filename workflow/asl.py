"""Amazon States Language: a graph written as JSON that reads as if written by hand.

Constants are plain JSON, expressions `{% ... %}`; fields stand in the order in which a person writes them.
https://states-language.net/ and https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from .expressions import Expression
from .expressions.json_values import to_json
from .expressions.nodes import Array, Cond, Const, Field, Node, Object, Var
from .expressions.printer import show
from .graph import Scope, Vertex
from .policies import Retrier
from .resources import Symbol, Text, states_arn
from .states.base import Part, Same, Succeed
from .states.choice import Decision
from .states.distributed import DistributedMap
from .states.flow import Fail, Pass, Return
from .states.map import Map
from .states.parallel import Parallel
from .states.try_ import Try
from .states.wait import Waiting, WaitingFor
from .states.working import Service, all_retriers
from .variables import Assignment

Resolve = Callable[[str], str]
"""The text of a symbol, by its key."""


def write(scope: Scope, resolve: Resolve, *, timeout: int | None, comment: str) -> dict[str, Any]:
    """The definition of a workflow."""
    head: dict[str, Any] = {"Comment": comment} if comment else {}
    head["QueryLanguage"] = "JSONata"
    if timeout is not None:
        head["TimeoutSeconds"] = timeout
    return {**head, **_machine(scope, resolve)}


def _machine(scope: Scope, resolve: Resolve) -> dict[str, Any]:
    states = {name: _state(vertex, resolve) for name, vertex in scope.vertices.items()}
    return {"StartAt": scope.start, "States": states}


def _state(vertex: Vertex, resolve: Resolve) -> dict[str, Any]:
    state = vertex.state
    if isinstance(state, Decision):
        return _choice(vertex)
    cls: Any = type(state)
    fields = _writer(cls)(vertex, resolve)
    if isinstance(state, (Fail, Succeed, Return)):
        return fields
    if vertex.next is not None:
        fields["Next"] = vertex.next
    else:
        fields["End"] = True
    return fields


def _choice(vertex: Vertex) -> dict[str, Any]:
    choices = []
    for rule, target in vertex.rules:
        written: dict[str, Any] = {"Condition": data(rule.condition)}
        written |= _assign(rule.assigns)
        if rule.output is not None:
            written["Output"] = data(rule.output)
        choices.append({**written, "Next": target})
    state: Any = vertex.state
    fields: dict[str, Any] = {"Type": "Choice", "Choices": choices, **_assign(state.other.assigns)}
    if state.other.output is not None:
        fields["Output"] = data(state.other.output)
    return {**fields, "Default": vertex.default}


def _pass(vertex: Vertex, _: Resolve) -> dict[str, Any]:
    state: Any = vertex.state
    output = None if isinstance(state, Same) or _is_input(state.shaped) else state.shaped
    fields: dict[str, Any] = {"Type": "Pass"}
    if not isinstance(state, Same):
        fields |= _assign(state.assigns)
    return fields if output is None else {**fields, "Output": data(output)}


def _assign(assigns: tuple[Assignment, ...]) -> dict[str, Any]:
    """The field, if there is anything to assign."""
    return {"Assign": {a.variable.name: data(a.value) for a in assigns}} if assigns else {}


def _wait(vertex: Vertex, _: Resolve) -> dict[str, Any]:
    state: Any = vertex.state
    fields: dict[str, Any] = {"Type": "Wait"}
    if state.seconds is not None:
        fields["Seconds"] = data(state.seconds)
    else:
        fields["Timestamp"] = data(state.until)
    fields |= _assign(state.assigns)
    return fields if state.shaped is None else {**fields, "Output": data(state.shaped)}


def _succeed(vertex: Vertex, _: Resolve) -> dict[str, Any]:
    state: Any = vertex.state
    return {"Type": "Succeed", "Output": data(state.shaped)} if isinstance(state, Return) else {"Type": "Succeed"}


def _fail(vertex: Vertex, _: Resolve) -> dict[str, Any]:
    state: Any = vertex.state
    fields: dict[str, Any] = {"Type": "Fail", "Error": data(state.error) if state.error else state.name}
    if state.cause is not None:
        fields["Cause"] = data(state.cause)
    return fields


def _service(vertex: Vertex, resolve: Resolve) -> dict[str, Any]:
    state: Any = vertex.state
    fields: dict[str, Any] = {
        "Type": "Task",
        "Resource": data(getattr(state, "activity", None) or states_arn(state.resource), resolve),
        "Arguments": data(state.arguments, resolve),
    }
    if getattr(state, "role", None) is not None:
        fields["Credentials"] = {"RoleArn": data(state.role, resolve)}
    if state.seconds is not None:
        fields["TimeoutSeconds"] = data(state.seconds)
    if state.beat is not None:
        fields["HeartbeatSeconds"] = data(state.beat)
    return _work(vertex, fields)


def _parallel(vertex: Vertex, resolve: Resolve) -> dict[str, Any]:
    state: Any = vertex.state
    fields: dict[str, Any] = {"Type": "Parallel"}
    if state.entered is not None:
        fields["Arguments"] = data(state.entered)
    fields["Branches"] = [_machine(scope, resolve) for scope in vertex.scopes]
    return _work(vertex, fields)


def _map(vertex: Vertex, resolve: Resolve) -> dict[str, Any]:
    state: Any = vertex.state
    fields: dict[str, Any] = {"Type": "Map", "Items": data(state.items)}
    if state.selected is not None:
        fields["ItemSelector"] = data(state.selected)
    if state.max_concurrency is not None:
        fields["MaxConcurrency"] = data(state.max_concurrency)
    fields["ItemProcessor"] = {"ProcessorConfig": {"Mode": "INLINE"}, **_machine(vertex.scopes[0], resolve)}
    return _work(vertex, fields)


def _distributed(vertex: Vertex, resolve: Resolve) -> dict[str, Any]:
    state: Any = vertex.state
    source = state.source
    fields: dict[str, Any] = {"Type": "Map"}
    if state.label is not None:
        fields["Label"] = state.label
    if source.reader is not None:
        fields["ItemReader"] = data(source.reader, resolve)
    else:
        fields["Items"] = data(source.items)
    if source.selected is not None:
        fields["ItemSelector"] = data(source.selected)
    if source.batcher is not None:
        fields["ItemBatcher"] = data(source.batcher)
    fields |= data(state.settings)
    config = {"Mode": "DISTRIBUTED", "ExecutionType": state.child}
    fields["ItemProcessor"] = {"ProcessorConfig": config, **_machine(vertex.scopes[0], resolve)}
    if state.writer is not None:
        fields["ResultWriter"] = data(state.writer, resolve)
    return _work(vertex, fields)


def _work(vertex: Vertex, fields: dict[str, Any]) -> dict[str, Any]:
    """The same fields, with Assign, Output, Retry and Catch behind them."""
    state: Any = vertex.state
    if state.assigns:
        fields |= _assign(state.assigns)
    output = state.shaped if state.shaped is not None else state.own
    if output is not None:
        fields["Output"] = data(output)
    retriers = all_retriers(state)
    if retriers:
        fields["Retry"] = [_retrier(r) for r in retriers]
    if vertex.catches:
        fields["Catch"] = [
            {
                "ErrorEquals": list(catcher.errors),
                **_assign(catcher.assigns),
                "Output": data(catcher.output),
                "Next": target,
            }
            for catcher, target in vertex.catches
        ]
    return fields


def _retrier(retrier: Retrier) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "ErrorEquals": list(retrier.errors),
        "IntervalSeconds": retrier.interval,
        "MaxAttempts": retrier.attempts,
        "BackoffRate": retrier.backoff,
    }
    if retrier.max_delay is not None:
        fields["MaxDelaySeconds"] = retrier.max_delay
    if retrier.jitter:
        fields["JitterStrategy"] = "FULL"
    return fields


_WRITERS: Mapping[type[Part], Callable[[Vertex, Resolve], dict[str, Any]]] = {
    Service: _service,
    Parallel: _parallel,
    Try: _parallel,
    Map: _map,
    DistributedMap: _distributed,
    Pass: _pass,
    Waiting: _wait,
    WaitingFor: _wait,
    Same: _pass,
    Succeed: _succeed,
    Return: _succeed,
    Fail: _fail,
}


@cache
def _writer(cls: type[Part]) -> Callable[[Vertex, Resolve], dict[str, Any]]:
    return next(writer for base, writer in _WRITERS.items() if issubclass(cls, base))


# ---------------------------------------------------------------- data


def _unbound(key: str) -> str:
    raise KeyError(key)  # only resources and arguments hold symbols


def data(value: Any, resolve: Resolve = _unbound) -> Any:
    """JSON of values, expressions and symbols."""
    if isinstance(value, Expression):
        node = value.node
        return _node(node) if isinstance(node, (Const, Object, Array)) else "{% " + value.text + " %}"
    if isinstance(value, dict):
        return {key: data(item, resolve) for key, item in value.items()}
    if isinstance(value, Symbol):
        return resolve(value.key)
    if isinstance(value, Text):
        return "".join([part if isinstance(part, str) else resolve(part.key) for part in value.parts])
    if isinstance(value, (list, tuple)):
        return [data(item, resolve) for item in value]
    return value


def _node(node: Node) -> Any:
    """Constants, objects and arrays as JSON, which fails where JSONata would drop a missing value; the rest as text."""
    match node:
        case Const(value=value):
            constant = to_json(value)
            return _text(node) if isinstance(constant, str) and constant.startswith("{%") else constant
        case Object(pairs) if all(_plain_pair(k, v) for k, v in pairs):
            return {k.value: _node(v) for k, v in pairs if isinstance(k, Const)}
        case Array(items):
            return [_node(item) for item in items]
    return _text(node)


def _plain_pair(key: Node, value: Node) -> bool:
    """A value that may be left out can only be written inside an expression."""
    return isinstance(key, Const) and not (isinstance(value, Cond) and value.otherwise is None)


def _text(node: Node) -> str:
    return "{% " + show(node) + " %}"


def _is_path(node: Node, path: str) -> bool:
    name, *fields = path.split(".")
    for wanted in reversed(fields):
        if not isinstance(node, Field) or node.name != wanted:
            return False
        node = node.of
    return isinstance(node, Var) and node.name == name


def _is_input(made: Expression | None) -> bool:
    return made is not None and _is_path(made.node, "states.input")
