"""Choice: rules of both query languages, and a default.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

from typing import Any

from ..diagnostics import did_you_mean
from .charts import Chart, State
from .document import Path
from .findings import Findings
from .structure import is_expression, missing, shown

_ORDERS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
OPERATORS: dict[str, type[Any] | tuple[type[Any], ...]] = {
    **{f"String{order}": str for order in _ORDERS},
    **{f"Numeric{order}": (int, float) for order in _ORDERS},
    **{f"Timestamp{order}": str for order in _ORDERS},
    "BooleanEquals": bool,
    "StringMatches": str,
    **{f"Is{what}": bool for what in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")},
}
"""Each comparison and what it compares with."""
PATHS = tuple(f"{name}Path" for name in OPERATORS if not name.startswith("Is") and name != "StringMatches")
"""Comparisons with what a path reads."""
_LOGIC = ("And", "Or", "Not")
_NOUNS = {str: "a text", bool: "true or false", (int, float): "a number"}


def check(machine: Chart, found: Findings) -> None:
    """All checks of this module, of a whole definition."""
    for chart in machine.walk():
        for state in chart.states.values():
            if state.type == "Choice":
                _choice(state, found)


def _choice(state: State, found: Findings) -> None:
    rules = state.spec.get("Choices")
    if rules == []:
        found.value((*state.path, "Choices"), "asl-choice", f"the Choice `{state.name}` has no rules", "write one")
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        path = (*state.path, "Choices", index)
        if not isinstance(rule, dict):
            found.value(path, "asl-choice", f"a rule is {shown(rule)}", "give an object")
            continue
        missing(rule, path, ("Next",), "a rule", found)
        if state.language == "JSONata":
            _condition(rule, path, state, found)
        else:
            _comparison(rule, path, state, found, top=True)
    if "Default" not in state.spec:
        what = f"the Choice `{state.name}` has no Default: an input that no rule takes fails the execution"
        found.key(state.path, "asl-choice", what, 'write "Default": "..."', "warning")


def _condition(rule: dict[str, Any], path: Path, state: State, found: Findings) -> None:
    foreign = [name for name in rule if name in (*OPERATORS, *PATHS, *_LOGIC, "Variable")]
    for name in foreign:
        what = f"`{name}` belongs to JSONPath, but `{state.name}` is written in JSONata"
        found.key((*path, name), "asl-language", what, 'write `Condition` with "{% ... %}"')
    for name in rule:
        if name not in ("Condition", "Next", "Output", "Assign", "Comment", *foreign):
            hint = did_you_mean(name, ("Condition", "Next", "Output", "Assign", "Comment"))
            found.key((*path, name), "asl-field", f"a rule has no field `{name}`", hint)
    if not foreign:
        missing(rule, path, ("Condition",), "a rule", found)
    condition = rule.get("Condition")
    sound = isinstance(condition, bool) or (isinstance(condition, str) and is_expression(condition))
    if "Condition" in rule and not sound:
        what = f"the Condition is {shown(condition)}"
        found.value((*path, "Condition"), "asl-choice", what, 'give an expression: "{% ... %}"')


def _comparison(rule: dict[str, Any], path: Path, state: State, found: Findings, *, top: bool) -> None:
    if "Condition" in rule:
        what = f"`Condition` belongs to JSONata, but `{state.name}` is written in JSONPath"
        found.key((*path, "Condition"), "asl-language", what, 'write "QueryLanguage": "JSONata" in the state')
        return
    own = ("Variable", *_LOGIC, "Comment", *(("Next", "Assign") if top else ()))
    known = (*own, *OPERATORS, *PATHS)
    for name in rule:
        if name == "Next":
            if not top:
                found.key((*path, name), "asl-choice", "only a rule itself has Next, not its parts", "remove it")
        elif name not in known:
            found.key((*path, name), "asl-field", f"a rule has no field `{name}`", did_you_mean(name, known))
    logic = [name for name in _LOGIC if name in rule]
    operators = [name for name in rule if name in OPERATORS or name in PATHS]
    if len(logic) + len(operators) != 1:
        given = ", ".join((*logic, *operators)) or "no comparison"
        found.key(path, "asl-choice", f"a rule has {given}", "write exactly one comparison, And, Or or Not")
    if operators and "Variable" not in rule:
        found.key(path, "asl-choice", f"`{operators[0]}` compares nothing", 'write "Variable": "$..."')
    for name in operators:
        wanted = OPERATORS.get(name, str)
        value = rule[name]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            found.value((*path, name), "asl-choice", f"`{name}` compares with {shown(value)}", f"give {_NOUNS[wanted]}")
    for name in logic:
        parts = rule[name] if isinstance(rule[name], list) else [rule[name]]
        if name != "Not" and (not isinstance(rule[name], list) or not parts):
            found.value((*path, name), "asl-choice", f"`{name}` is {shown(rule[name])}", "give a list of rules")
            continue
        for index, part in enumerate(parts):
            here = (*path, name) if name == "Not" else (*path, name, index)
            if isinstance(part, dict):
                _comparison(part, here, state, found, top=False)
            else:
                found.value(here, "asl-choice", f"a rule is {shown(part)}", "give an object")
