"""What the tests of Distributed Maps share: states, a world in which some items fail, and an S3 of a dict."""

from __future__ import annotations

import base64
from typing import Any

from simulator import TaskCall, TaskFailed
from simulator.errors import StateError
from simulator.values import Value
from tests.simulator.support import LAMBDA


def each(states: dict[str, Any] | None = None, kind: str = "STANDARD") -> dict[str, Any]:
    """An ItemProcessor in distributed mode; without states, one Task that is given the item."""
    states = states or {"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}
    return {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
        "StartAt": next(iter(states)),
        "States": states,
    }


def passing(**more: Any) -> dict[str, Any]:
    """A Distributed Map whose children return what they are given."""
    return {"Type": "Map", "ItemProcessor": each({"B": {"Type": "Pass", "End": True}}), **more}


def working(kind: str = "STANDARD", **more: Any) -> dict[str, Any]:
    """A Distributed Map whose children ask a task."""
    return {"Type": "Map", "ItemProcessor": each(kind=kind), **more}


class World:
    """Tasks echo, except what is told to fail (`failing`, by arguments). `asked` has what was asked."""

    def __init__(self, *failing: Value) -> None:
        self.failing: list[Value] = list(failing)
        self.asked: list[Value] = []

    def __call__(self, call: TaskCall) -> Value:
        """Answer a task at once."""
        self.asked.append(call.arguments)
        if call.arguments in self.failing:
            raise TaskFailed("Broken", "told to")
        return call.arguments

    async def run(self, call: TaskCall) -> Value:
        """Answer a task of an engine."""
        return self(call)

    def mend(self) -> None:
        """Nothing fails any more; forget what was asked."""
        self.failing.clear()
        self.asked.clear()


class Bucket(World):
    """S3 as a dict of (bucket, key) to text or bytes; other tasks as World has them. `told`: each S3 request."""

    def __init__(self, objects: dict[tuple[str, str], str | bytes] | None = None, *failing: Value) -> None:
        super().__init__(*failing)
        self.objects = dict(objects or {})
        self.told: list[tuple[str, Value]] = []

    def __call__(self, call: TaskCall) -> Value:
        """Answer a task at once."""
        if call.resource.service != "s3":
            return super().__call__(call)
        self.told.append((call.resource.action, call.arguments))
        bucket = call.arguments["Bucket"]
        if call.resource.action == "putObject":
            self.objects[bucket, call.arguments["Key"]] = call.arguments["Body"]
            return {}
        if call.resource.action == "listObjectsV2":
            keys = [
                key for at, key in self.objects if at == bucket and key.startswith(call.arguments.get("Prefix", ""))
            ]
            return {"Contents": [{"Key": key, "Size": len(self.objects[bucket, key])} for key in keys]}
        try:
            body = self.objects[bucket, call.arguments["Key"]]
        except KeyError:
            raise StateError("S3.NoSuchKey", "The specified key does not exist.") from None
        return {"Body": body if isinstance(body, str) else {"Base64": base64.b64encode(body).decode()}}
