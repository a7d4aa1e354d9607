"""After a restart: state machines and executions as the store kept them, running ones replayed to where they were.

A replay feeds an execution its journal. What it still waits for afterwards (timers, tasks in flight) is set up again: a
task that was submitted waits for its token; any other task in flight runs again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from simulator.answers import read_answer
from simulator.definition import Machine, compile_machine
from simulator.effects import (
    CancelTask,
    CancelTimer,
    Command,
    SetTimer,
    StartTask,
)
from simulator.history import Event
from simulator.machine import Info, Run
from simulator.store import Saved
from simulator.tasks import TaskCall
from simulator.values import Value, load, text

if TYPE_CHECKING:
    from simulator.maprun import MapRun


@dataclass(slots=True)
class Outstanding:
    """What an execution waits for: calls (`submitted` ones only for their token), and timers by their time."""

    calls: dict[int, TaskCall] = field(default_factory=dict)
    submitted: set[int] = field(default_factory=set)
    timers: dict[int, float] = field(default_factory=dict)

    def take(self, commands: list[Command]) -> None:
        """Follow what a run asks for."""
        for command in commands:
            if isinstance(command, StartTask):
                self.calls[command.call.key] = command.call
            elif isinstance(command, SetTimer):
                self.timers[command.key] = command.when
            elif isinstance(command, CancelTimer):
                self.timers.pop(command.key, None)
            elif isinstance(command, CancelTask):
                self.calls.pop(command.key, None)


@lru_cache(maxsize=256)
def compiled(definition: str) -> Machine:
    """A definition that was accepted before, compiled; executions of one revision share it."""
    return compile_machine(definition, validate=False)


def info_of(saved: Saved, machine_arn: str) -> Info:
    """What a kept execution knows of itself."""
    begin = saved.begin
    started: dict[str, Any] = {}
    if begin.get("alias"):
        started["stateMachineAliasArn"] = begin["alias"]
    if begin.get("version"):
        started["stateMachineVersionArn"] = begin["version"]
    name = machine_arn.rpartition(":")[2]
    return Info(
        saved.arn,
        begin["name"],
        begin["role"],
        machine_arn,
        name,
        express=begin["express"],
        started=started,
        wait_scale=begin.get("wait_scale", 1.0),
    )


def replay(saved: Saved, limit: float | None) -> tuple[Run, Outstanding]:
    """A run brought to where its journal ends."""
    begin = saved.begin
    machine_arn = begin["machine"]
    run = Run(
        compiled(begin["definition"]),
        info_of(saved, machine_arn),
        load(begin["input"]),
        seed=begin["seed"],
        limit=limit,
    )
    left = Outstanding()
    left.take(run.begin(begin["now"]))
    for now, what, *rest in saved.journal:
        if what == "stop":
            left.take(run.stop(rest[0], rest[1], now))
        elif what == "redrive":
            left.take(run.redrive(now, *rest))
        elif what == "stop_child":
            left.take(run.stop_child(rest[0], rest[1], rest[2], now))
        elif what == "map_run":
            left.take(run.update_map_run(rest[0], rest[1], now))
        elif what == "fire":
            left.timers.pop(rest[0], None)
            left.take(run.fire(rest[0], now))
        else:
            answer = read_answer(rest)
            if rest[0] in ("succeeded", "failed"):
                left.calls.pop(what, None)
            elif rest[0] in ("submitted", "started"):
                left.submitted.add(what)
            left.take(run.answer(what, answer, now))
    return run, left


def end_record(run: Run | Recalled) -> dict[str, Value]:
    """How an execution ended, as the store keeps it."""
    return {
        "status": run.status,
        "output": text(run.output) if run.status == "SUCCEEDED" else None,
        "error": run.error,
        "cause": run.cause,
        "stopped": run.stopped_at,
        "redrives": run.redrives,
        "redriven": run.redriven_at,
    }


class Recalled:
    """An execution that is over, as the store kept it; its history is replayed when someone asks for it."""

    def __init__(self, saved: Saved, journal: Callable[[], list[list[Value]]]) -> None:
        end = saved.end or {}
        self._saved, self._journal = saved, journal
        self._replayed: Run | None = None
        self.info = info_of(saved, saved.begin["machine"])
        self.status: str = end["status"]
        self.started_at: float = saved.begin["now"]
        self.stopped_at: float | None = end["stopped"]
        self.output: Value = None if end.get("output") is None else load(end["output"])
        self.error: str | None = end["error"]
        self.cause: str | None = end["cause"]
        self.redrives: int = end.get("redrives", 0)
        self.redriven_at: float | None = end.get("redriven")

    @property
    def events(self) -> list[Event]:
        """The history. Express executions have none: theirs is not kept."""
        return self.replayed().events

    @property
    def map_runs(self) -> list[MapRun]:
        """The Map Runs."""
        return self.replayed().map_runs

    def replayed(self) -> Run:
        """The run itself, brought to where it ended."""
        if self._replayed is None:
            saved = Saved(self._saved.arn, self._saved.begin, self._journal(), self._saved.end)
            self._replayed, _ = replay(saved, None)
        return self._replayed

    def redriven_with(self, token: str, now: float) -> float | None:
        """When it was redriven with this client token, if that is one of the last and not too long ago."""
        return self.replayed().redriven_with(token, now) if self.redrives else None

    def waits_for(self, key: int) -> bool:
        """Nothing waits any more."""
        return False
