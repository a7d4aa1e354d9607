"""An engine after a restart: what its store kept is known again, and what was running goes on."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

from simulator import recovery
from simulator.activities import Activity
from simulator.execution import Execution
from simulator.machines import Revision, StateMachine
from simulator.recovery import Outstanding, Recalled
from simulator.store import Saved

if TYPE_CHECKING:
    from simulator.executions import Engine
    from simulator.machine import Run


def recover(engine: Engine, express_limit: float) -> int:
    """Take up state machines, activities and executions. Returns how many executions go on."""
    store = engine.store
    for arn, kept in store.objects("machine"):
        engine.machines.by_arn[arn] = StateMachine.restore(kept)
    for arn, kept in store.objects("activity"):
        engine.activities[arn] = Activity.restore(kept)
    known = list(store.executions())
    engine.random = random.Random(f"{engine.seed}\0{len(known)}")  # noqa: S311 - ids; no name is drawn twice
    going: list[tuple[Execution, Outstanding]] = []
    for saved in known:
        execution, left = _restore(engine, saved, express_limit)
        if left is None:
            execution.ending = True
            execution.finished.set()
        else:
            going.append((execution, left))
        engine.take_up(execution)
    for execution, left in going:
        _resume(engine, execution, left)
    return len(going)


def _restore(engine: Engine, saved: Saved, express_limit: float) -> tuple[Execution, Outstanding | None]:
    """An execution as it was kept, and what it waits for (None: it is over)."""
    begin = saved.begin
    arn = begin["machine"]
    revision = Revision(begin["revision"], begin["definition"], begin["role"], recovery.compiled(begin["definition"]))
    kind = "EXPRESS" if begin["express"] else "STANDARD"
    machine = engine.machines.by_arn.get(arn) or StateMachine(
        arn, arn.rpartition(":")[2], kind, begin["now"], begin["now"], revision
    )
    run: Run | Recalled
    left: Outstanding | None = None
    if saved.end is None:
        run, left = recovery.replay(saved, express_limit if begin["express"] else None)
    else:
        run = Recalled(saved, partial(engine.store.journal, saved.arn))
    execution = Execution(
        saved.arn,
        begin["name"],
        machine,
        revision,
        begin["input"],
        run,
        begin.get("version"),
        begin.get("alias"),
        begin.get("trace"),
        begin.get("case"),
    )
    execution.begun = begin
    return execution, left


def _resume(engine: Engine, execution: Execution, left: Outstanding) -> None:
    """Set up again what an execution waits for: tokens, tasks in flight, timers."""
    for key, call in left.calls.items():
        if key in left.submitted and call.resource.pattern == "token":
            execution.calls[key] = call
            if call.token is not None:
                execution.tokens[key] = call.token
        else:
            engine.driver.begin_task(execution, call)
    for key, when in left.timers.items():
        engine.driver.set_timer(execution, key, when)
    engine.driver.carry_out(execution, [])
