"""A statement of the role's policy: what may be done to what, which states need it, and where AWS says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..resources import Text
from .arns import EVERYTHING, keys, written

Condition = tuple[tuple[str, str, tuple[Text, ...]], ...]
"""(operator, key, values) each."""

LONGEST_SID = 120
"""Characters of a Sid here: a policy in a role may have 10,240 in all."""


@dataclass(frozen=True)
class Statement:
    """Allows `actions` on `resources`. `states` need it; a distributed Map, logs and traces are named alike."""

    states: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[Text, ...]
    condition: Condition = ()
    source: str = field(default="", compare=False)
    """The page of AWS's that says so."""
    wide: str = field(default="", compare=False)
    """Why the resources are more than what a state needs; empty where they are not."""

    @property
    def sid(self) -> str:
        """The states' names as IAM allows them: letters and digits."""
        words = ["".join(w[:1].upper() + w[1:] for w in re.findall(r"[A-Za-z0-9]+", name)) for name in self.states]
        words = [word or "State" for word in words]  # a name without a letter or digit of ASCII
        sid = "And".join(words)
        if len(sid) <= LONGEST_SID:
            return sid
        kept = words[0][: LONGEST_SID - 12]
        return f"{kept}And{len(words) - 1}More"

    def written(self, bindings: Mapping[str, str] | None = None, sid: str | None = None) -> dict[str, Any]:
        """As in a policy; placeholders where there are no bindings."""
        resources = [written(r, bindings) for r in self.resources]
        out: dict[str, Any] = {
            "Sid": sid if sid is not None else self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": resources[0] if resources == ["*"] else list(dict.fromkeys(resources)),
        }
        if self.condition:
            condition: dict[str, dict[str, Any]] = {}
            for operator, key, values in self.condition:
                texts = [written(v, bindings) for v in values]
                condition.setdefault(operator, {})[key] = texts[0] if len(texts) == 1 else texts
            out["Condition"] = condition
        return out

    @property
    def symbols(self) -> set[str]:
        """The bindings that it needs."""
        texts = [*self.resources, *(v for _, _, values in self.condition for v in values)]
        return set().union(*(keys(text) for text in texts))


def allow(
    state: str,
    actions: Iterable[str],
    *resources: Text,
    condition: Condition = (),
    source: str = "",
    wide: str = "",
) -> Statement:
    """A statement for one state."""
    return Statement((state,), tuple(actions), resources or (EVERYTHING,), condition, source, wide)


def merged(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Each permission once, with all states that need it; in the order in which they are first needed."""
    found: dict[Any, Statement] = {}
    for statement in statements:
        key = (statement.actions, statement.resources, statement.condition)
        known = found.get(key)
        if known is None:
            found[key] = statement
        else:
            states = tuple(dict.fromkeys((*known.states, *statement.states)))
            found[key] = Statement(
                states, known.actions, known.resources, known.condition, known.source, known.wide or statement.wide
            )
    return tuple(found.values())
