"""Debounce: of many edits in a row only the last is published, once nobody has edited for ten seconds.

Use it when each of many events would start the same expensive work. Every event starts an execution; all but the last
find that they are not the last, and end.
"""

from dataclasses import dataclass

from workflow import Choice, GetItem, Pass, PutItem, Succeed, Table, Task, Wait, Workflow


@dataclass
class Edit:
    page: str
    event: str


@dataclass
class Found:
    mine: Edit
    last: Edit | None


def publish(edit: Edit) -> Edit:
    return edit


edits = Table("edits", Edit, key="page")
noted = PutItem("Note", edits, of=Edit, item=lambda edit: edit).timeout(5)
found = (
    GetItem("Last edit", edits, of=Edit, key=lambda edit: edit.page, consistent=True)
    .timeout(5)
    .output(lambda last, mine: Found(mine, last))
)
last = (
    Choice("Mine?", Found)
    .when(
        lambda f: f.last is not None and f.last.event == f.mine.event,
        then=Pass("Mine", Found, lambda f: f.mine) >> Task("Publish", publish).timeout(60),
    )
    .otherwise(Pass("Of another", Found, lambda f: f.mine) >> Succeed("Left to another"))
)
debounce = Workflow.standard("debounce", noted >> Wait("Quiet", seconds=10) >> found >> last)
