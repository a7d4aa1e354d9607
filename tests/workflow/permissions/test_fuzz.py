"""Definitions that are broken anywhere: deriving their permissions never fails, whatever is wrong with them."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.permissions.samples import every
from workflow.permissions import derive

ORDERS = Path(__file__).parents[1] / "foreign" / "orders.asl.json"
DEFINITIONS = [*(definition for _, definition in every()), json.loads(ORDERS.read_text())]
VALUES = [
    None,
    1,
    True,
    "x",
    "{% $x %}",
    "${a}",
    "${a}-b",
    [],
    {},
    ["x"],
    {"a": 1},
    "arn:aws:x",
    "s3://",
    "s3://${b}/k",
]


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a definition but its root."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from paths(item, (*path, key))


def broken(rng: random.Random) -> Any:
    """A definition with something left out, or something else in its place."""
    definition = copy.deepcopy(rng.choice(DEFINITIONS))
    for _ in range(rng.randint(1, 3)):
        places = list(paths(definition))
        if not places:
            break
        *outer, last = rng.choice(places)
        inside = definition
        for key in outer:
            inside = inside[key]
        if rng.random() < 0.3 and isinstance(inside, dict):
            del inside[last]
        else:
            inside[last] = copy.deepcopy(rng.choice(VALUES))
    return definition


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_wrong_with_a_definition(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(100):
        definition = broken(rng)
        permissions = derive(definition)
        bound = permissions.document(dict.fromkeys(permissions.symbols, "v"))
        assert "${" not in json.dumps(bound)
        assert all(s["Action"] and s["Resource"] and s["Effect"] == "Allow" for s in bound["Statement"])
        sids = [s["Sid"] for s in bound["Statement"]]
        assert len(sids) == len(set(sids))
        assert permissions.explain().count("\n") >= len(sids) - 1
