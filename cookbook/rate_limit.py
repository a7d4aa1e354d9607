"""Rate limit: one call at a time, with a pause after each.

Use it for a service that allows few calls per second and knows no retries. The pause is part of each item, so five
lanes make five calls per pause.
"""

from dataclasses import dataclass

from workflow import Map, Task, Wait, Workflow


@dataclass
class Mailing:
    addresses: list[str]
    lanes: int


@dataclass
class Sent:
    address: str


def send(address: str) -> Sent:
    return Sent(address)


mails = Map(
    "Each address",
    Task("Send", send).timeout(10) >> Wait("Pause", seconds=1),
    of=Mailing,
    items=lambda mailing: mailing.addresses,
    max_concurrency=lambda mailing: mailing.lanes,
)
rate_limit = Workflow.standard("rate-limit", mails)
