# ruff: noqa: E501, F403, F405
"""What both type checkers must refuse of offloaded values, with the words that they must say."""

from pydantic import BaseModel

from payloads.offloaded import Offloaded
from workflow import Pass, Task


class Rows(BaseModel):
    total: int


class Loaded(BaseModel):
    rows: Offloaded[Rows]


def take(rows: Offloaded[Rows]) -> int:
    return rows.value.total


def plain(rows: Rows) -> int:
    return rows.total


whole = Pass("Rows", Loaded, lambda x: x.rows)
used = whole >> Task("Take", take)

# mypy says: "Offloaded[Rows]" has no attribute "total"
# pyright says: Cannot access attribute "total" for class "Offloaded[Rows]"
Pass("Look", Loaded, lambda x: x.rows.total)

# mypy says: Argument 2 to "Task" has incompatible type "Callable[[Rows], int]"
# pyright says: Operator ">>" not supported
whole >> Task("Plain", plain)
