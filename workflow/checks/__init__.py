"""What is checked of a whole workflow when it is created, one family per module."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Problem
from . import limits, structure
from .subject import Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Every problem that the checks find, in no particular order."""
    yield from structure.check(subject)
    yield from limits.check(subject)


__all__ = ["Subject", "check"]
