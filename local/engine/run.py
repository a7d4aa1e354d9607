"""`preview` and `up`: a Pulumi program, one stack of it, without Pulumi's CLI.

Stage: the engine's front. Both read the stack's settings, run the program in this process and give back what it would
make, or what was made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import local
from local.engine import config as configs
from local.engine.deploying import Deploying, Deployment, Event
from local.engine.diagnostics import DeploymentError, Problem
from local.engine.failures import ProgramFailed
from local.engine.monitor import Monitor
from local.engine.planning import Plan, Planning
from local.engine.properties import revealed
from local.engine.running import run
from local.engine.session import Session, local_environment, loopback, preview_environment
from local.engine.state import State
from local.engine.work import BaseWork

PROGRAM = Path(local.__file__).resolve().parents[1] / "__main__.py"
ACCOUNT = "000000000000"


def preview(
    stack: str,
    config: Mapping[str, str] | None = None,
    *,
    program: Path = PROGRAM,
    stand_ins: bool = False,
) -> Plan:
    """What a stack would make. Nothing is created and no AWS is needed.

    `config` replaces the stack's file (keys with or without the project's namespace, values as text); defaults of
    Pulumi.yaml apply in any case. `program` is the program's `__main__.py`, its folder, or that of its Pulumi.yaml.
    With `stand_ins`, texts that are not known yet become readable stand-ins, `${Queue.telemetry.arn}`, so that
    documents made of them can be read.

    Raises DeploymentError with every problem; ConfigError if a setting is missing or ill-typed.
    """
    main, root = configs.locate(program)
    project = configs.load(root, stack, config)
    work = Planning(project, main.parent, ACCOUNT, stand_ins=stand_ins)
    messages: list[tuple[str, str]] = []
    monitor = Monitor(project, work, lambda severity, text, urn: messages.append((severity, text)))
    _run(main, project, monitor, work, preview_environment(work.providers.of("").region))
    return Plan(stack, work.resources, dict(work.stack_outputs), tuple(messages))


def up(
    stack: str,
    endpoint: str,
    *,
    state: Path,
    config: Mapping[str, str] | None = None,
    program: Path = PROGRAM,
    on_event: Callable[[Event], None] | None = None,
) -> Deployment:
    """Make a stack in the local AWS at `endpoint`, an http URL of this machine.

    `state` is the folder for the stack's state, which must hold none yet: a second `up` is refused for now. `config`
    and `program` are as for `preview`. `on_event` is told what happens, from several threads.

    Raises DeploymentError with every problem, after what was under way has ended and is in the state; ConfigError
    before anything is made.
    """
    began = time.monotonic()
    loopback(endpoint)
    main, root = configs.locate(program)
    project = configs.load(root, stack, config)
    tell = on_event or (lambda event: None)
    messages: list[tuple[str, str]] = []

    def message(severity: str, text: str, urn: str) -> None:
        messages.append((severity, text))
        tell(Event(severity, text=text))

    kept = State(state.absolute(), project, endpoint)
    work = Deploying(project, main.parent, ACCOUNT, session=Session(endpoint), state=kept, on_event=tell)
    environment = local_environment(endpoint, work.providers.of("").region)
    try:
        _run(main, project, Monitor(project, work, message), work, environment)
    except BaseException:
        work.stop()
        raise
    outputs = {name: revealed(value) for name, value in work.stack_outputs.items()}
    return Deployment(stack, outputs, work.resources, time.monotonic() - began, tuple(messages))


def down(stack: str, endpoint: str, *, state: Path) -> None:
    """Remove a stack. Refused for now: a local stack goes when the local AWS and its state folder go."""
    del endpoint
    raise DeploymentError(
        [Problem(f"taking down the stack '{stack}' is not supported yet", f"stop the local AWS and delete {state}")]
    )


def _run(
    main: Path, project: configs.Project, monitor: Monitor, work: BaseWork, environment: Mapping[str, str]
) -> None:
    """Run the program. Problems that the engine recorded come first: what the program raised is their consequence."""
    failure: ProgramFailed | None = None
    try:
        run(main, project, monitor, dry_run=work.dry_run, parallel=work.parallel, environment=environment)
    except ProgramFailed as error:
        failure = error
    if work.problems:
        raise DeploymentError(work.problems) from failure
    if failure is not None:
        raise DeploymentError(failure.problems, failure.output) from failure
