"""What must hold of every run, whatever went wrong in it."""

from __future__ import annotations

import json
from collections import Counter

from handlers.alerts import describe
from handlers.items import from_item
from handlers.models import Item
from tests.simulation.world import World


def problems(world: World) -> list[str]:
    """Everything that is wrong; nothing, if all is well."""
    return [*world.unexpected, *_outcomes(world), *_stores(world), *_alerts(world)]


def outcomes(world: World) -> dict[str, list[str]]:
    """What became of each message, by its trace: every outcome that any place shows."""
    tables = world.aws.tables
    places = {
        "stored": {item["trace"]["S"] for by, item, _ in tables["readings"].writes if by == "Store"},
        "duplicate": set(tables["repeats"].items),
        "quarantined": set(tables["quarantine"].items),
    }
    ended = {trace: [name for name, traces in places.items() if trace in traces] for trace in world.published}
    for message in world.queue.dead:
        trace = json.loads(message.body)["traceId"]
        ended[trace] = ended[trace] or ["dead-lettered"]  # what is finished is finished, wherever a copy lies
    return ended


def _outcomes(world: World) -> list[str]:
    if world.waiting:
        return [f"{name} waits for ever" for name in world.waiting]
    said = []
    for trace, ended in outcomes(world).items():
        # What a message repeats or contradicts may expire before it comes again: it then ends in a second way.
        again = len(ended) == 2 and world.aws.tables["readings"].expired[world.published[trace]]
        if len(ended) != 1 and not again:
            said.append(f"{trace} ended as {ended}")
    return said


def _stores(world: World) -> list[str]:
    readings = world.aws.tables["readings"]
    stores = Counter(item["id"]["S"] for by, item, _ in readings.writes if by == "Store")
    said = [f"{item['id']['S']} was stored over" for by, item, there in readings.writes if by == "Store" and there]
    at_start = Counter(item["id"]["S"] for by, item, _ in readings.writes if by == "start")
    for name, times in stores.items():
        if times + at_start[name] > 1 + readings.expired[name]:
            said.append(f"{name} was stored {times} times")
    return said


def _alerts(world: World) -> list[str]:
    said = [f"{trace} left the queue while its alert was pending" for trace in world.abandoned]
    dead = {json.loads(message.body)["traceId"] for message in world.queue.dead}
    for trace in world.unswept:
        if trace not in dead:
            said.append(f"the alert of {trace} is pending, and its message in no queue")
    published = set(world.aws.topic.messages)
    due: set[str] = set()
    for by, stored, _ in world.aws.tables["readings"].writes:
        item = from_item(Item, stored)
        if by == "Store" and item.alert == "pending":
            due.add(describe(item))
    said += [f"never sent: {text}" for text in sorted(due - published)]
    said += [f"sent without need: {text}" for text in sorted(published - due)]
    left = [key for key, item in world.aws.tables["readings"].items.items() if item["alert"]["S"] == "pending"]
    return said + [f"{key} is pending after the sweep" for key in left]
