"""A definition as a DOT graph, which Graphviz draws; branches are clusters.

https://graphviz.org/doc/info/lang.html
"""

from __future__ import annotations

from collections.abc import Iterator

from .transitions import Chart, Step

WIDTH = 60
"""Characters after which a label is cut."""

_SHAPES = {"Choice": "diamond", "Succeed": "ellipse", "Fail": "octagon", "Wait": "parallelogram"}


def dot(name: str, chart: Chart) -> str:
    """The whole as the text of a .dot file."""
    ids = {id(step): f"s{number}" for number, step in enumerate(chart.walk())}
    lines = [f"digraph {quoted(name)} {{", "  compound=true;", '  node [shape=box, fontname="sans-serif"];']
    return "\n".join([*lines, *_chart(chart, ids, "  ", ""), "}"]) + "\n"


def _chart(chart: Chart, ids: dict[int, str], indent: str, scope: str) -> Iterator[str]:
    own = {step.name: step for step in chart.steps}
    first = f"start{scope}"
    if chart.start in own:
        yield f'{indent}{first} [shape=point, label=""];'
        yield f"{indent}{first} -> {_into(own[chart.start], ids)};"
    for step in chart.steps:
        yield from _node(step, ids, indent)
        for arrow in step.transitions:
            if arrow.target in own:
                label = "otherwise" if arrow.kind == "default" else arrow.label
                marks = [f"label={quoted(label)}"] if label else []
                marks += ["style=dashed"] if arrow.kind == "catch" else []
                marks += [f"ltail=cluster_{ids[id(step)]}"] if step.inner else []
                said = f" [{', '.join(marks)}]" if marks else ""
                yield f"{indent}{_into(step, ids)} -> {_into(own[arrow.target], ids)}{said};"


def _into(step: Step, ids: dict[int, str]) -> str:
    """The node that an edge touches: a cluster has one of its own, as edges join nodes only."""
    return ids[id(step)]


def _node(step: Step, ids: dict[int, str], indent: str) -> Iterator[str]:
    own = ids[id(step)]
    border = ", peripheries=2" if step.ends else ""
    if not step.inner:
        detail = f"\n{step.detail}" if step.detail and step.type in ("Task", "Wait") else ""
        shape = f", shape={_SHAPES[step.type]}" if step.type in _SHAPES else ""
        yield f"{indent}{own} [label={quoted(step.name + detail)}{shape}{border}];"
        return
    yield f"{indent}subgraph cluster_{own} {{"
    yield f"{indent}  label={quoted(step.name)};"
    yield f"{indent}  {own} [label={quoted(step.type)}, shape=plain{border}];"
    for number, inner in enumerate(step.inner):
        yield from _chart(inner, ids, indent + "  ", f"_{own}_{number}")
    yield f"{indent}}}"


def quoted(text: str) -> str:
    """A quoted string of DOT."""
    short = text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."
    return '"' + short.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
