"""Whatever is wrong with a definition, the linter tells it and does not break: sound ones are broken at random."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.lint import lint_text

ROOT = Path(__file__).parents[3]
GOLDEN = json.loads((ROOT / "tests/pipelines/golden/telemetry.asl.json").read_text(encoding="utf-8"))
JSONPATH: dict[str, Any] = {
    "StartAt": "A",
    "States": {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"a.$": "$.a", "b": [1]},
              "ResultPath": "$.r", "Retry": [{"ErrorEquals": ["X"], "MaxAttempts": 2}],
              "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "C"}], "Next": "B"},
        "B": {"Type": "Choice", "Choices": [{"And": [{"Variable": "$.r", "IsNull": True}], "Next": "C"}],
              "Default": "D"},
        "C": {"Type": "Fail", "Error": "E"},
        "D": {"Type": "Map", "ItemsPath": "$.x", "End": True,
              "ItemProcessor": {"StartAt": "F", "States": {"F": {"Type": "Wait", "Seconds": 1, "End": True}}}},
    },
}  # fmt: skip

values = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**9), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8), st.sampled_from([[], {}, [[]], [None], "A", "", "JSONata"]),
    st.sampled_from(["{% $x + %}", "{% $states.result %}", "$.a[", "States.Format("]),
)  # fmt: skip


def spots(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key at which something may be put."""
    found: list[tuple[Any, Any]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found.append((value, key))
        found += spots(inner)
    return found


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([GOLDEN, JSONPATH]), st.data())
def test_any_value_may_stand_anywhere(sound: dict[str, Any], data: st.DataObject) -> None:
    broken = copy.deepcopy(sound)
    for _ in range(data.draw(st.integers(1, 3))):
        places = spots(broken)
        if places:
            container, key = places[data.draw(st.integers(0, len(places) - 1))]
            container[key] = copy.deepcopy(data.draw(values))  # what is sampled is shared, and may be broken next
    for problem in lint_text(json.dumps(broken), "m.json"):
        assert problem.place is not None and problem.place.line >= 1
        assert "\n" not in problem.what


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_text_is_json_or_told(data: st.DataObject) -> None:
    text = json.dumps(JSONPATH, indent=1)
    at = data.draw(st.integers(0, len(text)))
    cut = text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 3)) :]
    found = lint_text(cut, "m.json")
    try:
        json.loads(cut)
    except ValueError:
        assert [p.page for p in found] == ["asl-json"]


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
                              st.text()), lambda v: st.lists(v) | st.dictionaries(st.text(), v)))  # fmt: skip
def test_values_are_read_as_json_reads_them(value: Any) -> None:
    from workflow.lint.document import read

    for text in (json.dumps(value), json.dumps(value, indent=2, ensure_ascii=False)):
        document = read("m.json", text)
        assert document.value == json.loads(text)
        for path, (start, end) in document.values.items():
            inner = document.value
            for key in path:
                inner = inner[key]
            assert json.loads(text[start:end]) == inner
