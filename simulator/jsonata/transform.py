"""The transform operator: `| pattern | update, delete |` makes a function that changes a copy of its argument."""

from __future__ import annotations

from typing import Any

from simulator.jsonata.bounds import tick
from simulator.jsonata.errors import Problem
from simulator.jsonata.scope import Eval, Function, Scope
from simulator.jsonata.values import UNDEFINED, measure, plain


def transform(pattern: Eval, update: Eval, delete: Eval | None) -> Eval:
    """The evaluation of a transform: it gives a function."""
    return lambda context, scope: Transformer(pattern, update, delete, scope)


class Transformer(Function):
    """The function that a transform makes."""

    __slots__ = ("_defined", "_delete", "_pattern", "_update")

    def __init__(self, pattern: Eval, update: Eval, delete: Eval | None, defined: Scope) -> None:
        super().__init__(1, None)
        self._pattern, self._update, self._delete, self._defined = pattern, update, delete, defined

    def call(self, arguments: list[Any], context: Any, scope: Scope) -> Any:
        """Copy the argument, then update and delete in each match of the pattern. Raises T2011, T2012."""
        value = arguments[0] if arguments else UNDEFINED
        if value is UNDEFINED:
            return UNDEFINED
        if not isinstance(value, (dict, list)):
            raise Problem("T0410", value=value)
        measure(value)
        copied = clone(plain(value))
        matches = self._pattern(copied, self._defined)
        if matches is UNDEFINED:
            return copied
        for match in matches if isinstance(matches, list) else [matches]:
            scope.budget.tick()
            changes = self._update(match, self._defined)
            if changes is not UNDEFINED:
                if changes.__class__ is not dict:
                    raise Problem("T2011", value=changes)
                if match.__class__ is dict:
                    match.update(changes)
            if self._delete is not None:
                names = self._delete(match, self._defined)
                if names is not UNDEFINED:
                    listed = names if isinstance(names, list) else [names]
                    if not all(name.__class__ is str for name in listed):
                        raise Problem("T2012", value=names)
                    if match.__class__ is dict:
                        for name in listed:
                            match.pop(name, None)
        return copied


def clone(value: Any) -> Any:
    """A deep copy of JSON."""
    tick()
    if value.__class__ is dict:
        return {key: clone(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clone(item) for item in value]
    return value
