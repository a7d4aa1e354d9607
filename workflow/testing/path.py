"""The path that an execution took: a tuple of states' names that says more when it is shown or compared.

`assert result.path == ["Validate", "Store"]` fails with the path taken and where it left expectation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

ANY_STATES = ...
"""Stands for any number of states in an expected path."""

MOST_LINES = 60


@dataclass(frozen=True)
class Taken:
    """One step of a path, as it is shown."""

    name: str
    kind: str
    error: str | None
    caught: bool
    tries: int
    seconds: float
    open: bool
    inside: list[tuple[tuple[int, ...], Path]] = field(default_factory=list)

    def line(self) -> str:
        """`Store  DynamoDB.ThrottlingException, 3 tries, 2.4 s`."""
        said = []
        if self.error:
            said.append(f"{self.error}{' (caught)' if self.caught else ''}")
        elif self.open and self.kind not in ("Fail", "Succeed"):
            said.append("not left")
        if self.tries > 1:
            said.append(f"{self.tries} tries")
        if self.seconds >= 0.0005:
            said.append(duration(self.seconds))
        return f"{self.name}  {', '.join(said)}".rstrip()


class Path(tuple[str, ...]):
    """Names of states in the order in which they were entered. Equal to a list of the same names, too."""

    steps: list[Taken]

    def __new__(cls, names: Iterable[str], steps: list[Taken] | None = None) -> Path:
        """Made by results."""
        made = super().__new__(cls, names)
        made.steps = steps or []
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (list, tuple)) and matched(self, other) is None

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return super().__hash__()

    def __repr__(self) -> str:
        return " > ".join(self) or "(no state)"

    def check(self, expected: Sequence[object]) -> None:
        """Raise AssertionError, with where they part, unless the path is as expected."""
        __tracebackhide__ = True
        if matched(self, expected) is not None:
            raise AssertionError("\n".join(self.compared(expected)))

    def compared(self, expected: Sequence[object]) -> list[str]:
        """Lines that say where the path left expectation; none where it did not."""
        at = matched(self, expected)
        if at is None:
            return []
        index, wanted = at
        after = f"after `{self[index - 1]}`" if index else "at its start"
        came = f"`{self[index]}` came" if index < len(self) else "it ended"
        wished = "the end" if wanted is None else f"`{wanted}`"
        head = f"the path left expectation {after}: {came} instead of {wished}"
        lines = [head, *self.tree(mark=index)]
        if index >= len(self):
            lines.append("> (the end)")
        return [*lines, f"expected: {' > '.join('...' if e is ... else str(e) for e in expected)}"]

    def tree(self, *, mark: int | None = None) -> list[str]:
        """The path, one state a line, with what is inside of each; `>` stands where it left expectation."""
        lines: list[str] = []
        for index, step in enumerate(self.steps):
            lines.append(f"{'>' if index == mark else ' '} {step.line()}")
            lines += (f"  {line}" for line in _inside(step))
        return lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], f"  ... {len(lines) - MOST_LINES} more"]


def _inside(step: Taken) -> Iterator[str]:
    alone = len(step.inside) == 1 and step.kind == "Parallel"
    for at, path in step.inside:
        if not alone:
            yield f"  [{at[-1]}]"
        yield from (f"  {line}" for line in path.tree())


def matched(path: Sequence[str], expected: Sequence[object]) -> tuple[int, Any] | None:
    """None if the path is as expected; else where it parts, and what should stand there (None: the end).

    `...` takes as few states as it can; where all ways fail, the farthest is told.
    """
    farthest: tuple[int, Any] = (0, expected[0] if expected else None)
    seen: set[tuple[int, int]] = set()
    waiting = [(0, 0)]
    while waiting:
        i, j = waiting.pop()
        if (i, j) in seen:
            continue
        seen.add((i, j))
        if j == len(expected):
            if i == len(path):
                return None
            farthest = max(farthest, (i, None), key=lambda at: at[0])
        elif expected[j] is ...:
            waiting.append((i, j + 1))
            if i < len(path):
                waiting.append((i + 1, j))
        elif i < len(path) and path[i] == expected[j]:
            waiting.append((i + 1, j + 1))
        else:
            farthest = max(farthest, (i, expected[j]), key=lambda at: at[0])
    return farthest


def duration(seconds: float) -> str:
    """`0.25 s`, `3 min`, `2 h 5 min`, `3 d`."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    parts = []
    rest = round(seconds)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])
