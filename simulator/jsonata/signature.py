"""Function signatures: `<s-nn?:s>` says which arguments a function takes, and which may come from the context.

https://docs.jsonata.org/embedding-extending#function-signature-syntax
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from simulator.jsonata.errors import Problem
from simulator.jsonata.values import UNDEFINED

_NAMES = {"a": "arrays", "b": "booleans", "f": "functions", "n": "numbers", "o": "objects", "s": "strings"}


def type_letter(value: Any) -> str:
    """The letter of a value's type; m for undefined."""
    kind = value.__class__
    if kind is str:
        return "s"
    if kind is bool:
        return "b"
    if kind is int or kind is float:
        return "n"
    if value is None:
        return "l"
    if value is UNDEFINED:
        return "m"
    if isinstance(value, list):
        return "a"
    return "o" if kind is dict else "f"


class Parameter:
    """One parameter: the letters it takes, whether it may be missing, repeat, or come from the context, and the type of
    an array's items."""

    __slots__ = ("context", "items", "letters", "optional", "repeated", "wraps")

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self.optional = self.repeated = self.context = False
        self.items: str | None = None
        self.wraps = letters == "a"


class Signature:
    """A parsed signature of the function called `name`."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.parameters = _parse(text)

    def validate(self, arguments: list[Any], context: Any) -> list[Any]:
        """The arguments as the function takes them: context filled in, single values as arrays where arrays are wanted.

        Raises T0410, T0411, T0412.
        """
        given = [type_letter(argument) for argument in arguments]
        result: list[Any] = []
        at = 0
        parameters = self.parameters
        for index, parameter in enumerate(parameters):
            letter = given[at] if at < len(given) else None
            wanted = letter is not None and self._fits(parameter, letter)
            if wanted and not (parameter.context and self._prefers_context(index, given, at)):
                result.append(self._taken(parameter, arguments[at], given[at], at))
                at += 1
                while parameter.repeated and at < len(given) and self._fits(parameter, given[at]):
                    result.append(self._taken(parameter, arguments[at], given[at], at))
                    at += 1
                continue
            if parameter.context:
                of_context = type_letter(context)
                if of_context in parameter.letters or of_context == "m":
                    result.append(context)
                    continue
                if letter is None:
                    raise Problem("T0411", index=at + 1, token=self.name)
                raise Problem("T0410", index=at + 1, token=self.name)
            if parameter.optional:
                if letter is not None and not self._any_later_fits(index, letter):
                    raise Problem("T0410", index=at + 1, token=self.name)
                continue
            raise Problem("T0410", index=min(at + 1, max(len(given), 1)) if letter else at + 1, token=self.name)
        if at < len(given):
            raise Problem("T0410", index=at + 1, token=self.name)
        return result

    @staticmethod
    def _fits(parameter: Parameter, letter: str) -> bool:
        return letter in parameter.letters or letter == "m" or parameter.wraps

    def _prefers_context(self, index: int, given: list[str], at: int) -> bool:
        """Whether the context takes this place: all that was given is needed by the required parameters after it."""
        left = len(given) - at
        needed = [p for p in self.parameters[index + 1 :] if not p.optional and not p.context]
        if left > len(needed) or not needed:
            return False
        return all(self._fits(p, given[at + i]) for i, p in enumerate(needed[:left]))

    def _any_later_fits(self, index: int, letter: str) -> bool:
        return any(self._fits(parameter, letter) for parameter in self.parameters[index + 1 :])

    def _taken(self, parameter: Parameter, value: Any, letter: str, at: int) -> Any:
        if parameter.wraps and letter != "m":
            if letter != "a":
                if parameter.items is not None and letter != parameter.items:
                    raise Problem("T0412", index=at + 1, token=self.name, type=_NAMES.get(parameter.items, "values"))
                return [value]
            if parameter.items is not None and value:
                first = type_letter(value[0])
                if first != parameter.items or any(type_letter(item) != first for item in value):
                    raise Problem("T0412", index=at + 1, token=self.name, type=_NAMES.get(parameter.items, "values"))
        return value


def _parse(text: str) -> tuple[Parameter, ...]:
    parameters: list[Parameter] = []
    at = 1
    while at < len(text):
        letter = text[at]
        at += 1
        if letter in ":>":
            break
        if letter == "?":
            parameters[-1].optional = True
        elif letter == "+":
            parameters[-1].repeated = True
        elif letter == "-":
            parameters[-1].context = True
        elif letter == "<":
            end = _closing(text, at)
            inner = text[at:end]
            if parameters[-1].letters == "a" and len(inner) == 1 and inner in "bfnosa":
                parameters[-1].items = inner
            at = end + 1
        elif letter == "(":
            end = text.index(")", at)
            parameters.append(Parameter("".join(_expand(choice) for choice in text[at:end])))
            at = end + 1
        elif letter in "bnslaofujx":
            parameters.append(Parameter(_expand(letter)))
        else:
            raise Problem("S0401", f"Unknown type {letter!r} in a function signature")
    return tuple(parameters)


def _closing(text: str, at: int) -> int:
    depth = 1
    while at < len(text):
        depth += {"<": 1, ">": -1}.get(text[at], 0)
        if depth == 0:
            return at
        at += 1
    raise Problem("S0401", "A function signature without end")


def _expand(letter: str) -> str:
    return {"x": "asnboflm", "j": "asnbolm", "u": "bnsl"}.get(letter, letter)


@lru_cache(maxsize=1024)
def signature(text: str, name: str) -> Signature:
    """A parsed signature. Raises Problem."""
    return Signature(text, name)
