"""Rules in order, and what happens where none holds."""

from dataclasses import dataclass

from workflow import Choice, Fail, Pass, Same, Workflow
from workflow.testing import run


@dataclass
class Reading:
    celsius: float
    note: str | None = None


noted = Pass("Note", str, lambda note: note.upper())
asked = (
    Choice("How warm?", Reading)
    .given(lambda r: r.note, output=lambda r, note: note, then=noted)
    .when(lambda r: r.celsius > 8, output=lambda r: f"warm: {r.celsius:.1f}", then=Same("Warm"))
    .when(lambda r: r.celsius > 2, output=lambda r: "fine", then=Same("Fine"))
    .otherwise(Fail("Frozen"))
)
example = Workflow.standard("example", asked)

assert run(example, Reading(9.5)).output == "warm: 9.5"
assert run(example, Reading(9.5, note="door")).output == "DOOR"
assert run(example, Reading(-1.0)).error == "Frozen"
