"""The services' process: Step Functions, Lambda, Pipes and Scheduler behind the one endpoint (embedded default).

Started by `LocalAws` as `python -m local.aws.services '{settings}'`, and again whenever it dies: what its services must
know is on disk before they act on it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from botocore.exceptions import ClientError

from local.aws.authorization import AuthorizedTasks, Roles
from local.aws.call import JsonClient
from local.aws.clients import local_client, local_session
from local.aws.documents import Documents
from local.aws.front import service_of
from local.aws.integrations import DirectServices
from local.aws.lambdas.cloudwatch import TARGET, Shipper
from local.aws.lambdas.events import Events
from local.aws.lambdas.functions import Functions
from local.aws.lambdas.service import LambdaService, Place
from local.aws.needs import Place as Where
from local.aws.pipes.service import PipesService
from local.aws.process import enlist, report_ready
from local.aws.rest import ApiError, RestService
from local.aws.scheduler.service import SchedulerService
from local.aws.targets import Targets
from simulator import Engine, TaskFailed
from simulator.api.app import create_app
from simulator.api.guard import ASGIApp, Receive, Scope, Send, guard
from simulator.integrations import AwsTasks
from simulator.sqlite import SqliteStore


class Services:
    """All services of the process, and the application that serves them."""

    def __init__(self, settings: dict[str, Any]) -> None:
        state = Path(settings["state"])
        self._settings = settings
        self._session = local_session(settings["region"])
        self.documents = Documents(state / "services.db")
        place = Place(
            state=state, logs=Path(settings["logs"]), home=Path(settings["home"]), region=settings["region"],
            account=settings["account"], endpoint=settings["endpoint"], workers=settings["lambda_workers"],
            client=settings["runtime"],
        )  # fmt: skip
        self.lambdas = LambdaService(Functions(self.documents), Events(self.documents), place, self._fetch)
        self._tasks = AwsTasks(self._invoke, DirectServices(settings["endpoint"], region=settings["region"]))
        # As `Documents`: what a kill of the process must not lose. Power loss takes the emulator with it anyway.
        store = SqliteStore(state / "executions.db", synchronous="NORMAL")
        # Stands for the engine's runner of tasks, and asks the engine whose role it is.
        roles = Roles(lambda: local_client(self._session, "iam", settings["endpoint"]), Path(settings["roles"]))
        here = Where(settings["region"], settings["account"])
        tasks = AuthorizedTasks(self._tasks, roles.role, self._role_of, here)
        self.engine = Engine(tasks, store=store, region=settings["region"], account=settings["account"])
        self._tasks.attach(self.engine)
        targets = Targets(self.engine, self.lambdas)
        where = {"region": settings["region"], "account": settings["account"]}
        self._logs = JsonClient(settings["endpoint"], "logs", TARGET, settings["region"], "1.1")
        self._shipper = Shipper(self._logs, self.lambdas.log_groups)
        self._sqs = JsonClient(settings["endpoint"], "sqs", "AmazonSQS", settings["region"])
        self.pipes = PipesService(
            self.documents, self._sqs, targets.for_pipe, concurrency=settings["pipe_pollers"], **where
        )  # fmt: skip
        self.scheduler = SchedulerService(self.documents, targets.deliver, **where)
        self._apps: dict[str, ASGIApp] = {
            "states": create_app(self.engine),
            "pipes": RestService("pipes", self.pipes),
            "scheduler": RestService("scheduler", self.scheduler),
            "lambda": RestService("lambda", self.lambdas, validation_error="InvalidParameterValueException"),
        }

    async def start(self) -> None:
        """Take up what an earlier process left."""
        await self.lambdas.start()
        self.engine.recover()  # before the pipes: they look their targets up
        await self.pipes.start()
        await self.scheduler.start()
        self._shipper.start()

    async def close(self) -> None:
        """End workers and pollers."""
        self._shipper.close()
        await self.scheduler.close()
        await self.pipes.close()
        await self.engine.close()
        self._tasks.close()
        await self.lambdas.close()
        self._sqs.close()
        self._logs.close()
        self.documents.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        app = self._apps.get(service_of(scope) or "")
        if app is None:
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await app(scope, receive, send)

    def _role_of(self, execution_arn: str) -> str | None:
        """The role of a running execution."""
        execution = self.engine.executions.get(execution_arn)
        return None if execution is None else execution.run.info.role_arn

    async def _invoke(self, function: str, payload: bytes) -> tuple[bytes, str | None]:
        """Lambda as workflows call it. Step Functions puts the service before the names of Lambda's own errors."""
        try:
            return await self.lambdas.run(function, payload)
        except ApiError as error:
            raise TaskFailed(f"Lambda.{error.code}", error.message) from None

    def _fetch(self, bucket: str, key: str) -> bytes:
        try:
            body: bytes = (
                local_client(self._session, "s3", self._settings["endpoint"])
                .get_object(Bucket=bucket, Key=key)["Body"]
                .read()
            )
        except ClientError as error:
            text = f"Error occurred while GetObject. S3 Error Code: {error.response.get('Error', {}).get('Code')}."
            raise ApiError("InvalidParameterValueException", text) from None
        return body


class Server(uvicorn.Server):
    """Starts the services before it listens, reports readiness, and ends them after the last request."""

    def __init__(self, settings: dict[str, Any], services: Services, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app, lifespan="off", access_log=False, log_level="warning", timeout_keep_alive=75, date_header=True,
            timeout_graceful_shutdown=1, ws="none",
        )  # fmt: skip
        super().__init__(config)
        self._settings, self._services = settings, services

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the services, listen, tell the parent."""
        await self._services.start()
        await super().startup(sockets)
        # What is here now stays: without it the collector looks at it again and again, a tenth of a second at a time.
        # What comes later goes by itself, nearly all of it; the batches in flight alone would start a collection often.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000)
        if not self.should_exit:
            report_ready(self._settings)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, then end the services."""
        await super().shutdown(sockets)
        await self._services.close()


async def serve(settings: dict[str, Any]) -> None:
    """Serve until SIGTERM."""
    http = socket.socket(fileno=settings["http_fd"])
    services = Services(settings)
    # Requests come through the front with the endpoint's own Host; this port is nobody's address.
    port = int(settings["endpoint"].rpartition(":")[2])
    await Server(settings, services, guard(services, port=port)).serve(sockets=[http])


def main() -> None:
    """Entry point of the process."""
    settings = json.loads(sys.argv[1])
    enlist(settings)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
