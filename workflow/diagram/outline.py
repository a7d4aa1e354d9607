"""A definition as an indented text: each state, and where it leads."""

from __future__ import annotations

from collections.abc import Iterator

from .transitions import Chart, Step, Transition

WIDTH = 100
"""Characters after which a condition is cut."""


def outline(name: str, chart: Chart) -> str:
    """The whole as text, a line per state and per transition."""
    return "\n".join([name, *_chart(chart, "  ")]) + "\n"


def _chart(chart: Chart, indent: str) -> Iterator[str]:
    for step in chart.steps:
        kind = f"{step.type} {step.detail}".rstrip()
        start = "start, " if step.name == chart.start else ""
        yield f"{indent}{step.name}  ({start}{kind})"
        for number, inner in enumerate(step.inner, 1):
            if step.type == "Parallel":
                yield f"{indent}  branch {number}"
            yield from _chart(inner, indent + ("    " if step.type == "Parallel" else "  | "))
        yield from (f"{indent}  {arrow}" for arrow in _arrows(step))


def _arrows(step: Step) -> Iterator[str]:
    caught = [t for t in step.transitions if t.kind == "catch"]
    yield from (f"{_said(t)}-> {t.target}" for t in step.transitions if t.kind != "catch")
    if step.ends and step.type not in ("Succeed", "Fail"):
        yield "-> end"
    yield from (f"{_said(t)}-> {t.target}" for t in caught)


def _said(transition: Transition) -> str:
    label = transition.label if len(transition.label) <= WIDTH else transition.label[: WIDTH - 3] + "..."
    return {"next": "", "default": "otherwise ", "rule": f"if {label} ", "catch": f"catch {label} "}[transition.kind]
