"""What the engine costs by itself: each state as machines grow, which stays the same, and executions by store."""

from __future__ import annotations

import asyncio
import json
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.simulating import CASES, ROLE, Tasks, chained, one_more
from simulator import Engine, compile_machine, simulate
from simulator.machines import Revision, StateMachine, compile_text
from simulator.sqlite import SqliteStore
from simulator.store import MemoryStore, Store

ROUNDS, AT_ONCE = 10, 100


def per_state(count: int) -> float:
    """Seconds for each of so many states in a row; best of three."""
    compiled = compile_machine(chained({f"s{i}": one_more() for i in range(count)}))
    simulate(compiled, {"total": 0})
    times = []
    for _ in range(3):
        began = time.perf_counter()
        for _ in range(max(10_000 // count, 1)):
            simulate(compiled, {"total": 0})
        times.append((time.perf_counter() - began) / max(10_000 // count, 1) / count)
    return min(times)


async def executions(store: Store, definition: dict[str, Any], kind: str) -> float:
    """Executions a second, a hundred at a time; the best of some rounds."""
    engine, text = Engine(Tasks(), store=store), json.dumps(definition)
    arn = engine.arn("stateMachine", "m")
    engine.machines.by_arn[arn] = StateMachine(arn, "m", kind, 0, 0, Revision("1", text, ROLE, compile_text(text)))

    async def round_() -> None:
        await asyncio.gather(*(engine.run(arn, '{"total": 1}') for _ in range(AT_ONCE)))

    await round_()  # what is made once is not counted
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await round_()
        times.append(time.perf_counter() - began)
    await engine.close()
    return AT_ONCE / min(times)


def main() -> None:
    """Print the tables."""
    print(f"engine, Python {platform.python_version()}")
    for count in (100, 1_000, 10_000):
        print(f"  {f'{count:,} states in a row, each':38}{per_state(count) * 1e6:>9.1f} us")
    with tempfile.TemporaryDirectory() as folder:
        for kind, label, store in (
            ("EXPRESS", "Express", MemoryStore()),
            ("STANDARD", "Standard, in memory", MemoryStore()),
            ("STANDARD", "Standard, durable", SqliteStore(Path(folder, "s.db"))),
        ):
            rate = asyncio.run(executions(store, CASES["one Lambda"][0], kind))
            print(f"  {f'one Lambda, {label}, a second':38}{rate:>9,.0f}")


if __name__ == "__main__":
    main()
