"""EventBridge Scheduler behind boto3, and the clock that fires its schedules (embedded default).

https://docs.aws.amazon.com/scheduler/latest/APIReference/. Targets are Lambda functions (invoked as an event) and state
machines (StartExecution).
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from local.aws.documents import Documents
from local.aws.rest import ApiError
from local.aws.scheduler.expressions import read

log = logging.getLogger("scheduler")

Deliver = Callable[[str, str], Awaitable[None]]
"""Gives a target's ARN its input (JSON text)."""

_GROUP = "default"


class SchedulerService:
    """The operations, as `RestService` calls them. One group, `default`."""

    def __init__(self, documents: Documents, deliver: Deliver, *, region: str, account: str) -> None:
        self._documents, self._deliver = documents, deliver
        self._region, self._account = region, account
        self._schedules: dict[str, dict[str, Any]] = documents.all("schedule")
        self._clocks: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Take up the schedules of an earlier process; what was due meanwhile fires once, now."""
        for name in self._schedules:
            self._wind(name)

    async def close(self) -> None:
        """Stop the clock."""
        for clock in self._clocks.values():
            clock.cancel()

    # Operations

    async def create_schedule(self, asked: dict[str, Any]) -> dict[str, Any]:
        """CreateSchedule."""
        name = asked["Name"]
        if name in self._schedules:
            raise ApiError("ConflictException", f"Schedule {name} already exists.")
        return self._put(asked, time.time())

    async def update_schedule(self, asked: dict[str, Any]) -> dict[str, Any]:
        """UpdateSchedule: all of it, what is not given takes its default."""
        return self._put(asked, self._named(asked)["CreationDate"])

    async def get_schedule(self, asked: dict[str, Any]) -> dict[str, Any]:
        """GetSchedule."""
        return {k: v for k, v in self._named(asked).items() if not k.startswith("_")}

    async def delete_schedule(self, asked: dict[str, Any]) -> None:
        """DeleteSchedule."""
        self._forget(self._named(asked)["Name"])

    async def list_schedules(self, asked: dict[str, Any]) -> dict[str, Any]:
        """ListSchedules, all on one page."""
        shown = ("Arn", "Name", "GroupName", "State", "CreationDate", "LastModificationDate")
        return {
            "Schedules": [
                {**{k: s[k] for k in shown}, "Target": {"Arn": s["Target"]["Arn"]}}
                for name, s in sorted(self._schedules.items())
                if name.startswith(asked.get("NamePrefix", ""))
            ]
        }

    # Parts

    def _named(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = asked["Name"]
        if asked.get("GroupName", _GROUP) != _GROUP or name not in self._schedules:
            raise ApiError("ResourceNotFoundException", f"Schedule {name} does not exist.")
        return self._schedules[name]

    def _put(self, asked: dict[str, Any], created: float) -> dict[str, Any]:
        if asked.get("GroupName", _GROUP) != _GROUP:
            raise ApiError("ResourceNotFoundException", f"Schedule group {asked['GroupName']} does not exist.")
        for what in ("StartDate", "EndDate"):
            if what in asked:
                raise ApiError("ValidationException", f"The local AWS does not offer {what} of schedules.")
        timezone = asked.get("ScheduleExpressionTimezone", "UTC")
        when = read(asked["ScheduleExpression"], timezone)
        service = asked["Target"]["Arn"].split(":")[2:3]
        if service not in (["lambda"], ["states"]):
            raise ApiError("ValidationException", "The local AWS schedules Lambda functions and state machines only.")
        now = time.time()
        name = asked["Name"]
        arn = f"arn:aws:scheduler:{self._region}:{self._account}:schedule/{_GROUP}/{name}"
        schedule = {
            **{k: v for k, v in asked.items() if k != "ClientToken"},
            "Arn": arn,
            "GroupName": _GROUP,
            "State": asked.get("State", "ENABLED"),
            "ScheduleExpressionTimezone": timezone,
            "CreationDate": created,
            "LastModificationDate": now,
            "_due": when.first(now),
        }
        self._save(schedule)
        self._wind(name)
        return {"ScheduleArn": arn}

    def _save(self, schedule: dict[str, Any]) -> None:
        self._documents.put("schedule", schedule["Name"], schedule)
        self._schedules[schedule["Name"]] = schedule

    def _forget(self, name: str) -> None:
        self._documents.delete("schedule", name)
        self._schedules.pop(name, None)
        clock = self._clocks.pop(name, None)
        if clock is not None:
            clock.cancel()

    def _wind(self, name: str) -> None:
        old = self._clocks.pop(name, None)
        if old is not None:
            old.cancel()
        if self._schedules[name]["State"] == "ENABLED":
            self._clocks[name] = asyncio.get_running_loop().create_task(self._tick(name))

    async def _tick(self, name: str) -> None:
        while True:
            schedule = self._schedules[name]
            due = schedule["_due"]
            if due is None:
                return
            # In steps: a laptop that slept must not fire late by the time it slept.
            while (left := due - time.time()) > 0:
                await asyncio.sleep(min(left, 30.0))
            when = read(schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"])
            try:
                await self._deliver(schedule["Target"]["Arn"], _input(schedule, due))
            except Exception:  # a schedule goes on whatever its target says
                log.exception("schedule %s", name)
            following = when.after(due, time.time())
            if following is None and schedule.get("ActionAfterCompletion") == "DELETE":
                self._documents.delete("schedule", name)
                self._schedules.pop(name, None)
                return
            # After the target has it: killed in between, it fires twice rather than not at all.
            self._save({**schedule, "_due": following})


def _input(schedule: dict[str, Any], due: float) -> str:
    stamp = datetime.fromtimestamp(due, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text: str | None = schedule["Target"].get("Input")
    if text is None:
        return json.dumps(
            {
                "version": "0",
                "id": str(uuid.uuid4()),
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": schedule["Arn"].split(":")[4],
                "time": stamp,
                "region": schedule["Arn"].split(":")[3],
                "resources": [schedule["Arn"]],
                "detail": "{}",
            }
        )
    for name, value in (
        ("schedule-arn", schedule["Arn"]),
        ("scheduled-time", stamp),
        ("execution-id", str(uuid.uuid4())),
        ("attempt-number", "1"),
    ):
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text
