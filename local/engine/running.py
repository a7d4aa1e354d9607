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
import types
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pulumi
from pulumi.runtime import settings as sdk_settings
from pulumi.runtime import stack as sdk_stack
from pulumi.runtime.config import set_all_config

from local.engine.config import Project
from local.engine.diagnostics import in_program
from local.engine.failures import explained
from local.engine.monitor import Monitor

# Environment, working directory, sys.path and sys.modules are the process's: one program at a time.
_ONE_AT_A_TIME = threading.Lock()

# What the last program imported of its own: another program may have modules of the same names.
_imported: dict[Path, set[str]] = {}


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
    with _ONE_AT_A_TIME, _environment(environment), _modules(program.parent):
        contextvars.copy_context().run(_run, program, project, monitor, dry_run, parallel)


def _run(program: Path, project: Project, monitor: Monitor, dry_run: bool, parallel: int) -> None:
    sdk_settings.configure(
        sdk_settings.Settings(
            project=project.name,
            stack=project.stack,
            organization="organization",
            root_directory=str(project.root),
            monitor=monitor,
            engine=monitor,
            parallel=parallel,
            dry_run=dry_run,
        )
    )
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
        raise explained(error, program, project) from error
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
    """The program's folder as the working directory and first on sys.path, and its modules as if never run before."""
    for other in [path for path in _imported if path != root]:
        for name in _imported.pop(other):
            sys.modules.pop(name, None)
    _forget_resources(root)
    before, main, here = set(sys.modules), sys.modules.get("__main__"), Path.cwd()
    sys.path.insert(0, str(root))
    os.chdir(root)
    try:
        yield
    finally:
        os.chdir(here)
        sys.path.remove(str(root))
        if main is not None:
            sys.modules["__main__"] = main
        _imported.setdefault(root, set()).update(set(_own_modules(root)) - before)
        _forget_resources(root)


def _own_modules(root: Path) -> dict[str, types.ModuleType]:
    """The loaded modules that are files of the program."""
    return {
        name: module
        for name, module in list(sys.modules.items())
        if name != "__main__" and (file := getattr(module, "__file__", None)) and in_program(Path(file), root)
    }


def _forget_resources(root: Path) -> None:
    """Drop modules with resources or outputs among their globals, and modules that use such modules.

    All others stay: what they define is the same in every run.
    """
    modules = _own_modules(root)
    stale = {
        name
        for name, module in modules.items()
        if any(isinstance(value, pulumi.Resource | pulumi.Output) for value in list(vars(module).values()))
    }
    growing = True
    while growing:
        gone = {id(modules[name]) for name in stale}
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
