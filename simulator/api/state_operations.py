"""TestState: one state, without a machine or an execution.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

from __future__ import annotations

from typing import Any

from simulator.api.requests import Request, Response, may, need, without_nones
from simulator.definition import Machine, compile_machine
from simulator.errors import RUNTIME, StateError
from simulator.executions import Engine
from simulator.faults import ApiError
from simulator.info import Info
from simulator.mockshapes import mock_misfit
from simulator.onestate import Mock, OneState, Setting, Tested, find_state
from simulator.states.base import State
from simulator.states.map import Map
from simulator.states.parallel import Parallel
from simulator.states.task import Task
from simulator.states.working import Working
from simulator.tasks import TaskCall
from simulator.validation import problems
from simulator.values import Value, load, text

#: The name of a state that is given alone.
ALONE = "StateName"
_LEVELS = ("INFO", "DEBUG", "TRACE")
_MODES = ("STRICT", "PRESENT", "NONE")
_CONTEXT = {
    "Execution": {"Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount", "RedriveTime"},
    "State": {"EnteredTime", "Name", "RetryCount"},
    "StateMachine": {"Id", "Name"},
    "Task": {"Token"},
}


class StateOperations:
    """Each public method is one operation of the API."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def test_state(self, request: Request) -> Response:
        """TestState. Roles are not assumed, and secrets of HTTP Tasks not revealed: there are no HTTP Tasks here."""
        level = may(request, "inspectionLevel", str) or "INFO"
        if level not in _LEVELS:
            raise _invalid(f"Value '{level}' at 'inspectionLevel' must be one of {', '.join(_LEVELS)}")
        name = may(request, "stateName", str)
        machine = _machine(need(request, "definition", str), name)
        found = find_state(machine.chart, name or ALONE)
        if found is None:
            raise _invalid("State not found in definition")
        value = _json(
            may(request, "input", str) or "{}", "InvalidExecutionInput", "Invalid State Machine Execution Input"
        )
        setting = _setting(request, found[0])
        engine, role = self._engine, may(request, "roleArn", str)
        machine_name, execution = engine.uuid(), engine.uuid()
        info = Info(
            engine.arn("express", machine_name, execution),
            execution,
            role or engine.arn("role"),
            engine.arn("stateMachine", machine_name),
            machine_name,
            express=True,
            wait_scale=engine.wait_scale,
        )
        test = OneState(machine, name or ALONE, info, value, setting, engine.clock, self._perform, engine.seed)
        return _answer(await test.run(), level)

    async def _perform(self, call: TaskCall) -> Value:
        try:
            return await self._engine.tasks.run(call)
        except StateError:
            raise
        except Exception as error:
            raise StateError(RUNTIME, f"{type(error).__name__}: {error}") from error


def _machine(definition: str, name: str | None) -> Machine:
    """The machine that the state is in; a state that is given alone is the only one of its machine."""
    try:
        spec = load(definition)
    except ValueError as error:
        raise ApiError(
            "InvalidDefinition", f"Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: {error} at /'"
        ) from None
    whole: Any = spec
    if name is None:
        language = spec.get("QueryLanguage", "JSONPath") if isinstance(spec, dict) else "JSONPath"
        whole = {"QueryLanguage": language, "StartAt": ALONE, "States": {ALONE: spec}}
    found = [problem for problem in problems(whole) if problem.severity == "ERROR"]
    if name is None:  # where a state that is given alone leads is not there to be found
        found = [problem for problem in found if problem.code not in ("MISSING_TRANSITION_TARGET", "MISSING_END_STATE")]
    if found:
        listed = ", ".join(f"{problem.code}: {problem.message} at {problem.location}" for problem in found)
        raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{listed}'")
    return compile_machine(whole, validate=False)


def _setting(request: Request, state: State) -> Setting:
    """What the state is tested with. Raises ValidationException, and InvalidDefinition for what needs a mock."""
    configuration = may(request, "stateConfiguration", dict) or {}
    given = may(request, "mock", dict)
    if given is None:
        _without_mock(request, configuration, state)
        return Setting(_object(request, "variables"), retried=int(configuration.get("retrierRetryCount") or 0))
    if not isinstance(state, Working):
        raise _invalid(f"State type '{state.type}' is not supported when a mock is specified")
    if request.get("revealSecrets"):
        raise _invalid("TestState does not support RevealSecrets when a mock is specified.")
    mock = _mock(given, state)
    failures = int(configuration.get("mapIterationFailureCount") or 0)
    if isinstance(mock.result, list) and failures > len(mock.result):
        raise _invalid("Map iteration failure count must be less than or equal to the number of Map iterations")
    read = configuration.get("mapItemReaderData")
    return Setting(
        _object(request, "variables"),
        _context(request, state),
        mock,
        int(configuration.get("retrierRetryCount") or 0),
        failures,
        None if read is None else _items(read),
    )


def _without_mock(request: Request, configuration: dict[str, Any], state: State) -> None:
    if isinstance(state, Map | Parallel):
        raise ApiError(
            "InvalidDefinition",
            "TestState API does not support Map or Parallel states. Supported state types include: "
            "[Task, Wait, Pass, Succeed, Fail, Choice]",
        )
    if isinstance(state, Task) and state.resource.pattern != "request":
        raise _invalid(f"TestState does not support {state.resource.arn} when a mock is not specified.")
    if configuration.get("mapIterationFailureCount") is not None:
        raise _invalid("TestState does not support MapIterationFailureCount when a mock is not specified.")
    if request.get("context") is not None:
        raise _invalid("TestState does not support Context when a mock is not specified.")


def _mock(given: dict[str, Any], state: State) -> Mock:
    result, failure = given.get("result"), given.get("errorOutput")
    if (result is None) == (failure is None):
        raise _invalid("A test mock should have only one of the following fields: [result, errorOutput].")
    if failure is not None:
        return Mock(error=StateError(failure.get("error"), failure.get("cause")))
    value = _json(str(result), "ValidationException", "Mocked result must be valid JSON", plain=True)
    mode = given.get("fieldValidationMode") or "STRICT"
    if mode not in _MODES:
        raise _invalid(f"Value '{mode}' at 'mock.fieldValidationMode' must be one of {', '.join(_MODES)}")
    if isinstance(state, Map):
        written = "ResultWriter" in state.spec
        if not isinstance(value, dict if written else list):
            raise _invalid("Mocked result must be a JSON object." if written else "Mocked result must be an array.")
    elif isinstance(state, Parallel):
        if not isinstance(value, list):
            raise _invalid("Mocked result must be an array.")
        if len(value) != len(state.branches):
            raise _invalid("Mocked result must contain the same number of items as number of Parallel branches.")
    elif isinstance(state, Task) and mode != "NONE":
        misfit = mock_misfit(state.resource, value, strict=mode == "STRICT")
        if misfit is not None:
            raise _invalid(f"Mock result schema validation error: {misfit}")
    return Mock(value)


def _context(request: Request, state: State) -> dict[str, Value] | None:
    if request.get("context") is None:
        return None
    context = _object(request, "context")
    said = "Invalid Context object provided: "
    if "Map" in context:
        raise _invalid(f"{said}'Map' field is not supported when mocking a Context object")
    for name, value in context.items():
        if name not in _CONTEXT:
            raise _invalid(f"{said}Field '{name}' is not allowed")
        if not isinstance(value, dict):
            raise _invalid(f"{said}{name} must be an object")
        for field, item in value.items():
            if field not in _CONTEXT[name]:
                raise _invalid(f"{said}Field '{field}' is not allowed")
            number = field in ("RedriveCount", "RetryCount")
            if field != "Input" and not isinstance(item, int if number else str):
                raise _invalid(f"{said}{name}.{field} must be a {'number' if number else 'string'}")
    waits = isinstance(state, Task) and state.resource.pattern != "request"
    if "Task" in context and not waits:
        raise _invalid(
            f"{said}Context object contains 'Task' when state is not a Task state with a '.sync' or "
            "'.waitForTaskToken' service integration pattern"
        )
    return context


def _object(request: Request, name: str) -> dict[str, Value]:
    given = may(request, name, str)
    value = {} if given is None else _json(given, "ValidationException", f"{name} must be valid JSON", plain=True)
    if not isinstance(value, dict):
        raise _invalid(f"{name} must be a JSON object")
    return value


def _items(data: str) -> list[Value]:
    value = _json(data, "ValidationException", "mapItemReaderData must be valid JSON", plain=True)
    return value if isinstance(value, list) else [value]


def _json(data: str, code: str, said: str, *, plain: bool = False) -> Value:
    try:
        return load(data)
    except ValueError as error:
        raise ApiError(code, said if plain else f"{said}: '{error}'") from None


def _answer(tested: Tested, level: str) -> Response:
    ended = tested.status in ("SUCCEEDED", "CAUGHT_ERROR")
    return without_nones(
        {
            "status": tested.status,
            "output": text(tested.output) if ended else None,
            "error": tested.error,
            "cause": tested.cause,
            "nextState": tested.following,
            "inspectionData": None if level == "INFO" else _inspection(tested),
        }
    )


def _inspection(tested: Tested) -> Response:
    shown: Response = {name: text(value) for name, value in tested.seen.items()}
    if tested.variables:
        shown["variables"] = text(tested.variables)
    if tested.handled:
        shown["errorDetails"] = tested.handled
    return {**shown, **tested.numbers}


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)
