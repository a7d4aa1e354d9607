"""`python -m simulator serve`: the Step Functions API on loopback, for any definition.

Takes Step Functions Local's environment: SFN_MOCK_CONFIG, WAIT_TIME_SCALE, LAMBDA_ENDPOINT, AWS_ACCOUNT_ID,
AWS_DEFAULT_REGION. https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local.html
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from simulator.api.app import create_app
from simulator.api.guard import guard
from simulator.executions import Engine
from simulator.integrations import AwsTasks, Services
from simulator.integrations.remote import invoke_at
from simulator.mocks import MockedTasks, Mocks
from simulator.sqlite import SqliteStore
from simulator.store import MemoryStore, Store
from simulator.tasks import TaskRunner


@dataclass(frozen=True, slots=True)
class Settings:
    """What to serve and how. `endpoint` answers AWS services, `lambda_endpoint` Lambda (else `endpoint` does)."""

    port: int = 8083
    endpoint: str | None = None
    lambda_endpoint: str | None = None
    mocks: Path | None = None
    store: Path | None = None
    wait_scale: float = 1.0
    region: str = "us-east-1"
    account: str = "123456789012"

    @staticmethod
    def from_environment(environment: Mapping[str, str]) -> Settings:
        """Step Functions Local's settings. Raises ValueError for a WAIT_TIME_SCALE that is no number."""
        mocks = environment.get("SFN_MOCK_CONFIG")
        return Settings(
            endpoint=environment.get("AWS_ENDPOINT_URL"),
            lambda_endpoint=environment.get("LAMBDA_ENDPOINT"),
            mocks=Path(mocks) if mocks else None,
            wait_scale=float(environment.get("WAIT_TIME_SCALE", "1")),
            region=environment.get("AWS_DEFAULT_REGION", "us-east-1"),
            account=environment.get("AWS_ACCOUNT_ID", "123456789012"),
        )


def make_engine(settings: Settings) -> Engine:
    """An engine by these settings, what its store kept taken up. Call it on the event loop."""
    services = Services(settings.endpoint, region=settings.region) if settings.endpoint else None
    where = settings.lambda_endpoint or settings.endpoint
    aws = AwsTasks(invoke_at(where, settings.region) if where else None, services)
    mocked = MockedTasks(Mocks.read(settings.mocks), aws) if settings.mocks else None
    store: Store = SqliteStore(settings.store) if settings.store else MemoryStore()
    tasks: TaskRunner = mocked or aws
    engine = Engine(
        tasks, store=store, region=settings.region, account=settings.account, wait_scale=settings.wait_scale
    )
    aws.attach(engine)
    if mocked is not None:
        mocked.attach(engine)
    engine.recover()
    return engine


async def serve(settings: Settings, ready: asyncio.Future[int] | None = None) -> None:
    """Serve until cancelled or told to stop. `ready` gets the port: port 0 is any that is free."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", settings.port))
    port = listener.getsockname()[1]
    engine = make_engine(settings)
    app = guard(create_app(engine), port=port)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.001)
        if ready is not None:
            ready.set_result(port)
        await serving
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        await engine.close()
