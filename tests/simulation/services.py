"""Answers the workflow's tasks: real handlers and modelled services, each call with a way there, an effect and a way
back, any of which may fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from random import Random
from typing import Any

from handlers.quarantine import quarantine
from handlers.summarise import summarise
from handlers.validate import validate
from simulator import TaskCall, TaskFailed
from simulator.clock import VirtualClock
from simulator.values import text
from tests.simulation.faults import Fault, Faults
from tests.simulation.scheduler import Life
from tests.simulation.tables import Aws
from workflow.testing import functions

FUNCTIONS: dict[str, Callable[..., Any]] = {"validate": validate, "summarise": summarise, "quarantine": quarantine}
PREFIX = {"lambda": "Lambda", "dynamodb": "DynamoDB", "sns": "SNS"}
THROTTLED = {
    "lambda": "Lambda.TooManyRequestsException",
    "dynamodb": "DynamoDB.ThrottlingException",
    "sns": "SNS.ThrottledException",
}
BROKEN = {"lambda": "Boom", "dynamodb": "DynamoDB.ValidationException", "sns": "SNS.InvalidParameterException"}


class Tasks:
    """The task runner of one process's engine."""

    def __init__(
        self, aws: Aws, life: Life, random: Random, faults: Faults, clock: VirtualClock, note: Callable[..., None],
        poisoned: set[str],
    ) -> None:  # fmt: skip
        self._aws, self._life, self._random, self._faults, self._clock = aws, life, random, faults, clock
        self._note, self._poisoned = note, poisoned

    async def run(self, call: TaskCall) -> Any:
        """Answer a task. Its effect happens even if nobody waits for it any more."""
        await self._life.go_on()
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        service = call.resource.service
        fault = self._fault(call)
        seconds = self._random.uniform(0.002, 0.3)
        if fault in (Fault.LAMBDA_TIMEOUT, Fault.SLOW_SERVICE):
            seconds += (call.timeout or 0) * self._random.uniform(0.9, 3)
        failure: TaskFailed | None = None
        if fault is Fault.THROTTLED:
            failure = TaskFailed(THROTTLED[service], "Rate exceeded")
        elif fault in (Fault.TASK_ERROR, Fault.NOTIFY_FAILS, Fault.POISON):
            failure = TaskFailed(BROKEN[service], '{"errorMessage": "broken", "errorType": "Boom"}')
        if fault is not Fault.LOST_REQUEST:
            self._life.send(seconds, lambda: self._land(call, answer, failure, lost=fault is Fault.LOST_ANSWER))
        return await answer

    def _fault(self, call: TaskCall) -> Fault | None:
        if call.state == "Validate" and json.loads(call.arguments["Payload"]["input"]["body"])["traceId"] in (
            self._poisoned
        ):
            return Fault.POISON
        service = call.resource.service
        slow = Fault.LAMBDA_TIMEOUT if service == "lambda" else Fault.SLOW_SERVICE
        notify = (Fault.NOTIFY_FAILS,) if service == "sns" else ()
        return self._faults.first(
            *notify, Fault.TASK_ERROR, Fault.THROTTLED, slow, Fault.LOST_REQUEST, Fault.LOST_ANSWER
        )

    def _land(self, call: TaskCall, answer: asyncio.Future[Any], failure: TaskFailed | None, *, lost: bool) -> None:
        alive = not self._life.dead
        if alive and self._faults.strikes(Fault.DEATH_BEFORE):
            self._life.kill()
            return
        result: Any = None
        if failure is None:
            try:
                result = self._effect(call)
            except TaskFailed as failed:
                failure = failed
        service = call.resource.service
        self._note("task", call.state, call.attempt, failure.error if failure else text(result))
        if alive and self._faults.strikes(Fault.DEATH_AFTER):
            self._life.kill()
        if self._life.dead or answer.done():
            return
        if lost:
            answer.set_exception(TaskFailed(f"{PREFIX[service]}.SdkClientException", "closed before the answer"))
        elif failure is not None:
            answer.set_exception(failure)
        else:
            answer.set_result(result)

    def _effect(self, call: TaskCall) -> Any:
        given = call.arguments
        if call.resource.service == "lambda":
            made = functions.call(FUNCTIONS[given["FunctionName"]], given["Payload"], None, call.timeout)
            return functions.result(call, made)
        stale = call.resource.action == "getItem" and self._faults.strikes(Fault.STALE_READ)
        return self._aws.answer(call.resource.service, call.resource.action, call.state, given, stale=stale)
