"""A definition as a Mermaid flowchart, which GitHub and GitLab draw in Markdown.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from collections.abc import Iterator

from .transitions import Chart, Step

WIDTH = 60
"""Characters after which a label is cut."""

_SHAPES = {
    "Choice": ('{"', '"}'),
    "Succeed": ('(["', '"])'),
    "Fail": ('(["', '"])'),
    "Wait": ('[/"', '"/]'),
}
_BOX = ('["', '"]')


def mermaid(chart: Chart) -> str:
    """The whole as the text of a ```mermaid block."""
    ids = {id(step): f"s{number}" for number, step in enumerate(chart.walk())}
    return "\n".join(["flowchart TD", *_chart(chart, ids, "    ", "")]) + "\n"


def _chart(chart: Chart, ids: dict[int, str], indent: str, scope: str) -> Iterator[str]:
    own = {step.name: ids[id(step)] for step in chart.steps}
    first, last = f"start{scope}", f"end{scope}"
    if chart.start in own:
        yield f"{indent}{first}((start)) --> {own[chart.start]}"
    for step in chart.steps:
        yield from _node(step, ids, indent)
        for arrow in step.transitions:
            if arrow.target in own:
                label = "otherwise" if arrow.kind == "default" else quoted(arrow.label)
                line = "-.->" if arrow.kind == "catch" else "-->"
                said = f'|"{label}"|' if label else ""
                yield f"{indent}{own[step.name]} {line}{said} {own[arrow.target]}"
        if step.ends and step.type != "Fail":
            yield f"{indent}{own[step.name]} --> {last}((end))"


def _node(step: Step, ids: dict[int, str], indent: str) -> Iterator[str]:
    own = ids[id(step)]
    if step.inner:
        yield f'{indent}subgraph {own}["{quoted(step.name)}"]'
        for number, inner in enumerate(step.inner):
            yield from _chart(inner, ids, indent + "    ", f"_{own}_{number}")
        yield f"{indent}end"
        return
    before, after = _SHAPES.get(step.type, _BOX)
    detail = f"<br/>{quoted(step.detail)}" if step.detail and step.type in ("Task", "Wait") else ""
    yield f"{indent}{own}{before}{quoted(step.name)}{detail}{after}"


def quoted(text: str) -> str:
    """A text that may stand in a label's quotes."""
    short = text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."
    escaped = short.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("#", "&num;").replace("\n", " ")
