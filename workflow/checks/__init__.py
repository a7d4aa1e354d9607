"""What is checked of a whole workflow when it is created, one family per module."""

from __future__ import annotations

from ..diagnostics import Problem
from . import assignment, context, integrations, limits, policies, sensitive, structure
from .subject import Subject


def check(subject: Subject) -> list[Problem]:
    """Every problem that the checks find, in no particular order, without the warnings that states accept."""
    families = (structure, policies, limits, assignment, integrations, context, sensitive)
    found = [problem for family in families for problem in family.check(subject)]
    states = (vertex.state for vertex in subject.graph.vertices)
    accepting = [(s.name, s.place, *said) for s in states for said in s.accepted]
    accepting += [(subject.name, subject.place, *said) for said in subject.accepted.items()]
    for name, place, page, because in accepting:
        told = [p for p in found if p.severity == "warning" and p.page == page and p.place == place]
        found = [p for p in found if p not in told]
        if not because.strip():
            found.append(Problem(place, f"`{name}` accepts `{page}`", "say why", "accept"))
        elif not told:
            what = f"`{name}` accepts `{page}`, of which there is no warning"
            found.append(Problem(place, what, "leave it out", "accept"))
    return found


__all__ = ["Subject", "check"]
