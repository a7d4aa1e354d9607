"""Paging: read a list page by page and count what is on each, with the sum in a variable.

Use it when an API hands out lists in pages and the pages are too many to keep. A variable carries the sum round the
loop; a loop of thousands of pages belongs into `continue_as_new`, as a history ends at 25,000 events.
"""

from dataclasses import dataclass

from workflow import Choice, Pass, Succeed, Task, Variable, Workflow, back_to


@dataclass
class Query:
    folder: str
    token: str | None = None


@dataclass
class Page:
    query: Query
    sizes: list[int]
    next: str | None


def list_page(query: Query) -> Page:
    return Page(query, [3, 4], None if query.token else "more")


total = Variable("total", int)
begin = Pass("Begin", Query, lambda query: query).assign(total, lambda _: 0)
page = Task("Page", list_page).timeout(10).assign(total, lambda page: total.value + sum(page.sizes))
following = Pass("Next page", tuple[Page, str], lambda p: Query(p[0].query.folder, p[1])) >> back_to(page)
more = (
    Choice("More?", Page)
    .given(lambda p: p.next, output=lambda p, token: (p, token), then=following)
    .otherwise(Pass("Total", Page, lambda _: total.value) >> Succeed("Counted"))
)
paging = Workflow.standard("paging", begin >> page >> more, timeout=3600)
