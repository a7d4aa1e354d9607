"""The task runner that answers for AWS: Lambda, nested executions, everything else through boto3."""

from __future__ import annotations

import uuid

from simulator.executions import Engine
from simulator.integrations.lambda_ import Invoke, call_function
from simulator.integrations.names import OPTIMISED
from simulator.integrations.nested import start_execution
from simulator.integrations.services import Services
from simulator.tasks import Submission, TaskCall, TaskFailed
from simulator.values import Value


class AwsTasks:
    """Answers tasks: Lambda by an injected `invoke`, nested executions by the engine, AWS's services by `services`.

    `attach` the engine before the first nested execution. What is missing fails the task with States.Runtime.
    """

    def __init__(self, invoke: Invoke | None = None, services: Services | None = None) -> None:
        self._invoke, self._services = invoke, services
        self._engine: Engine | None = None

    def attach(self, engine: Engine) -> None:
        """Have nested executions run in this engine."""
        self._engine = engine

    async def run(self, call: TaskCall) -> Value:
        """Answer a task. Raises TaskFailed."""
        resource = call.resource
        result = await self._answer(call)
        if resource.pattern == "token" and not isinstance(result, Submission):
            return Submission(result, None)
        return result

    async def _answer(self, call: TaskCall) -> Value:
        resource = call.resource
        if resource.kind == "lambda" or (resource.service == "lambda" and resource.action == "invoke"):
            if self._invoke is None:
                raise TaskFailed("States.Runtime", f"No Lambda is connected to answer {resource.arn}")
            return await call_function(self._invoke, call, str(uuid.uuid4()))
        nested = resource.service == "states" or resource.service == "aws-sdk:sfn"
        if nested and resource.action == "startExecution" and self._engine is not None:
            return await start_execution(self._engine, call, str(uuid.uuid4()))
        known = resource.service.startswith("aws-sdk:") or resource.service in OPTIMISED
        if self._services is None or not known or resource.pattern == "sync":
            raise TaskFailed("States.Runtime", f"The integration {resource.arn} is not supported here")
        return await self._services.call(call)

    def close(self) -> None:
        """Let go of threads and connections."""
        if self._services is not None:
            self._services.close()
