"""The linter refuses what the simulator refuses as AWS does: sound definitions are broken in one place, both look."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.validation import problems
from tests.workflow.lint.test_fuzz import GOLDEN, JSONPATH, spots
from workflow.lint import lint_text

values = st.sampled_from(
    [None, True, False, 0, -1, 5, 1.5, 10**9, "", "A", "JSONata", "{% $x + %}", "{% 1 %}", "$.a[", "$.a", {}, [None],
     ["X"], ["States.ALL"], {"a": 1}]
)  # fmt: skip


def told_by_names_of_errors(container: Any, key: Any) -> bool:
    """Names of errors are texts to AWS: the simulator alone reads expressions in them."""
    return isinstance(container, list) and isinstance(key, int) and all(isinstance(item, str) for item in container)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([GOLDEN, JSONPATH]), st.data())
def test_what_the_simulator_refuses_is_an_error(sound: dict[str, Any], data: st.DataObject) -> None:
    broken = copy.deepcopy(sound)
    places = spots(broken)
    container, key = places[data.draw(st.integers(0, len(places) - 1))]
    assume(not told_by_names_of_errors(container, key))
    assume(key not in ("Type", "Branches"))  # of another kind than AWS takes, they are told by cases of their own
    if isinstance(container, dict) and data.draw(st.booleans()):
        del container[key]
    else:
        container[key] = data.draw(values)
    refused = problems(broken)
    errors = [p for p in lint_text(json.dumps(broken), "m.json") if p.severity == "error"]
    assert errors or not refused, [p.message for p in refused]
