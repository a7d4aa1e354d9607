"""Answers of calls as a journal keeps them."""

from __future__ import annotations

from simulator.effects import (
    Answer,
    Failed,
    Heartbeat,
    Started,
    Submitted,
    Succeeded,
)
from simulator.values import Value


def write_answer(answer: Answer) -> list[Value]:
    """An answer as a journal entry; `read_answer` is its inverse."""
    if isinstance(answer, Succeeded):
        return ["succeeded", answer.result]
    if isinstance(answer, Failed):
        return ["failed", answer.error, answer.cause]
    if isinstance(answer, Submitted):
        return ["submitted", answer.result]
    if isinstance(answer, Started):
        return ["started", answer.worker]
    return ["heartbeat"]


def read_answer(entry: list[Value]) -> Answer:
    """An answer from its journal entry."""
    kind = entry[0]
    if kind == "succeeded":
        return Succeeded(entry[1])
    if kind == "failed":
        return Failed(entry[1], entry[2])
    if kind == "submitted":
        return Submitted(entry[1])
    if kind == "started":
        return Started(entry[1])
    return Heartbeat()
