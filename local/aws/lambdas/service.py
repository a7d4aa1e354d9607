"""Lambda behind boto3: functions, versions, code, and invocations on warm workers (embedded default).

What a deployment and a workflow need of https://docs.aws.amazon.com/lambda/latest/api/; other operations are refused by
name. The handler is real Python from the archive it was given; dependencies come from the virtual environment, so
layers are recorded and not fetched.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws.lambdas.code import digest, unpack
from local.aws.lambdas.configuration import configure, initial, logging_variables, pool_key, shown
from local.aws.lambdas.events import Events
from local.aws.lambdas.functions import LATEST, Function, Functions
from local.aws.lambdas.logs import keep_small, log_of
from local.aws.lambdas.pool import Pool, Throttled
from local.aws.lambdas.runtime_api import Invocation, Outcome
from local.aws.lambdas.worker_process import Spec
from local.aws.rest import ApiError

MAX_SYNC = 6 * 1024 * 1024
MAX_ASYNC = 1024 * 1024
# A published version is answered when its first worker is ready, as a function on AWS is Active when it can run; one
# that takes longer, or cannot start, keeps nobody waiting.
READY_SECONDS = 10.0


@dataclass(frozen=True)
class Place:
    """Where the service runs: its folders, its account, and how many workers a function may have."""

    state: Path
    logs: Path
    home: Path
    region: str
    account: str
    endpoint: str
    workers: int
    client: str

    @property
    def prefix(self) -> str:
        """The beginning of every function's ARN."""
        return f"arn:aws:lambda:{self.region}:{self.account}"


class LambdaService:
    """The operations, as `RestService` calls them, and `run` for callers in this process."""

    def __init__(self, functions: Functions, events: Events, place: Place, fetch: Callable[[str, str], bytes]) -> None:
        self._functions = functions
        self._events = events
        self._place = place
        self._fetch = fetch
        self._pools: dict[str, Pool] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._keeping: asyncio.Task[None] | None = None

    # Calls from this process

    async def run(self, arn: str, payload: bytes) -> tuple[bytes, str | None]:
        """Invoke a function and wait: the payload, and "Unhandled" if it is an error document.

        Raises ApiError, with the codes of the Invoke API: ResourceNotFoundException, TooManyRequestsException.
        """
        outcome = await self._run(arn, None, payload, None)
        return outcome.payload, outcome.error

    async def accept(self, arn: str, payload: bytes) -> None:
        """Take an event for a function; it is on disk when this returns. Raises ApiError ResourceNotFoundException."""
        self._functions.find(arn, None, self._place.prefix)
        self._events.put(arn, payload)

    async def start(self) -> None:
        """Take up what an earlier process left: warm the published versions, run the queued events."""
        for name in self._functions.names():
            function = self._functions.get(name)
            if function is not None and function.versions:
                self._pool(function, function.versions[str(function.numbered)]).warm()
        self._events.start(self._run_event)
        self._keeping = asyncio.get_running_loop().create_task(keep_small(self._place.logs))

    async def close(self) -> None:
        """End all workers."""
        self._events.close()
        if self._keeping is not None:
            self._keeping.cancel()
        await asyncio.gather(*(pool.close() for pool in self._pools.values()), *self._closing)

    def log_groups(self) -> dict[str, Path]:
        """The log file of each function by its log group."""
        functions = [self._functions.get(name) for name in self._functions.names()]
        return {f.latest["LoggingConfig"]["LogGroup"]: log_of(self._place.logs, f.name) for f in functions if f}

    # Operations

    async def create_function(self, asked: dict[str, Any]) -> dict[str, Any]:
        """CreateFunction."""
        name = asked["FunctionName"].rpartition(":")[2]
        if self._functions.get(name) is not None:
            raise ApiError("ResourceConflictException", f"Function already exist: {name}")
        latest = initial(name, f"{self._place.prefix}:function:{name}", asked)
        await self._load(latest, asked["Code"])
        function = Function(name, latest, tags=asked.get("Tags", {}))
        return await self._saved(function, asked.get("Publish", False))

    async def update_function_code(self, asked: dict[str, Any]) -> dict[str, Any]:
        """UpdateFunctionCode."""
        function = self._named(asked)
        changed = dict(function.latest)
        await self._load(changed, asked)
        if "Architectures" in asked:
            changed["Architectures"] = asked["Architectures"]
        if asked.get("DryRun"):
            return shown(changed)
        function.latest = changed
        return await self._saved(function, asked.get("Publish", False))

    async def update_function_configuration(self, asked: dict[str, Any]) -> dict[str, Any]:
        """UpdateFunctionConfiguration."""
        function = self._named(asked)
        changed = dict(function.latest)
        configure(changed, asked)
        function.latest = changed
        return await self._saved(function, False)

    async def get_function(self, asked: dict[str, Any]) -> dict[str, Any]:
        """GetFunction."""
        function, configuration = self._version(asked)
        answer: dict[str, Any] = {
            "Configuration": shown(configuration),
            "Code": {"RepositoryType": "S3", "Location": Path(configuration["_code"]).as_uri()},
        }
        if function.tags:
            answer["Tags"] = function.tags
        return answer

    async def get_function_configuration(self, asked: dict[str, Any]) -> dict[str, Any]:
        """GetFunctionConfiguration."""
        return shown(self._version(asked)[1])

    async def list_functions(self, asked: dict[str, Any]) -> dict[str, Any]:
        """ListFunctions, all on one page."""
        found = [self._functions.get(name) for name in self._functions.names()]
        return {"Functions": [shown(function.latest) for function in found if function is not None]}

    async def publish_version(self, asked: dict[str, Any]) -> dict[str, Any]:
        """PublishVersion."""
        function = self._named(asked)
        if asked.get("CodeSha256", function.latest["CodeSha256"]) != function.latest["CodeSha256"]:
            text = (
                f"CodeSHA256 ({asked['CodeSha256']}) is different from current CodeSHA256 in $LATEST "
                f"({function.latest['CodeSha256']}). Please try again with the CodeSHA256 in $LATEST."
            )
            raise ApiError("InvalidParameterValueException", text)
        version = function.publish(asked.get("Description"))
        self._functions.keep(function)
        await self._pool(function, version).warmed(READY_SECONDS)
        return shown(version)

    async def list_versions_by_function(self, asked: dict[str, Any]) -> dict[str, Any]:
        """ListVersionsByFunction, all on one page."""
        function = self._named(asked, check=False)
        return {"Versions": [shown(c, qualified=True) for c in (function.latest, *function.versions.values())]}

    async def delete_function(self, asked: dict[str, Any]) -> dict[str, Any]:
        """DeleteFunction: one version, or all of it."""
        function, qualifier = self._functions.find(asked["FunctionName"], asked.get("Qualifier"), self._place.prefix)
        if qualifier == LATEST:
            text = "$LATEST version cannot be deleted without deleting the function."
            raise ApiError("InvalidParameterValueException", text)
        gone = [function.versions.pop(qualifier)] if qualifier else [function.latest, *function.versions.values()]
        if qualifier:
            self._functions.keep(function)
        else:
            self._functions.remove(function.name)
        for configuration in gone:
            self._retire(pool_key(configuration))
        return {"StatusCode": 204}

    async def list_tags(self, asked: dict[str, Any]) -> dict[str, Any]:
        """ListTags."""
        return {"Tags": self._functions.find(asked["Resource"], None, self._place.prefix)[0].tags}

    async def tag_resource(self, asked: dict[str, Any]) -> None:
        """TagResource."""
        function = self._functions.find(asked["Resource"], None, self._place.prefix)[0]
        function.tags.update(asked["Tags"])
        self._functions.keep(function)

    async def untag_resource(self, asked: dict[str, Any]) -> None:
        """UntagResource."""
        function = self._functions.find(asked["Resource"], None, self._place.prefix)[0]
        for key in asked["TagKeys"]:
            function.tags.pop(key, None)
        self._functions.keep(function)

    async def invoke(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Invoke: synchronous, as an event, or a dry run."""
        payload: bytes = asked.get("Payload") or b"{}"
        kind = asked.get("InvocationType", "RequestResponse")
        limit = MAX_ASYNC if kind == "Event" else MAX_SYNC
        if len(payload) > limit:
            raise ApiError(
                "RequestTooLargeException",
                f"{len(payload)} byte payload is too large for the {kind} invocation type (limit {limit} bytes)",
            )
        try:
            json.loads(payload)
        except ValueError as error:
            text = f"Could not parse request body into json: {error}"
            raise ApiError("InvalidRequestContentException", text) from None
        configuration = self._version(asked)[1]
        if kind == "DryRun":
            return {"StatusCode": 204}
        if kind == "Event":
            self._events.put(configuration["FunctionArn"], payload)
            return {"StatusCode": 202}
        outcome = await self._run(asked["FunctionName"], asked.get("Qualifier"), payload, asked.get("ClientContext"))
        answer: dict[str, Any] = {
            "StatusCode": 200, "Payload": outcome.payload, "ExecutedVersion": configuration["Version"],
        }  # fmt: skip
        if outcome.error:
            answer["FunctionError"] = outcome.error
        if asked.get("LogType") == "Tail":
            answer["LogResult"] = base64.b64encode(
                _end_of(log_of(self._place.logs, configuration["FunctionName"]))
            ).decode()
        return answer

    # Parts

    async def _run(self, reference: str, qualifier: str | None, payload: bytes, context: str | None) -> Outcome:
        function, qualifier, configuration = self._functions.find_version(reference, qualifier, self._place.prefix)
        if context is not None:
            context = base64.b64decode(context).decode("utf-8", "replace")
        arn = f"{self._place.prefix}:function:{function.name}" + (f":{qualifier}" if qualifier else "")
        invocation = Invocation(payload, arn, float(configuration["Timeout"]), context)
        try:
            return await self._pool(function, configuration).invoke(invocation)
        except Throttled:
            raise ApiError("TooManyRequestsException", "Rate Exceeded.", 429) from None

    async def _run_event(self, arn: str, payload: bytes) -> bool:
        """Run an event; False if it failed and may be tried again."""
        try:
            return (await self.run(arn, payload))[1] is None
        except ApiError as error:
            return error.code == "ResourceNotFoundException"

    def _named(self, asked: dict[str, Any], *, check: bool = True) -> Function:
        function = self._functions.find(asked["FunctionName"], None, self._place.prefix)[0]
        if check and asked.get("RevisionId", function.latest["RevisionId"]) != function.latest["RevisionId"]:
            text = (
                "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to "
                "retrieve the latest Revision Id"
            )
            raise ApiError("PreconditionFailedException", text)
        return function

    def _version(self, asked: dict[str, Any]) -> tuple[Function, dict[str, Any]]:
        function, qualifier, configuration = self._functions.find_version(
            asked["FunctionName"], asked.get("Qualifier"), self._place.prefix
        )
        if qualifier == LATEST:
            configuration = {**configuration, "FunctionArn": f"{configuration['FunctionArn']}:{LATEST}"}
        return function, configuration

    async def _load(self, configuration: dict[str, Any], code: dict[str, Any]) -> None:
        if code.get("ZipFile"):
            archive: bytes = code["ZipFile"]
        elif code.get("S3Bucket") and code.get("S3Key"):
            archive = await asyncio.to_thread(self._fetch, code["S3Bucket"], code["S3Key"])
        else:
            text = "Please provide a source for function code."
            raise ApiError("InvalidParameterValueException", text)
        folder = await asyncio.to_thread(unpack, archive, self._place.state / "code")
        configuration.update(CodeSha256=digest(archive), CodeSize=len(archive), _code=str(folder))

    async def _saved(self, function: Function, publish: bool) -> dict[str, Any]:
        old = self._functions.get(function.name)
        if old is not None and "RevisionId" in old.latest:
            self._retire(pool_key(old.latest))
        self._functions.save(function)
        if not publish:
            return shown(function.latest)
        version = function.publish(None)
        self._functions.keep(function)
        await self._pool(function, version).warmed(READY_SECONDS)
        return shown(version)

    def _retire(self, key: str) -> None:
        pool = self._pools.pop(key, None)
        if pool is not None:
            task = asyncio.get_running_loop().create_task(pool.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _pool(self, function: Function, configuration: dict[str, Any]) -> Pool:
        key = pool_key(configuration)
        pool = self._pools.get(key)
        if pool is None:
            place = self._place
            spec = Spec(
                name=function.name,
                version=configuration["Version"],
                handler=configuration["Handler"],
                runtime=configuration["Runtime"],
                timeout=float(configuration["Timeout"]),
                memory=configuration["MemorySize"],
                code=Path(configuration["_code"]),
                log=log_of(place.logs, function.name),
                variables=configuration.get("Environment", {}).get("Variables", {}),
                platform={
                    **logging_variables(configuration["LoggingConfig"]),
                    "AWS_REGION": place.region,
                    "AWS_DEFAULT_REGION": place.region,
                    "AWS_ACCESS_KEY_ID": "test",
                    "AWS_SECRET_ACCESS_KEY": "test",
                    "AWS_ENDPOINT_URL": place.endpoint,
                    # StartSyncExecution would put "sync-" before the host, and such a name does not exist on loopback.
                    "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
                },
                client=place.client,
            )
            pool = self._pools[key] = Pool(spec, place.home, place.workers)
        return pool


def _end_of(log: Path) -> bytes:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            return file.read()
    except OSError:
        return b""
