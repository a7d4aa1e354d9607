"""Runs a Pulumi program in this process against an engine, as Pulumi's language host for Python does.

Stage: used by preview and up. The program's `__main__.py` runs in a copied context, so that nothing of the SDK's
settings outlives it; modules of the program that hold resources or outputs are forgotten, because a second run must
make them anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import runpy
import sys
import threading
import traceback
import types
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pulumi
from pulumi.runtime import settings as sdk_settings
from pulumi.runtime import stack as sdk_stack
from pulumi.runtime.config import set_all_config

from local.engine.config import Project
from local.engine.diagnostics import Place, Problem, column_of, in_program
from local.engine.monitor import Monitor

# The SDK keeps the stack's root in a context, sys.path and sys.modules are the process's: one program at a time.
_ONE_AT_A_TIME = threading.Lock()


class ProgramFailed(Exception):
    """The program itself raised. `problems` say what, `output` is its traceback where that helps."""

    def __init__(self, problems: list[Problem], output: str = "") -> None:
        super().__init__("; ".join(problem.what for problem in problems))
        self.problems, self.output = problems, output


def run(
    program: Path, project: Project, monitor: Monitor, *, dry_run: bool, parallel: int, environment: Mapping[str, str]
) -> None:
    """Run the program to its end, all of its resources included. Raises ProgramFailed.

    `environment` is set for the time of the run and replaces every AWS_ variable. Blocks; must not be called where an
    event loop is running (`asyncio.to_thread(...)` gets it out of the way).
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError("a Pulumi program needs its own event loop; call this through asyncio.to_thread")
    settings = sdk_settings.Settings(
        project=project.name,
        stack=project.stack,
        organization="organization",
        root_directory=str(project.root),
        monitor=monitor,
        engine=monitor,
        parallel=parallel,
        dry_run=dry_run,
    )
    with _ONE_AT_A_TIME, _environment(environment), _modules(program.parent):
        contextvars.copy_context().run(_run, program, project, settings, parallel)


def _run(program: Path, project: Project, settings: sdk_settings.Settings, parallel: int) -> None:
    sdk_settings.configure(settings)
    sdk_settings.ROOT.set(None)
    set_all_config(dict(project.config), sorted(project.secret_keys))
    loop = asyncio.new_event_loop()
    executor = ThreadPoolExecutor(max_workers=parallel, thread_name_prefix="pulumi")
    loop.set_default_executor(executor)
    # A failure reaches every task that waits for its outputs; the first one is reported, by its own way.
    loop.set_exception_handler(lambda loop, context: None)
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(sdk_stack.run_in_stack(lambda: _program(program)))
    except BaseException as error:
        _settle(loop, executor)
        if isinstance(error, KeyboardInterrupt) or not isinstance(error, Exception | SystemExit):
            raise
        raise _failure(error, program, project) from error
    finally:
        _settle(loop, executor)
        asyncio.set_event_loop(None)
        loop.close()


def _settle(loop: asyncio.AbstractEventLoop, executor: ThreadPoolExecutor) -> None:
    """Let calls in flight finish, so that what they made is in the state; then end all tasks."""
    executor.shutdown(wait=True, cancel_futures=True)
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


def _program(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


@contextlib.contextmanager
def _environment(replaced: Mapping[str, str]) -> Iterator[None]:
    """Every AWS_ variable replaced, so that nothing in the program can reach AWS with the user's credentials."""
    before = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    pulumi_config = {n: v for n, v in os.environ.items() if n.startswith("PULUMI_CONFIG")}
    for name in (*before, *pulumi_config):
        del os.environ[name]
    os.environ.update(replaced)
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update({**before, **pulumi_config})


@contextlib.contextmanager
def _modules(root: Path) -> Iterator[None]:
    """The program's folder first on sys.path, and no module of an earlier run that holds that run's resources."""
    _forget(root)
    sys.path.insert(0, str(root))
    main = sys.modules.get("__main__")
    try:
        yield
    finally:
        sys.path.remove(str(root))
        if main is not None:
            sys.modules["__main__"] = main
        _forget(root)


def _forget(root: Path) -> None:
    """Drop modules under `root` with resources or outputs among their globals, and modules that use such modules."""
    modules = {
        name: module
        for name, module in list(sys.modules.items())
        if name != "__main__" and (file := getattr(module, "__file__", None)) and in_program(Path(file), root)
    }
    stale = {
        name
        for name, module in modules.items()
        if any(isinstance(value, pulumi.Resource | pulumi.Output) for value in list(vars(module).values()))
    }
    growing = True
    while growing:
        gone = {id(sys.modules[name]) for name in stale}
        using = {
            name
            for name, module in modules.items()
            if name not in stale
            and any(isinstance(value, types.ModuleType) and id(value) in gone for value in list(vars(module).values()))
        }
        growing = bool(using)
        stale |= using
    for name in stale:
        del sys.modules[name]


def _failure(error: BaseException, program: Path, project: Project) -> ProgramFailed:
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
    frames = [f for f in traceback.extract_tb(error.__traceback__) if in_program(Path(f.filename), program.parent)]
    place: Place | None = None
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        place = Place(Path(error.filename), error.lineno, error.offset or 1)
    elif frames and frames[-1].lineno:
        path = Path(frames[-1].filename)
        place = Place(path, frames[-1].lineno, (frames[-1].colno or 0) + 1 or column_of(path, frames[-1].lineno))
    text = str(error).replace("The Pulumi CLI does not support", "Without Pulumi's CLI there is no support for")
    text = text.replace(" Please update the Pulumi CLI.", "").replace(" option.", "")
    first, *rest = text.splitlines() or [""]
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return ProgramFailed([Problem(what, place=place)], "\n".join([*rest, *_listing(error, program)]))


def _listing(error: BaseException, program: Path) -> list[str]:
    """The traceback without the machinery above the program's own first line."""
    frames = traceback.extract_tb(error.__traceback__)
    start = next((i for i, f in enumerate(frames) if in_program(Path(f.filename), program.parent)), len(frames))
    shown = frames[start:]
    return ["".join(traceback.format_list(shown)).rstrip()] if shown else []
