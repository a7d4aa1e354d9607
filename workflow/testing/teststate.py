"""The same test case on AWS: each state of an execution sent to the TestState API, and what AWS says compared.

    differences = send(result, boto3.client("stepfunctions"), role="arn:aws:iam::123456789012:role/telemetry")

The client is given, so that nothing here needs boto3 or credentials. Tasks, Parallel and Map states get the recorded
results as mocks: nothing is called; a Wait is sent without its time. Not sent: states that were stopped, child
workflows of Distributed Maps, items of a Map beyond the first, and states without a mock that read the context object,
which AWS lets nobody give. https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
This is exercised against botocore's Stubber, which checks the requests by the service's model, and against
`python -m simulator serve`, not against AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .history import Attempt, Visit
from .program import walk
from .result import Result


class Client(Protocol):
    """boto3's client of Step Functions, or one like it."""

    def test_state(self, **request: Any) -> Mapping[str, Any]:
        """TestState."""
        ...


@dataclass(frozen=True)
class Difference:
    """One thing of which AWS says something else."""

    state: str
    what: str
    """`output`, `nextState`, `status`, `error`."""
    here: Any
    aws: Any

    def __str__(self) -> str:
        return f"`{self.state}`: {self.what} is {self.here!r} here, and {self.aws!r} on AWS"


def send(result: Result[Any], client: Client, *, role: str | None = None, first_items: int = 1) -> list[Difference]:
    """Have AWS run each state of an execution; returns where it disagrees, in the order of the execution.

    role: the ARN of the role that states are tested with; AWS asks for one unless the state is mocked. first_items: of
    each Map, how many items' states are sent. Raises ValueError for a result without its definition, and whatever the
    client raises.
    """
    if result.program is None:
        raise ValueError("this result has no definition to send: open it with of=")
    definition = (result.program.whole or result.program).definition
    states = dict(walk(definition))
    variables = _variables(result)
    differences: list[Difference] = []
    for index, visit in enumerate(result.visits):
        beyond = any(part.of is not None and part.of.kind == "Map" and part.index >= first_items for part in _up(visit))
        state = states.get(visit.name)
        if beyond or state is None or (visit.exited is None and not visit.failed):
            continue
        request = _request(result, visit, state, definition, variables[index], role)
        if request is not None:
            differences += _compared(visit, state, client.test_state(**request))
    return differences


def _request(
    result: Result[Any],
    visit: Visit,
    state: Mapping[str, Any],
    definition: Mapping[str, Any],
    variables: Mapping[str, Any],
    role: str | None,
) -> dict[str, Any] | None:
    """The request for one visit; None for a state that AWS could not be told of."""
    mocked, state = visit.kind in ("Task", "Parallel", "Map"), _timeless(state)
    text = json.dumps({key: item for key, item in state.items() if key not in _NESTED})
    item = _item(visit) if "Map.Item" in text and visit.kind != "Map" else None
    if _CONTEXT.search(text.replace("context.Map.Item", "").replace("$$.Map.Item", "")) and not mocked:
        return None
    request: dict[str, Any] = {"input": json.dumps(visit.input), "inspectionLevel": "DEBUG"}
    if item is None:
        language = state.get("QueryLanguage", definition.get("QueryLanguage", "JSONPath"))
        request["definition"] = json.dumps({"QueryLanguage": language, **state})
    elif item.index == 0:  # AWS gives a state inside a Map the item 0 of its input
        request["definition"], request["stateName"] = json.dumps(definition), visit.name
    else:
        return None
    if role is not None:
        request["roleArn"] = role
    if variables:
        request["variables"] = json.dumps(variables)
    if mocked:
        mock = _mock(visit)
        if mock is None:
            return None
        request["mock"] = mock
        retried = len(visit.attempts) - 1
        if retried > 0:
            request["stateConfiguration"] = {"retrierRetryCount": retried}
        request["context"] = json.dumps(_context(result, visit))
    return request


#: The fields that hold states.
_NESTED = frozenset({"Branches", "ItemProcessor", "Iterator"})
_CONTEXT = re.compile(r"states\s*\.\s*context|\$\$")


def _timeless(state: Mapping[str, Any]) -> dict[str, Any]:
    """A state as it is, a Wait without what it waits for."""
    if state["Type"] != "Wait":
        return dict(state)
    times = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
    return {**{key: item for key, item in state.items() if key not in times}, "Seconds": 0}


def _mock(visit: Visit) -> dict[str, Any] | None:
    """What the state's work came to, in its last attempt."""
    last: Attempt | None = visit.attempts[-1] if visit.attempts else None
    if last is None:
        return None
    if last.failed:
        return {"errorOutput": {"error": last.error or "", "cause": last.cause or ""}}
    value = last.result
    if visit.kind != "Task":
        rounds = [branch for branch in visit.inside if branch.status == "SUCCEEDED"]
        value = [branch.visits[-1].output for branch in rounds if branch.visits]
    # The handler's results are checked against its types already; AWS knows services' only.
    return {"result": json.dumps(value), "fieldValidationMode": "NONE"}


def _context(result: Result[Any], visit: Visit) -> dict[str, Any]:
    """The context object, as far as expressions may read it and AWS lets it be given."""
    return {
        "Execution": {"Id": "arn:aws:states:us-east-1:123456789012:execution:test:1", "Input": result.input},
        "State": {"Name": visit.name, "RetryCount": max(0, len(visit.attempts) - 1)},
        "StateMachine": {"Id": "arn:aws:states:us-east-1:123456789012:stateMachine:test", "Name": result.name},
    }


def _item(visit: Visit) -> Any:
    """The item of a Map that a visit stands in."""
    return next((part for part in _up(visit) if part.of is not None and part.of.kind == "Map"), None)


def _variables(result: Result[Any]) -> list[dict[str, Any]]:
    """What variables each visit could read: those assigned before it, where it stands or around that."""
    scopes: dict[int, dict[str, Any]] = {}
    found: list[dict[str, Any]] = []
    for visit in result.visits:
        seen: dict[str, Any] = {}
        for part in reversed(list(_up(visit))):
            seen |= scopes.get(id(part), {})
        found.append(seen)
        # Whatever a state assigns is seen by those after it; inner states run before the outer one assigns.
        scopes.setdefault(id(visit.within), {}).update(visit.variables)
    return found


def _up(visit: Visit) -> Iterator[Any]:
    """The branches that a visit stands in, from the inside out."""
    part: Any = visit.within
    while part is not None:
        yield part
        part = part.of.within if part.of is not None else None


def _compared(visit: Visit, state: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[Difference]:
    status = "CAUGHT_ERROR" if visit.caught else "FAILED" if visit.failed else "SUCCEEDED"
    if answer.get("status") != status:
        yield Difference(visit.name, "status", status, answer.get("status"))
        return
    if status == "FAILED":
        if visit.error is not None and answer.get("error") != visit.error:
            yield Difference(visit.name, "error", visit.error, answer.get("error"))
        return
    output = json.loads(answer["output"]) if answer.get("output") is not None else None
    if output != visit.output:
        yield Difference(visit.name, "output", visit.output, output)
    if answer.get("nextState") != visit.following:
        yield Difference(visit.name, "nextState", visit.following, answer.get("nextState"))
