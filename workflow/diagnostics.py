"""Diagnostics: the one form in which Symphony says what is wrong with a user's code.

    path:line:col: what is wrong; what to write instead
        the source line
             ^^^^^^
      docs/errors/<page>.md

Every stage of the language uses this module and it imports none of them. A `Problem` is data: found at a `Place`,
explained on a page under `docs/errors/`. A `Refusal` is one expression that cannot be compiled; a `WorkflowError`
carries every problem of a workflow at once.
"""

from __future__ import annotations

import difflib
import linecache
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from types import CodeType, TracebackType
from typing import Literal

__all__ = ["Place", "Problem", "Refusal", "Severity", "WorkflowError", "caller_place", "did_you_mean"]

Severity = Literal["error", "warning"]

_LONG_LINE = 150
"""Characters of a source line that are shown."""

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


@dataclass(frozen=True, order=True)
class Place:
    """A span of one source line. Lines and columns count from 1; `end_column` is the column after the span.

    `end_column` is None where only the start is known, and when the span goes on after the line: the carets then
    reach to the end of the line.
    """

    path: str
    line: int
    column: int = 1
    end_column: int | None = None

    def __str__(self) -> str:
        """`path:line:col`, with a path relative to the working directory where it lies under it."""
        return f"{short_path(self.path)}:{self.line}:{self.column}"

    def source(self) -> str:
        """The source line, read now; empty where the file is not available."""
        if self.path == "<string>":  # text given to exec, or the program of `python -c`: nobody knows which
            return ""
        return linecache.getline(self.path, self.line).rstrip("\n")

    def excerpt(self) -> str:
        """The source line without its indentation, and carets under the span; empty without source."""
        line = self.source()
        text = line.strip()
        if not text:
            return ""
        start = max(0, self.column - 1 - (len(line) - len(line.lstrip())))
        end = len(text) if self.end_column is None else self.end_column - self.column + start
        if len(text) > _LONG_LINE:  # JSON of a machine's: one line may hold it all
            first = max(0, min(start - _LONG_LINE // 3, len(text) - _LONG_LINE))
            last = min(len(text), first + _LONG_LINE)
            before, after = "..." if first else "", "..." if last < len(text) else ""
            start, end = start - first + len(before), min(end, last) - first + len(before)
            text = before + text[first:last] + after
        return f"    {text}\n    {' ' * start}{'^' * max(1, min(end, len(text)) - start)}"


class _CallerPlace(Place):
    """The place of a running instruction. Finding its columns costs a walk over the whole module's instructions,
    so it is put off until somebody looks: thousands of states each remember their place."""

    def __init__(self, code: CodeType, instruction: int) -> None:
        own = self.__dict__  # frozen, and thousands are made
        own["_code"] = code
        own["_instruction"] = instruction

    def __getattr__(self, name: str) -> object:
        if name not in ("path", "line", "column", "end_column"):
            raise AttributeError(name)
        code: CodeType = self.__dict__["_code"]
        at = self.__dict__["_instruction"] // 2
        line, end_line, start, end = next(islice(code.co_positions(), at, None), (None, None, None, None))
        object.__setattr__(self, "path", code.co_filename)
        object.__setattr__(self, "line", line or code.co_firstlineno)
        object.__setattr__(self, "column", 1 + self._characters(start or 0))
        single = end is not None and line == end_line
        object.__setattr__(self, "end_column", 1 + self._characters(end or 0) if single else None)
        return self.__dict__[name]

    def _characters(self, offset: int) -> int:
        """Python counts columns in bytes of UTF-8; people and editors count characters."""
        return len(self.source().encode()[:offset].decode(errors="ignore"))

    def __hash__(self) -> int:
        return hash((self.path, self.line, self.column, self.end_column))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and _key(self) == _key(other)


def _key(place: Place) -> tuple[str, int, int, int | None]:
    return place.path, place.line, place.column, place.end_column


def short_path(path: str) -> str:
    """The path relative to the working directory where it lies under it, else as it is."""
    try:
        here = os.getcwd() + os.sep
    except OSError:  # the working directory was deleted
        return path
    return path[len(here) :] if path.startswith(here) else path


def caller_place(inside: str = _PACKAGE) -> Place:
    """The place of the nearest call from outside the folder `inside` (this package): where the user wrote it."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(inside):
        frame = frame.f_back
    return _CallerPlace(frame.f_code, frame.f_lasti)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `page` is the name of a page under docs/errors, without `.md`.

    `what` and `instead` are one line each and together read as one sentence. A warning can be accepted in code.
    """

    place: Place | None
    what: str
    instead: str = ""
    page: str = "internal"
    severity: Severity = "error"

    def render(self) -> str:
        """The whole message: a line that editors can jump to, the source with carets, the page."""
        head = f"{self.place}: " if self.place is not None else ""
        if self.severity == "warning":
            head += "warning: "
        lines = [head + self.what + (f"; {self.instead}" if self.instead else "")]
        excerpt = self.place.excerpt() if self.place is not None else ""
        if excerpt:
            lines.append(excerpt)
        lines.append(f"  docs/errors/{self.page}.md")
        return "\n".join(lines)


class Refusal(Exception):
    """An expression that cannot be said in JSONata with the same meaning, or that is a mistake."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    def at(self, place: Place | None) -> Refusal:
        """Remember the place and return self; the first, innermost, one wins."""
        if self.problem.place is None and place is not None:
            self.problem = replace(self.problem, place=place)
        return self

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The one problem, as a WorkflowError has several."""
        return (self.problem,)

    def __str__(self) -> str:
        return self.problem.render()


class WorkflowError(Exception):
    """Every problem that was found in a workflow, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        def key(p: Problem) -> tuple[bool, tuple[str, int, int]]:
            return p.place is None, (p.place.path, p.place.line, p.place.column) if p.place else ("", 0, 0)

        self.problems = tuple(sorted(problems, key=key))
        super().__init__(self.problems)
        if sys.excepthook is sys.__excepthook__ and not sys.flags.dev_mode:
            sys.excepthook = _show

    def __str__(self) -> str:
        return "\n\n".join(p.render() for p in self.problems)


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Python's own hook for what nobody catches, but a WorkflowError says its problems alone.

    Its traceback would show how the workflow was checked, on top of the line that is to be seen first. The hook is set
    when there is such an error, and never over another hook (a debugger's, rich's); `python -X dev` keeps tracebacks.
    """
    if isinstance(error, WorkflowError) and sys.stderr is not None:
        sys.stderr.write(f"{error}\n")
    else:
        sys.__excepthook__(kind, error, trace)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """`did you mean ...?` for a misspelt name, else the names there are; empty if there are none."""
    known = list(dict.fromkeys(names))
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"did you mean `{close[0]}`?"
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"it has {shown}" if known else ""
