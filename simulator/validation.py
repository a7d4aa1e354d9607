"""What AWS refuses in a definition, found before anything runs: all problems at once, each with its JSON pointer.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from simulator.assignments import assignment_misfits
from simulator.comparisons import rule_misfits
from simulator.distribution import distribution_misfits
from simulator.shapes import misfits
from simulator.values import load

#: The longest name of a state, in characters.
NAME_LIMIT = 80
#: The longest time that a definition may name, in seconds.
LONGEST = 99_999_999

_COMMON = {"Type", "Comment", "QueryLanguage"}
_FLOW = {"Next", "End", "Assign"}
#: Fields of which a state has one or the other.
_EITHER = (
    *((name, f"{name}Path") for name in ("TimeoutSeconds", "HeartbeatSeconds", "Error", "Cause", "MaxConcurrency")),
    *((name, f"{name}Path") for name in ("ToleratedFailureCount", "ToleratedFailurePercentage")),
    ("ItemSelector", "Parameters"),
)
_BY_TYPE: dict[str, tuple[set[str], set[str], set[str]]] = {
    # type: fields of both languages, of JSONPath only, of JSONata only
    "Pass": (_FLOW, {"InputPath", "OutputPath", "ResultPath", "Parameters", "Result"}, {"Output"}),
    "Task": (
        _FLOW | {"Resource", "TimeoutSeconds", "HeartbeatSeconds", "Retry", "Catch", "Credentials"},
        {"InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector"}
        | {"TimeoutSecondsPath", "HeartbeatSecondsPath"},
        {"Arguments", "Output"},
    ),
    "Choice": ({"Choices", "Default", "Assign"}, {"InputPath", "OutputPath"}, {"Output"}),
    "Wait": (
        _FLOW | {"Seconds", "Timestamp"},
        {"SecondsPath", "TimestampPath", "InputPath", "OutputPath"},
        {"Output"},
    ),
    "Succeed": (set(), {"InputPath", "OutputPath"}, {"Output"}),
    "Fail": ({"Error", "Cause"}, {"ErrorPath", "CausePath"}, set()),
    "Parallel": (
        _FLOW | {"Branches", "Retry", "Catch"},
        {"InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector"},
        {"Arguments", "Output"},
    ),
    "Map": (
        _FLOW
        | {"ItemProcessor", "Iterator", "MaxConcurrency", "Retry", "Catch", "ItemSelector", "ItemReader", "ItemBatcher"}
        | {"ResultWriter", "Label", "ToleratedFailureCount", "ToleratedFailurePercentage"},
        {"InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector", "ItemsPath", "MaxConcurrencyPath"}
        | {"ToleratedFailureCountPath", "ToleratedFailurePercentagePath"},
        {"Items", "Output"},
    ),
}


#: The fields of any state: AWS refuses them where they do not belong.
_KNOWN = frozenset().union(*(fields for groups in _BY_TYPE.values() for fields in groups))


@dataclass(frozen=True, slots=True)
class DefinitionProblem:
    """One finding, as ValidateStateMachineDefinition reports it. `location` is a JSON pointer."""

    severity: str
    code: str
    message: str
    location: str


class InvalidDefinition(ValueError):
    """The definition cannot be used. `problems` lists all that was found."""

    def __init__(self, problems: list[DefinitionProblem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.code}: {p.message} at {p.location}" for p in problems))

    @staticmethod
    def of(code: str, message: str, location: str) -> InvalidDefinition:
        """One problem alone."""
        return InvalidDefinition([DefinitionProblem("ERROR", code, message, location)])


def validate_text(text: str, *, express: bool = False) -> list[DefinitionProblem]:
    """Every problem of a definition given as JSON text."""
    try:
        definition = load(text)
    except ValueError as error:
        return [DefinitionProblem("ERROR", "INVALID_JSON_DESCRIPTION", str(error), "/")]
    return problems(definition, express=express)


def problems(definition: Any, *, express: bool = False) -> list[DefinitionProblem]:
    """Every problem of a definition, outermost first. `express`: also what Express workflows do not support."""
    found = _Findings(express)
    if not isinstance(definition, dict):
        found.schema("The definition must be a JSON object", "/")
        return found.problems
    language = definition.get("QueryLanguage", "JSONPath")
    if language not in ("JSONPath", "JSONata"):
        found.schema(f"QueryLanguage must be JSONPath or JSONata, but was: {language}", "/QueryLanguage")
        return found.problems
    found.seconds(definition, "TimeoutSeconds", "", computed=False)
    _chart(definition, "", str(language), found, top=True)
    return found.problems


class _Findings:
    def __init__(self, express: bool) -> None:
        self.problems: list[DefinitionProblem] = []
        self.names: set[str] = set()
        self.labels: set[str] = set()
        self.express = express

    def add(self, code: str, message: str, location: str) -> None:
        self.problems.append(DefinitionProblem("ERROR", code, message, location or "/"))

    def warn(self, code: str, message: str, location: str) -> None:
        self.problems.append(DefinitionProblem("WARNING", code, message, location or "/"))

    def schema(self, message: str, location: str) -> None:
        self.add("SCHEMA_VALIDATION_FAILED", message, location)

    def seconds(self, spec: dict[str, Any], name: str, at: str, least: int = 1, *, computed: bool = True) -> None:
        value = spec.get(name)
        if name not in spec or (computed and isinstance(value, str)):
            return
        if isinstance(value, bool) or not isinstance(value, int):
            self.schema("Expected value of type Integer", f"{at}/{name}")
        elif value < least:
            self.schema(f"Minimum value is {least}", f"{at}/{name}")
        elif value > LONGEST:
            self.schema(f"Maximum value is {LONGEST}", f"{at}/{name}")


def _chart(spec: Any, at: str, language: str, found: _Findings, *, top: bool = False) -> None:
    """A collection of states: the machine, a branch or a processor."""
    if not isinstance(spec, dict) or not isinstance(spec.get("States"), dict) or not spec["States"]:
        found.schema("The field 'States' is required and must be a non-empty object", f"{at}/States")
        return
    states: dict[str, Any] = spec["States"]
    start = spec.get("StartAt")
    if not isinstance(start, str):
        found.schema("The field 'StartAt' is required and must be a string", f"{at}/StartAt")
    elif start not in states:
        found.add("MISSING_TRANSITION_TARGET", f"Missing 'StartAt' target: {start}", f"{at}/StartAt")
    ends = False
    targets: set[str] = {start} if isinstance(start, str) else set()
    for name, state in states.items():
        here = f"{at}/States/{_pointer(name)}"
        if len(name) > NAME_LIMIT or not name:
            found.schema(f"A state's name has between 1 and {NAME_LIMIT} characters", here)
        if name in found.names:
            found.add("DUPLICATE_STATE_NAME", f"Duplicate state name: {name}", here)
        found.names.add(name)
        ends = ends or _ends(state)
        for target, place in _targets(state, here):
            targets.add(target)
            if target not in states:
                found.add("MISSING_TRANSITION_TARGET", f"Missing 'Next' target: {target}", place)
        _state(state, here, language, found, top=top)
    if not ends and not any(problem.location.startswith(f"{at}/States") for problem in found.problems):
        found.add("MISSING_END_STATE", "Workflow has no terminal state", "null")
    for name in states:
        if name not in targets:
            message = f'State "{name}" is not reachable.'
            found.add("MISSING_TRANSITION_TARGET", message, f"{at}/States/{_pointer(name)}")


def _pointer(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _ends(state: Any) -> bool:
    return isinstance(state, dict) and (state.get("End") is True or state.get("Type") in ("Succeed", "Fail"))


def _targets(state: Any, at: str) -> Iterator[tuple[str, str]]:
    if not isinstance(state, dict):
        return
    for field in ("Next", "Default"):
        if isinstance(state.get(field), str):
            yield state[field], f"{at}/{field}"
    for field in ("Catch", "Choices"):
        entries = state.get(field)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and isinstance(entry.get("Next"), str):
                yield entry["Next"], f"{at}/{field}[{index}]/Next"


def _state(state: Any, at: str, inherited: str, found: _Findings, *, top: bool) -> None:
    if not isinstance(state, dict):
        found.schema("A state must be an object", at)
        return
    kind = state.get("Type")
    if not isinstance(kind, str) or kind not in _BY_TYPE:
        kinds = "Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map"
        found.schema(f"The field 'Type' should have one of these values: [{kinds}]", f"{at}/Type")
        return
    language = state.get("QueryLanguage", inherited)
    if inherited == "JSONata" and language != "JSONata":
        found.schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", at)
        return
    both, of_path, of_jsonata = _BY_TYPE[kind]
    own, foreign = (of_jsonata, of_path) if language == "JSONata" else (of_path, of_jsonata)
    for field in state:
        if field in _COMMON or field in both or field in own:
            continue
        if field in foreign:
            other = "JSONPath" if language == "JSONata" else "JSONata"
            found.schema(
                f"The QueryLanguage is set to '{language}', but field '{field}' is only supported for the '{other}' "
                "QueryLanguage",
                at,
            )
        elif field in _KNOWN:
            found.schema(f"Field '{field}' is not supported", at)
        else:
            message = f"The field '{field}' is not supported in a {kind} state"
            found.warn("UNKNOWN_FIELD", message, f"{at}/{field}")
    for one, other in _EITHER:
        if one in state and other in state:
            found.schema(f"There should only be one of the following fields: [{one}, {other}]", at)
    if "Next" in both:
        _flow(state, at, found)
    _BY_KIND.get(kind, _nothing)(state, at, str(language), found)
    _policies(state, at, str(language), found)
    for message, place in (*misfits(state, str(language)), *assignment_misfits(state)):
        found.schema(message, f"{at}/{place}")
    _expressions(state, at, str(language), found)
    for field in ("TimeoutSeconds", "HeartbeatSeconds"):
        found.seconds(state, field, at)
    timeout, heartbeat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(timeout, int) and isinstance(heartbeat, int) and heartbeat >= timeout:
        found.schema("HeartbeatSeconds must be smaller than TimeoutSeconds", f"{at}/HeartbeatSeconds")
    nested = language if top else inherited
    branches = state.get("Branches") if kind == "Parallel" else None
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        _chart(branch, f"{at}/Branches[{index}]", _nested(branch, inherited, str(nested)), found)
    if kind == "Map":
        field = "ItemProcessor" if "ItemProcessor" in state else "Iterator"
        if field in state:
            outer, found.express = found.express, found.express or _express(state[field])
            _chart(state[field], f"{at}/{field}", _nested(state[field], inherited, str(nested)), found)
            found.express = outer


def _nested(spec: Any, inherited: str, own: str) -> str:
    return str(spec.get("QueryLanguage", inherited)) if isinstance(spec, dict) else inherited


def _express(processor: Any) -> bool:
    """Whether a Map's processor is an Express workflow, which has no tasks that wait."""
    config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
    return isinstance(config, dict) and (config.get("Mode"), config.get("ExecutionType")) == ("DISTRIBUTED", "EXPRESS")


def _flow(state: dict[str, Any], at: str, found: _Findings) -> None:
    if ("Next" in state) == (state.get("End") is True):
        found.schema("Exactly one of the fields 'Next' and 'End' is required", at)
    if "Next" in state and not isinstance(state["Next"], str):
        found.schema("The field 'Next' must be a string", f"{at}/Next")


def _nothing(state: dict[str, Any], at: str, language: str, found: _Findings) -> None:
    """Types without fields of their own."""


def _task(state: dict[str, Any], at: str, language: str, found: _Findings) -> None:
    from simulator.tasks import Resource

    arn = state.get("Resource")
    if not isinstance(arn, str):
        found.schema("The field 'Resource' is required and must be a string", f"{at}/Resource")
        return
    try:
        resource = Resource.parse(arn)
    except ValueError:
        found.schema(f"Value is not a valid resource ARN: {arn}", f"{at}/Resource")
        return
    if found.express and (resource.kind == "activity" or resource.pattern != "request"):
        what = "activities" if resource.kind == "activity" else f"'.{resource.full_action.partition('.')[2]}'"
        found.schema(f"Express state machine does not support {what} service integration", f"{at}/Resource")


def _wait(state: dict[str, Any], at: str, language: str, found: _Findings) -> None:
    given = [field for field in ("Seconds", "SecondsPath", "Timestamp", "TimestampPath") if field in state]
    if len(given) != 1:
        found.schema("Exactly one of Seconds, SecondsPath, Timestamp and TimestampPath is required", at)
    found.seconds(state, "Seconds", at, least=0)


def _choice(state: dict[str, Any], at: str, language: str, found: _Findings) -> None:
    choices = state.get("Choices")
    if not isinstance(choices, list) or not choices:
        found.schema("The field 'Choices' is required and must be a non-empty array", f"{at}/Choices")
        return
    for index, rule in enumerate(choices):
        here = f"{at}/Choices[{index}]"
        if not isinstance(rule, dict) or not isinstance(rule.get("Next"), str):
            found.schema("These fields are required: [Next]", here)
        elif language == "JSONata":
            if not isinstance(rule.get("Condition"), str | bool):
                found.schema("A rule needs the field 'Condition'", f"{here}/Condition")
        else:
            for message, place in rule_misfits(rule, here):
                found.schema(message, place)


def _parallel(state: dict[str, Any], at: str, language: str, found: _Findings) -> None:
    if not isinstance(state.get("Branches"), list) or not state["Branches"]:
        found.schema("Value cannot be empty", f"{at}/Branches")


def _map(state: dict[str, Any], at: str, language: str, found: _Findings) -> None:
    if ("ItemProcessor" in state) == ("Iterator" in state):
        found.schema("Exactly one of ItemProcessor and Iterator is required", at)
        return
    processor = state.get("ItemProcessor") or state.get("Iterator")
    config = processor.get("ProcessorConfig", {}) if isinstance(processor, dict) else {}
    distributed = isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"
    if distributed and found.express:
        found.schema("Express state machine does not support a Distributed Map", f"{at}/ItemProcessor/ProcessorConfig")
    if not distributed:
        for field in ("ItemReader", "ItemBatcher", "ResultWriter", "Label"):
            if field in state:
                found.schema(f"The field '{field}' is supported in Distributed Maps only", f"{at}/{field}")
        return
    for message, place in distribution_misfits(state, language):
        found.schema(message, f"{at}/{place}")
    label = state.get("Label")
    if isinstance(label, str):
        if label in found.labels:
            found.schema(f"Duplicate label: {label}", f"{at}/Label")
        found.labels.add(label)


_BY_KIND: dict[str, Callable[[dict[str, Any], str, str, _Findings], None]] = {
    "Task": _task,
    "Wait": _wait,
    "Choice": _choice,
    "Parallel": _parallel,
    "Map": _map,
}


def _policies(state: dict[str, Any], at: str, language: str, found: _Findings) -> None:
    for field in ("Retry", "Catch"):
        entries = state.get(field, [])
        if not isinstance(entries, list):
            found.schema(f"The field '{field}' must be an array", f"{at}/{field}")
            continue
        for index, entry in enumerate(entries):
            here = f"{at}/{field}[{index}]"
            names = entry.get("ErrorEquals") if isinstance(entry, dict) else None
            if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
                found.schema("ErrorEquals is required and must be a non-empty array of strings", f"{here}/ErrorEquals")
                continue
            if "States.ALL" in names and (len(names) > 1 or index != len(entries) - 1):
                found.schema("States.ALL must appear alone, in the last entry", f"{here}/ErrorEquals")
            if field == "Catch":
                if not isinstance(entry.get("Next"), str):
                    found.schema("A catcher needs the field 'Next'", f"{here}/Next")
                continue
            found.seconds(entry, "IntervalSeconds", here, computed=False)
            found.seconds(entry, "MaxAttempts", here, least=0, computed=False)
            found.seconds(entry, "MaxDelaySeconds", here, computed=False)
            rate = entry.get("BackoffRate", 2.0)
            if isinstance(rate, bool) or not isinstance(rate, int | float) or rate < 1:
                found.schema("BackoffRate must be at least 1.0", f"{here}/BackoffRate")
            if entry.get("JitterStrategy", "NONE") not in ("NONE", "FULL"):
                found.schema("JitterStrategy must be NONE or FULL", f"{here}/JitterStrategy")


def _expressions(state: dict[str, Any], at: str, language: str, found: _Findings) -> None:
    from simulator.expressions import check  # not at import: the engines of both languages are loaded when needed

    for field, value in state.items():
        if field in ("Branches", "ItemProcessor", "Iterator", "Type", "Next", "Comment", "Resource"):
            continue
        for message, place in check(field, value, language):
            found.schema(message, f"{at}/{place}")
