"""One execution of an engine: its run, and what it has open."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.clock import Handle
from simulator.history import Event
from simulator.machines import Revision, StateMachine
from simulator.tasks import TaskCall

if TYPE_CHECKING:
    from simulator.machine import Run
    from simulator.recovery import Recalled


@dataclass(slots=True, eq=False)
class Execution:
    """One execution, running or over."""

    arn: str
    name: str
    machine: StateMachine
    revision: Revision
    input: str
    run: Run | Recalled
    version_arn: str | None = None
    alias_arn: str | None = None
    trace_header: str | None = None
    test_case: str | None = None
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    timers: dict[int, Handle] = field(default_factory=dict)
    tokens: dict[int, str] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)
    calls: dict[int, TaskCall] = field(default_factory=dict)
    ending: bool = False
    kept: bool = True
    begun: dict[str, Any] | None = None
    #: Done when the store has the start; whoever is told that the execution runs waits for it.
    safe: asyncio.Future[None] | None = None

    @property
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        return self.run.status

    @property
    def express(self) -> bool:
        """Whether this is an Express execution."""
        return self.run.info.express

    @property
    def events(self) -> list[Event]:
        """The history so far."""
        return self.run.events
