"""What goes wrong in a deployment, always with the place in the program and what to write instead.

Stage: used by all of the engine. Pulumi's SDK tells the engine, with every resource, the stack of calls that made it;
the engine answers with `path:line:column`, which editors and terminals open.

    DeploymentError            every problem of one preview or deployment; str() is one block of text
      ConfigError              a setting is missing or ill-typed (nothing ran)
"""

from __future__ import annotations

import ast
import difflib
import functools
import linecache
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

_OURS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, order=True)
class Place:
    """A position in a file, lines and columns from 1. str() is relative to the working directory where possible."""

    path: Path
    line: int
    column: int = 1

    def __str__(self) -> str:
        try:
            path = self.path.resolve().relative_to(Path.cwd())
        except (ValueError, OSError):
            path = self.path
        return f"{path}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, with which resource, what, and what to write instead."""

    what: str
    instead: str = ""
    place: Place | None = None
    subject: str = ""
    """`aws:sqs/queue:Queue 'telemetry'`, for a problem of one resource."""
    through: tuple[Place, ...] = ()
    """The calls that led to the place, innermost first: a component's, or a helper's."""

    def __str__(self) -> str:
        head = "".join(f"{part}: " for part in (self.place, self.subject) if part)
        lines = [head + self.what + (f"; {self.instead}" if self.instead else "")]
        lines += [f"    called from {place}" for place in self.through]
        return "\n".join(lines)


class DeploymentError(Exception):
    """A preview or a deployment that failed. `problems` holds each of them; the first line of str() is the first one.

    `output` is the rest that helps, such as the program's own traceback.
    """

    def __init__(self, problems: Sequence[Problem], output: str = "") -> None:
        self.problems = tuple(problems)
        self.output = output
        super().__init__("\n".join([*(str(problem) for problem in problems), *([output] if output else [])]))


class ConfigError(DeploymentError):
    """A stack's settings do not fit the schema in Pulumi.yaml."""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """`did you mean 'x'?`, or the names there are, or nothing if there are none."""
    known = sorted(set(names))
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"there is {', '.join(known)}" if known else ""


def source_places(uris: Iterable[tuple[str, int]], root: Path) -> tuple[Place, ...]:
    """The places of a stack of calls (file URIs and lines, innermost first) that lie in the program under `root`.

    Packages that were installed under it (a virtual environment) are not the program's.
    """
    places = []
    for uri, line in uris:
        path = Path(unquote(urlsplit(uri).path))
        if line and in_program(path, root):
            places.append(Place(path, line, column_of(path, line)))
    return tuple(places)


def in_program(path: Path, root: Path) -> bool:
    """Whether a file is part of the program that lives in the folder `root`; what runs it is not, even beside it."""
    try:
        parts = path.relative_to(root).parts
    except ValueError:
        return False
    if path.is_relative_to(_OURS):
        return False
    return not any(part.startswith(".") or part in ("site-packages", "node_modules") for part in parts[:-1])


def column_of(path: Path, line: int) -> int:
    """The column of the first call that starts on a line; of the line's first character where none does."""
    linecache.checkcache(str(path))
    text = linecache.getline(str(path), line)
    indented = len(text) - len(text.lstrip()) + 1
    return _call_columns(str(path), _changed(path)).get(line, indented)


def _changed(path: Path) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


@functools.lru_cache(maxsize=64)
def _call_columns(path: str, changed: int) -> dict[int, int]:
    del changed  # part of the cache's key only
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}
    columns: dict[int, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            # ast counts bytes of UTF-8, editors count characters.
            before = linecache.getline(path, node.lineno).encode()[: node.col_offset].decode(errors="ignore")
            columns[node.lineno] = min(len(before) + 1, columns.get(node.lineno, len(before) + 1))
    return columns
