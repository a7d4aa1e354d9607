"""Handing what the API changed to the store, before anyone is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulator.executions import Engine
from simulator.machines import StateMachine


async def written(write: Callable[[Callable[[BaseException | None], None]], None]) -> None:
    """Hand a fact to the store and wait until it is safe."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def then(error: BaseException | None) -> None:
        if not done.done():
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

    write(then)
    await done


async def save_machine(engine: Engine, machine: StateMachine) -> None:
    """Keep a state machine as it is now. Raises what kept it from being written."""
    try:
        await written(lambda then: engine.store.put("machine", machine.arn, machine.save(), then))
    except Exception:
        # What could not be written did not happen: the machine is again what the store has of it, if anything.
        engine.machines.by_arn.pop(machine.arn, None)
        for arn, kept in engine.store.objects("machine"):
            if arn == machine.arn:
                engine.machines.by_arn[arn] = StateMachine.restore(kept)
        raise
