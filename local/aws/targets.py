"""What pipes and schedules may invoke: state machines of the engine, and Lambda functions, in this process."""

from __future__ import annotations

from typing import Any

from local.aws.lambdas.service import LambdaService
from local.aws.pipes.poller import Invoke, TargetFailed
from local.aws.rest import ApiError
from simulator.executions import Engine
from simulator.faults import ApiError as EngineError
from simulator.values import text


class Targets:
    """Invokes by ARN."""

    def __init__(self, engine: Engine, lambdas: LambdaService) -> None:
        self._engine, self._lambdas = engine, lambdas

    async def for_pipe(self, arn: str, parameters: dict[str, Any]) -> Invoke:
        """How a pipe's batches reach a target. Raises ApiError ValidationException for what a pipe cannot call."""
        service = arn.split(":")[2:3]
        if service == ["lambda"]:
            return self._lambda(arn, _kind(parameters, "LambdaFunctionParameters"))
        if service != ["states"]:
            raise ApiError("ValidationException", "The local AWS pipes into state machines and Lambda functions only.")
        kind = _kind(parameters, "StepFunctionStateMachineParameters")
        try:
            express = self._engine.machines.resolve(arn, self._engine.random).machine.express
        except EngineError as error:
            raise ApiError("ValidationException", f"The target cannot be used: {error.message}") from None
        if kind == "REQUEST_RESPONSE" and not express:
            text_ = (
                "REQUEST_RESPONSE is not supported for Standard state machines; use FIRE_AND_FORGET or an Express one."
            )
            raise ApiError("ValidationException", text_)
        return self._synchronous(arn) if kind == "REQUEST_RESPONSE" else self._asynchronous(arn)

    async def deliver(self, arn: str, payload: str) -> None:
        """A schedule's call: an event for a function, a started execution for a state machine."""
        if arn.split(":")[2:3] == ["lambda"]:
            await self._lambdas.accept(arn, payload.encode())
        else:
            await self._engine.start(arn, payload)

    def _synchronous(self, arn: str) -> Invoke:
        async def invoke(batch: str) -> str | None:
            try:
                execution = await self._engine.run(arn, batch)
            except EngineError as error:
                raise ApiError(error.code, error.message, 400) from None
            run = execution.run
            if run.status != "SUCCEEDED":
                raise TargetFailed(f"{execution.arn} {run.status}: {run.error}: {run.cause}"[:500])
            return text(run.output)

        return invoke

    def _asynchronous(self, arn: str) -> Invoke:
        async def invoke(batch: str) -> str | None:
            try:
                await self._engine.start(arn, batch)
            except EngineError as error:
                raise ApiError(error.code, error.message, 400) from None
            return None

        return invoke

    def _lambda(self, arn: str, kind: str) -> Invoke:
        async def synchronous(batch: str) -> str | None:
            payload, error = await self._lambdas.run(arn, batch.encode())
            if error is not None:
                raise TargetFailed(payload.decode("utf-8", "replace")[:500])
            return payload.decode("utf-8", "replace")

        async def asynchronous(batch: str) -> str | None:
            await self._lambdas.accept(arn, batch.encode())
            return None

        return synchronous if kind == "REQUEST_RESPONSE" else asynchronous


def _kind(parameters: dict[str, Any], name: str) -> str:
    kind: str = parameters.get(name, {}).get("InvocationType", "REQUEST_RESPONSE")
    return kind
