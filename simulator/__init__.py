"""Runs Amazon States Language on a laptop: JSON in, history out; it knows no DSL.

`simulate` runs one execution at once on a virtual clock; `Engine` owns many on an event loop, behind `simulator.api`.
"""

from simulator.clock import Clock, RealClock, VirtualClock
from simulator.definition import Machine, compile_machine
from simulator.drive import After, simulate
from simulator.errors import StateError
from simulator.executions import Engine, Execution
from simulator.machine import Run
from simulator.tasks import Resource, Submission, TaskCall, TaskFailed, TaskRunner
from simulator.validation import InvalidDefinition

__all__ = [
    "After",
    "Clock",
    "Engine",
    "Execution",
    "InvalidDefinition",
    "Machine",
    "RealClock",
    "Resource",
    "Run",
    "StateError",
    "Submission",
    "TaskCall",
    "TaskFailed",
    "TaskRunner",
    "VirtualClock",
    "compile_machine",
    "simulate",
]
