"""What is checked of a whole workflow when it is created, one family per module."""

from __future__ import annotations

from ..diagnostics import Problem
from . import assignment, integrations, limits, policies, structure
from .subject import Subject


def check(subject: Subject) -> list[Problem]:
    """Every problem that the checks find, in no particular order, without the warnings that states accept."""
    families = (structure, policies, limits, assignment, integrations)
    found = [problem for family in families for problem in family.check(subject)]
    accepting = [(vertex.state, *said) for vertex in subject.graph.scope.walk() for said in vertex.state.accepted]
    for state, page, because in accepting:
        told = [p for p in found if p.severity == "warning" and p.page == page and p.place == state.place]
        found = [p for p in found if p not in told]
        if not because.strip():
            found.append(Problem(state.place, f"`{state.name}` accepts `{page}`", "say why: because=", "accept"))
        elif not told:
            what = f"`{state.name}` accepts `{page}`, of which there is no warning"
            found.append(Problem(state.place, what, "leave it out", "accept"))
    return found


__all__ = ["Subject", "check"]
