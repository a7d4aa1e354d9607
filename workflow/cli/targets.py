"""Targets of the command line: `MODULE:NAME`, `FILE.py:NAME` or `FILE.json` become workflows or definitions.

What the user wrote wrong in the call is a click error (exit code 2); what is wrong in the module is a list of
problems (exit code 1). A traceback is shown for neither.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import linecache
import pkgutil
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import click

from ..definition import Workflow, WorkflowWarning
from ..diagnostics import Place, Problem, Refusal, WorkflowError, did_you_mean
from ..orphans import take_orphans
from .output import show

_PACKAGE = str(Path(__file__).parent.parent)


class BadSource(Exception):
    """What a target names has problems."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True)
class Target:
    """A target as it was written: a file of ASL, or a module and perhaps a name in it."""

    text: str
    module: str
    name: str | None

    @property
    def is_asl(self) -> bool:
        """Whether it is a definition in JSON."""
        return self.name is None and self.module.endswith(".json")


def parse(text: str) -> Target:
    """Take a target apart. A drive letter is no module."""
    head, colon, name = text.rpartition(":")
    if not colon or "/" in name or "\\" in name:
        return Target(text, text, None)
    if not head or not name:
        raise click.UsageError(f"`{text}` is no target; write MODULE:NAME, FILE.py:NAME or FILE.json")
    return Target(text, head, name)


def workflows(target: Target) -> dict[str, Workflow[Any, Any]]:
    """The workflow that the target names, or all of its module where it names none. Raises BadSource."""
    module = _load(target.module)
    found = {name: value for name, value in vars(module).items() if isinstance(value, Workflow)}
    if target.name is None:
        unique: dict[int, str] = {}
        for name, one in found.items():
            unique.setdefault(id(one), name)
        if not unique:
            raise click.UsageError(f"{target.module} has no workflow: no name in it is bound to a Workflow")
        return {name: found[name] for name in unique.values()}
    value: object = getattr(module, target.name, None)
    if isinstance(value, Workflow):
        return {target.name: value}
    if value is not None:
        shown = type(value).__name__
        hint = did_you_mean(target.name, found)
        raise click.UsageError(f"`{target.name}` in {target.module} is no workflow but a {shown}; {hint}".rstrip("; "))
    hint = did_you_mean(target.name, found) if found else "it has no workflow"
    raise click.UsageError(f"{target.module} has no `{target.name}`; {hint}")


def warned(made: Workflow[Any, Any]) -> tuple[Problem, ...]:
    """A workflow's warnings, and once the states of its file that stand in none: the module is whole now."""
    return (*made.warnings, *take_orphans(made.place.path))


def workflow(target: Target) -> Workflow[Any, Any]:
    """The one workflow that the target names; its warnings are printed to stderr. Raises BadSource."""
    found = workflows(target)
    if len(found) > 1:
        names = ", ".join(f"{target.module}:{name}" for name in found)
        raise click.UsageError(f"{target.module} has {len(found)} workflows; say which: {names}")
    made = next(iter(found.values()))
    show(warned(made), err=True)
    return made


def definition(target: Target) -> tuple[str, dict[str, Any]]:
    """A name and a definition, of a workflow or of a file. Raises BadSource."""
    if not target.is_asl:
        made = workflow(target)
        return made.name, made.definition()
    text = read(Path(target.module))
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("States"), dict):
        from ..lint import lint_text  # the linter says what is wrong with the JSON; other calls need none of it

        raise BadSource(tuple(p for p in lint_text(text, target.module) if p.severity == "error"))
    return Path(target.module).name.removesuffix(".json").removesuffix(".asl"), value


def read(path: Path) -> str:
    """The text of a file. Raises OSError, or a click error for what is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        raise click.UsageError(f"{path} is no text in UTF-8: {wrong.reason} at byte {wrong.start}") from wrong


def _load(name: str) -> ModuleType:
    """Import the module; what it prints goes to stderr, as stdout belongs to the command, which tells warnings too."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore", WorkflowWarning)
        return _load_file(Path(name)) if name.endswith(".py") else _load_module(name)


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        siblings = [p.name for p in path.parent.glob("*.py")] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, siblings)
        raise click.UsageError(f"there is no file {path}" + (f"; {hint}" if hint.startswith("did") else ""))
    full = path.resolve()
    with contextlib.suppress(ValueError):
        parts = full.relative_to(Path.cwd()).with_suffix("").parts
        if len(parts) > 1 and all(part.isidentifier() for part in parts) and parts[0] not in sys.stdlib_module_names:
            return _load_module(".".join(parts))  # so that its relative imports work
    if str(full.parent) not in sys.path:
        sys.path.insert(0, str(full.parent))
    spec = importlib.util.spec_from_file_location(full.stem, full)
    if spec is None or spec.loader is None:
        raise click.UsageError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[full.stem] = module
    with _problems_of(str(full)):
        spec.loader.exec_module(module)
    return module


def _load_module(name: str) -> ModuleType:
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        raise click.UsageError(f"`{name}` is no module; write MODULE:NAME, FILE.py:NAME or FILE.json")
    for i in range(1, len(parts) + 1):  # parents first: their problems are theirs, and find_spec imports them
        with _problems_of(".".join(parts[: i - 1])):
            spec = importlib.util.find_spec(".".join(parts[:i]))
        if spec is None:
            parent = importlib.import_module(".".join(parts[: i - 1])) if i > 1 else None
            paths = list(parent.__path__) if parent is not None and hasattr(parent, "__path__") else [str(Path.cwd())]
            near = did_you_mean(parts[i - 1], [m.name for m in pkgutil.iter_modules(paths)])
            shown = near.replace("`", f"`{'.'.join((*parts[: i - 1], ''))}", 1) if near.startswith("did") else ""
            raise click.UsageError(f"there is no module `{'.'.join(parts[:i])}`" + (f"; {shown}" if shown else ""))
    with _problems_of(name):
        return importlib.import_module(name)


class _problems_of(contextlib.AbstractContextManager["_problems_of"]):
    """What an import raises becomes BadSource: problems of workflows as they are, anything else one line."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        if error is None or isinstance(error, KeyboardInterrupt):
            return
        if isinstance(error, (WorkflowError, Refusal)):
            raise BadSource(error.problems) from None
        what = f"{self.name} cannot be imported: {_told(error)}"
        raise BadSource((Problem(_place(error, trace), what, "", "import"),)) from None


def _told(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"it ends the program (SystemExit: {error.code})"
    text = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _place(error: BaseException, trace: TracebackType | None) -> Place | None:
    """The innermost line of the user's: neither of this package, nor installed, nor the import system's."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return Place(error.filename, error.lineno, error.offset or 1)
    found: Place | None = None
    while trace is not None:
        code = trace.tb_frame.f_code
        path = code.co_filename
        if not path.startswith((_PACKAGE, "<")) and "site-packages" not in path and not _is_standard(path):
            position = list(code.co_positions())[trace.tb_lasti // 2]
            line, end_line, start, end = position
            single = end is not None and line == end_line
            text = linecache.getline(path, trace.tb_lineno).encode()
            column = 1 + len(text[: start or 0].decode(errors="ignore"))
            stop = 1 + len(text[:end].decode(errors="ignore")) if single else None
            found = Place(path, trace.tb_lineno, column, stop)
        trace = trace.tb_next
    return found


def _is_standard(path: str) -> bool:
    return path.startswith(str(Path(linecache.__file__).parent))
