"""Work done by a worker of one's own."""

from dataclasses import dataclass

from workflow import Activity, RunActivity, Workflow


@dataclass
class Letter:
    id: str


@dataclass
class Text:
    words: int


typists = Activity("typists")
typed = RunActivity("Type", typists, of=Letter, returns=Text).timeout(3600).heartbeat(60)
example = Workflow.standard("example", typed.output(lambda text: text.words))

assert example.definition()["States"]["Type"]["HeartbeatSeconds"] == 60
