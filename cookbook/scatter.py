"""Scatter with tolerated failures: check many hosts at once; some may fail, too many are an error.

Use it when a few lost parts do not spoil the whole, but somebody must know when many are lost. `Try` keeps one item's
trouble from the others.
"""

from dataclasses import dataclass

from workflow import Choice, Fail, Map, Succeed, Task, Try, Workflow


@dataclass
class Fleet:
    hosts: list[str]
    tolerated: int


@dataclass
class Health:
    host: str
    sound: bool
    why: str = ""


@dataclass
class Report:
    checked: list[Health]
    failed: int
    tolerated: int


def check(host: str) -> Health:
    return Health(host, True)


one = Try("One", Task("Check", check).timeout(10)).catch(
    "States.ALL", output=lambda c: Health(c.input, False, c.error), then=Succeed("Lost")
)
scattered = Map("Each host", one, of=Fleet, items=lambda fleet: fleet.hosts, max_concurrency=20).output(
    lambda health, fleet: Report(health, len([h for h in health if not h.sound]), fleet.tolerated)
)
judged = (
    Choice("Too many?", Report)
    .when(lambda report: report.failed > report.tolerated, then=Fail("Too many lost"))
    .otherwise(Succeed("Enough"))
)
scatter = Workflow.standard("scatter", scattered >> judged)
