"""Which fields each type of state has, in which query language, and what they hold. Tables only.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-states.html and the pages of each state;
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html for what JSONata replaces.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 99_999_999
"""Seconds: the longest time that a definition may name."""
NAME_LENGTH = 80
"""Characters of a state's name."""
DEFINITION_BYTES = 1_048_576
"""https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
EXPRESS_SECONDS = 300
"""The longest Express execution."""
INLINE_AT_ONCE = 40
"""How many items of an inline Map AWS runs at once at most."""
LABEL_LENGTH = 40
"""Characters of a Distributed Map's label."""
BATCH_BYTES = 262_144
"""The largest MaxInputBytesPerBatch."""


@dataclass(frozen=True)
class Number:
    """A number within bounds; `whole`: an integer. `dynamic`: JSONata may give it."""

    least: float
    most: float
    whole: bool = True
    dynamic: bool = True


TEXT, FLAG, OBJECT, LIST, ANYTHING, PATH = "a text", "true or false", "an object", "a list", "anything", "a path"
ITEMS = "a list, or a JSONata expression that gives one"
Kind = str | Number
SECONDS = Number(1, LONGEST)
COUNT = Number(0, LONGEST)

TOP: dict[str, Kind] = {
    "Comment": TEXT, "QueryLanguage": TEXT, "Version": TEXT, "StartAt": TEXT, "States": OBJECT,
    "TimeoutSeconds": Number(1, LONGEST, dynamic=False),
}  # fmt: skip
BRANCH: dict[str, Kind] = {"Comment": TEXT, "QueryLanguage": TEXT, "StartAt": TEXT, "States": OBJECT}
PROCESSOR: dict[str, Kind] = {**BRANCH, "ProcessorConfig": OBJECT}

_COMMON: dict[str, Kind] = {"Type": TEXT, "Comment": TEXT, "QueryLanguage": TEXT}
_FLOW: dict[str, Kind] = {"Next": TEXT, "End": FLAG, "Assign": OBJECT}
_WORK: dict[str, Kind] = {"Retry": LIST, "Catch": LIST}
_IN_OUT: dict[str, Kind] = {"InputPath": PATH, "OutputPath": PATH}
_SHAPED: dict[str, Kind] = {**_IN_OUT, "ResultPath": PATH, "Parameters": ANYTHING, "ResultSelector": OBJECT}

BOTH: dict[str, dict[str, Kind]] = {
    "Pass": {**_COMMON, **_FLOW},
    "Task": {
        **_COMMON, **_FLOW, **_WORK, "Resource": TEXT, "TimeoutSeconds": SECONDS, "HeartbeatSeconds": SECONDS,
        "Credentials": OBJECT,
    },
    "Choice": {**_COMMON, "Assign": OBJECT, "Choices": LIST, "Default": TEXT},
    "Wait": {**_COMMON, **_FLOW, "Seconds": COUNT, "Timestamp": TEXT},
    "Succeed": _COMMON,
    "Fail": {**_COMMON, "Error": TEXT, "Cause": TEXT},
    "Parallel": {**_COMMON, **_FLOW, **_WORK, "Branches": LIST},
    "Map": {
        **_COMMON, **_FLOW, **_WORK, "ItemProcessor": OBJECT, "Iterator": OBJECT, "MaxConcurrency": COUNT,
        "ItemSelector": ANYTHING, "ItemReader": OBJECT, "ItemBatcher": OBJECT, "ResultWriter": OBJECT, "Label": TEXT,
        "ToleratedFailureCount": COUNT, "ToleratedFailurePercentage": Number(0, 100, whole=False),
    },
}  # fmt: skip
"""Fields of both query languages."""

JSONPATH: dict[str, dict[str, Kind]] = {
    "Pass": {**_IN_OUT, "ResultPath": PATH, "Parameters": ANYTHING, "Result": ANYTHING},
    "Task": {**_SHAPED, "TimeoutSecondsPath": PATH, "HeartbeatSecondsPath": PATH},
    "Choice": _IN_OUT,
    "Wait": {**_IN_OUT, "SecondsPath": PATH, "TimestampPath": PATH},
    "Succeed": _IN_OUT,
    "Fail": {"ErrorPath": PATH, "CausePath": PATH},
    "Parallel": _SHAPED,
    "Map": {
        **_SHAPED, "ItemsPath": PATH, "MaxConcurrencyPath": PATH, "ToleratedFailureCountPath": PATH,
        "ToleratedFailurePercentagePath": PATH,
    },
}  # fmt: skip
"""Fields of JSONPath only."""

JSONATA: dict[str, dict[str, Kind]] = {
    "Pass": {"Output": ANYTHING},
    "Task": {"Arguments": ANYTHING, "Output": ANYTHING},
    "Choice": {"Output": ANYTHING},
    "Wait": {"Output": ANYTHING},
    "Succeed": {"Output": ANYTHING},
    "Fail": {},
    "Parallel": {"Arguments": ANYTHING, "Output": ANYTHING},
    "Map": {"Items": ITEMS, "Output": ANYTHING},
}
"""Fields of JSONata only."""

REQUIRED = {"Task": ("Resource",), "Choice": ("Choices",), "Parallel": ("Branches",)}
"""Map needs a processor and Wait a time: either of several."""

INSTEAD = {
    "InputPath": "read `$states.input` where it is needed",
    "OutputPath": "write `Output`",
    "ResultPath": "write `Output`, or keep it in a variable by `Assign`",
    "ResultSelector": "write `Output` over `$states.result`",
    "Parameters": "write `Arguments`",
    "Result": "write `Output`",
    "ItemsPath": "write `Items`",
}
"""What JSONata has in place of JSONPath's fields; those that end in Path are the same without it, as expressions."""

RETRIER: dict[str, Kind] = {
    "Comment": TEXT, "ErrorEquals": LIST, "IntervalSeconds": Number(1, LONGEST, dynamic=False),
    "MaxAttempts": Number(0, LONGEST, dynamic=False), "BackoffRate": Number(1, LONGEST, whole=False, dynamic=False),
    "MaxDelaySeconds": Number(1, 31_622_400, dynamic=False), "JitterStrategy": TEXT,
}  # fmt: skip
CATCHER: dict[str, Kind] = {"Comment": TEXT, "ErrorEquals": LIST, "Next": TEXT, "Assign": OBJECT}

DISTRIBUTED_ONLY = ("ItemReader", "ItemBatcher", "ResultWriter", "Label")
"""Fields of a Map that only a distributed one has.
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html"""


def article(kind: str) -> str:
    """`a Choice`: all types of state start with a consonant."""
    return f"a {kind}"
