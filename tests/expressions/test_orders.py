"""Every expression over an Order, or a Thing, means what Python says, under every engine that is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workflow.expressions import compile_function

from .compare import differences
from .order_examples import orders
from .order_guards import EQUAL as GUARDS
from .order_lists import EQUAL as LISTS
from .order_matches import EQUAL as MATCHES
from .order_models import EQUAL as MODELS
from .order_parts import EQUAL as PARTS
from .order_rules import EQUAL as RULES
from .order_statements import EQUAL as STATEMENTS
from .order_steps import EQUAL as STEPS
from .order_summaries import EQUAL as SUMMARIES
from .order_tables import EQUAL as CONSTANTS
from .order_values import EQUAL as VALUES
from .orders import Order
from .thing_entries import EQUAL as THINGS
from .things import Thing, things

TABLES = {
    "lists": LISTS,
    "parts": PARTS,
    "values": VALUES,
    "models": MODELS,
    "statements": STATEMENTS,
    "rules": RULES,
    "summaries": SUMMARIES,
    "guards": GUARDS,
    "tables": CONSTANTS,
    "steps": STEPS,
    "matches": MATCHES,
}
ORDERS = list(orders())


@pytest.mark.parametrize(("table", "name"), [(t, name) for t, entries in TABLES.items() for name in entries])
def test_an_expression_over_an_order_means_what_python_says(table: str, name: str) -> None:
    fn: Callable[[Order], object] = TABLES[table][name]
    code = compile_function(fn, [Order])
    assert list(differences(fn, code, ORDERS)) == [], code


@pytest.mark.parametrize("name", THINGS)
def test_an_expression_over_a_thing_means_what_python_says(name: str) -> None:
    fn: Callable[[Thing], object] = THINGS[name]
    code = compile_function(fn, [Thing])
    assert list(differences(fn, code, list(things()))) == [], code
