"""What it means that a program raised: the line of the program, what is wrong, what to write instead.

Stage: used where the program is run. Problems that the engine itself found are recorded elsewhere, and come first.
"""

from __future__ import annotations

import inspect
import re
import sys
import traceback
from pathlib import Path

import pulumi

from local.engine.config import Project
from local.engine.diagnostics import Place, Problem, column_of, did_you_mean, in_program, source_places

# An error that names its own place, as workflow's do; the line that raised it would only hide that.
_PLACED = re.compile(r"[^\s:]+:\d+(:\d+)?: ")
_UNEXPECTED = re.compile(r"(\w+)\.(_internal_init|__init__)\(\) got an unexpected keyword argument '(\w+)'")


class ProgramFailed(Exception):
    """The program itself raised. `problems` say what, `output` is its traceback where that helps."""

    def __init__(self, problems: list[Problem], output: str = "") -> None:
        super().__init__("; ".join(problem.what for problem in problems))
        self.problems, self.output = problems, output


def explained(error: BaseException, program: Path, project: Project) -> ProgramFailed:
    """What a program's exception means for its author."""
    if isinstance(error, pulumi.ConfigMissingError):
        at = Place(project.root / project.stack_file, 1)
        return ProgramFailed([Problem(f"{error.key} is missing", f"write {error.key}: under config:", at)])
    if isinstance(error, pulumi.ConfigTypeError):
        at = project.places.get(error.key) or Place(project.root / project.stack_file, 1)
        what = f"{error.key} is {error.value!r}, and the program wants {error.expect_type}"
        return ProgramFailed([Problem(what, f"write {error.expect_type}", at)])
    if isinstance(error, pulumi.RunError):
        return ProgramFailed([Problem(line) for line in str(error).splitlines()] or [Problem("the program gave up")])
    if _PLACED.match(str(error)):
        problems = [Problem(line) for line in str(error).splitlines() if line.strip()]
        return ProgramFailed(problems, "\n".join(_listing(error, program)))
    frames = [f for f in traceback.extract_tb(error.__traceback__) if in_program(Path(f.filename), program.parent)]
    place: Place | None = None
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        place = Place(Path(error.filename), error.lineno, error.offset or 1)
    elif frames and frames[-1].lineno:
        path = Path(frames[-1].filename)
        place = Place(path, frames[-1].lineno, (frames[-1].colno or 0) + 1 or column_of(path, frames[-1].lineno))
    registering = _registering(error, program.parent) if place is None else None
    if registering is not None:
        return ProgramFailed([registering])
    text = _without_cli(str(error))
    first, *rest = text.splitlines() or [""]
    instead = ""
    if isinstance(error, TypeError) and (unexpected := _UNEXPECTED.match(first)):
        first = f"{unexpected[1]} has no argument '{unexpected[3]}'"
        instead = did_you_mean(unexpected[3], _arguments(unexpected[1], unexpected[2]))
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return ProgramFailed([Problem(what, instead, place)], "\n".join([*rest, *_listing(error, program)]))


def _registering(error: BaseException, root: Path) -> Problem | None:
    """The resource that the SDK itself refused, before the engine saw it: a list where a mapping is wanted, say."""
    frame = None
    for traced, _ in traceback.walk_tb(error.__traceback__):
        if traced.f_code.co_name == "do_register":
            frame = traced
    if frame is None or "stack_trace" not in frame.f_locals:
        return None
    frames = [(each.pc.uri, each.pc.line) for each in frame.f_locals["stack_trace"].frames]
    places = source_places(frames, root)
    what = " ".join(str(error).rpartition("has risen: ")[2].split())
    subject = f"{frame.f_locals.get('ty')} '{frame.f_locals.get('name')}'"
    return Problem(_without_cli(what), "", places[0] if places else None, subject, places[1:])


def _without_cli(text: str) -> str:
    """What the SDK says of a feature that the engine lacks, as it is meant here."""
    return re.sub(
        r"The Pulumi CLI does not support (?:the )?(.*?)(?: option)?\. Please update the Pulumi CLI\.",
        r"\1 is not supported without Pulumi's CLI; leave it out in this stack",
        text,
    )


def _arguments(name: str, method: str) -> list[str]:
    """The arguments of a class of a Pulumi package, found among the modules that are loaded."""
    for module_name, module in list(sys.modules.items()):
        found = vars(module).get(name) if module_name.startswith("pulumi_") else None
        if isinstance(found, type):
            return [each for each in inspect.signature(getattr(found, method)).parameters if not each.startswith("__")]
    return []


def _listing(error: BaseException, program: Path) -> list[str]:
    """The traceback, from the program's own first line on."""
    frames = traceback.extract_tb(error.__traceback__)
    start = next((i for i, f in enumerate(frames) if in_program(Path(f.filename), program.parent)), len(frames))
    shown = [frame for frame in frames[start:] if not frame.filename.startswith("<frozen importlib")]
    return ["".join(traceback.format_list(shown)).rstrip()] if shown else []
