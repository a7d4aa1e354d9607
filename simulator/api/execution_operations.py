"""Executions, task tokens and activities: the operations that run things."""

from __future__ import annotations

import math
from typing import Any

from simulator.activities import Activity
from simulator.api import children
from simulator.api.requests import Request, Response, bounded, may, need, page, paged, without_nones
from simulator.api.saving import written
from simulator.executions import Engine, Execution
from simulator.faults import ApiError, activity_missing, invalid_arn, not_redrivable
from simulator.history import render
from simulator.machines import check_name
from simulator.redriving import refusal_of
from simulator.values import PAYLOAD_LIMIT, load, text

#: Characters of the error and cause that StopExecution and SendTaskFailure take.
ERROR_LIMIT, CAUSE_LIMIT = 256, 32_768
_STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE")
_REDRIVEN = ("REDRIVEN", "NOT_REDRIVEN")


class ExecutionOperations:
    """Each public method is one operation of the API."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # -------------------------------------------------------------- executions

    async def start_execution(self, request: Request) -> Response:
        """StartExecution: names of Standard executions are idempotent."""
        execution = await self._engine.start(
            need(request, "stateMachineArn", str),
            _input(request),
            may(request, "name", str),
            may(request, "traceHeader", str),
        )
        return {"executionArn": execution.arn, "startDate": execution.run.started_at}

    async def start_sync_execution(self, request: Request) -> Response:
        """StartSyncExecution: Express only; the answer comes when the execution is over."""
        arn = need(request, "stateMachineArn", str)
        target = self._engine.machines.resolve(arn.partition("#")[0], self._engine.random)
        if not target.machine.express:
            raise ApiError(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
            )
        execution = await self._engine.run(
            arn, _input(request), may(request, "name", str), may(request, "traceHeader", str)
        )
        shown = self._describe(execution)
        took = ((execution.run.stopped_at or 0.0) - execution.run.started_at) * 1000
        shown["billingDetails"] = {
            "billedMemoryUsedInMB": 64,
            "billedDurationInMilliseconds": max(100, math.ceil(took / 100) * 100),
        }
        for name in (
            "redriveCount",
            "redriveStatus",
            "redriveStatusReason",
            "stateMachineVersionArn",
            "stateMachineAliasArn",
        ):
            shown.pop(name, None)
        return shown

    async def describe_execution(self, request: Request) -> Response:
        """DescribeExecution, of Standard executions and of a Map Run's children."""
        arn = need(request, "executionArn", str)
        child = children.find(self._engine, arn)
        if child is not None:
            return children.describe(*child, self._engine.clock.now())
        return self._describe(self._standard(arn))

    def _describe(self, execution: Execution) -> Response:
        run = execution.run
        succeeded = run.status == "SUCCEEDED"
        reason = None if execution.express else refusal_of(execution, self._engine.clock.now())
        return without_nones(
            {
                "executionArn": execution.arn,
                "stateMachineArn": execution.machine.arn,
                "name": execution.name,
                "status": run.status,
                "startDate": run.started_at,
                "stopDate": run.stopped_at,
                "input": execution.input,
                "inputDetails": {"included": True},
                "output": text(run.output) if succeeded else None,
                "outputDetails": {"included": True} if succeeded else None,
                "traceHeader": execution.trace_header,
                "error": run.error,
                "cause": run.cause,
                "stateMachineVersionArn": execution.version_arn,
                "stateMachineAliasArn": execution.alias_arn,
                "redriveCount": run.redrives,
                "redriveDate": run.redriven_at,
                "redriveStatus": "REDRIVABLE" if reason is None else "NOT_REDRIVABLE",
                "redriveStatusReason": reason,
            }
        )

    async def get_execution_history(self, request: Request) -> Response:
        """GetExecutionHistory, paged, in either order; `includeExecutionData: false` leaves the data out."""
        arn = need(request, "executionArn", str)
        child = children.find(self._engine, arn)
        events = self._standard(arn).events if child is None else child[1].events
        ordered = events[::-1] if request.get("reverseOrder") else events
        with_data = request.get("includeExecutionData", True)
        return paged(
            "events", page(request, ordered, lambda event: _bare(render(event)) if not with_data else render(event))
        )

    async def list_executions(self, request: Request) -> Response:
        """ListExecutions of a machine (version or alias), newest first, perhaps of one status."""
        map_run, of_machine = may(request, "mapRunArn", str), may(request, "stateMachineArn", str)
        if (map_run is None) == (of_machine is None):
            raise ApiError("ValidationException", "Must provide a StateMachine ARN or MapRun ARN")
        status, redriven = may(request, "statusFilter", str), may(request, "redriveFilter", str)
        for name, value, known in (("statusFilter", status, _STATUSES), ("redriveFilter", redriven, _REDRIVEN)):
            if value is not None and value not in known:
                raise ApiError(
                    "ValidationException",
                    f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: "
                    f"Member must satisfy enum value set: [{', '.join(known)}]",
                )
        if map_run is not None:
            return children.list_children(self._engine, map_run, request)
        if status == "PENDING_REDRIVE":
            raise ApiError("ValidationException", "The status filter PENDING_REDRIVE needs a MapRun ARN")
        arn = need(request, "stateMachineArn", str)
        machine = self._engine.machines.resolve(arn, self._engine.random).machine
        if machine.express:
            raise ApiError(
                "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"
            )
        found = [
            execution
            for execution in reversed(self._engine.executions.values())
            if execution.machine.arn == machine.arn
            and (arn == machine.arn or arn in (execution.version_arn, execution.alias_arn))
            and status in (None, execution.status)
            and (redriven is None or (redriven == "REDRIVEN") == bool(execution.run.redrives))
        ]
        # Running executions by when they began or were redriven, others by when they stopped.
        found.sort(key=lambda one: -(one.run.stopped_at or one.run.redriven_at or one.run.started_at))
        return paged("executions", page(request, found, _summary))

    async def stop_execution(self, request: Request) -> Response:
        """StopExecution, of Standard executions and of a Map Run's Standard children."""
        arn = need(request, "executionArn", str)
        found = children.find(self._engine, arn)
        if found is not None:
            (parent, _), child = found
            if child.express:
                raise invalid_arn("express")
            if child.status == "RUNNING":
                await self._engine.stop_child(parent, arn, *_failure(request))
            return {"stopDate": child.stopped}
        execution = self._standard(arn)
        stopped = await self._engine.stop(execution.arn, *_failure(request))
        return {"stopDate": stopped}

    async def redrive_execution(self, request: Request) -> Response:
        """RedriveExecution; children of a Map Run are redriven by their parent."""
        arn = need(request, "executionArn", str)
        if children.find(self._engine, arn) is not None:
            raise not_redrivable("A child execution of a Map Run is redriven by redriving its parent")
        execution = self._standard(arn)
        return {"redriveDate": await self._engine.redrive(execution.arn, may(request, "clientToken", str))}

    def _standard(self, arn: str) -> Execution:
        if ":express:" in arn:
            raise invalid_arn("express")
        if ":execution:" not in arn:
            raise ApiError("InvalidArn", f"Invalid Arn: '{arn}'")
        return self._engine.get(arn)

    # -------------------------------------------------------------- tokens

    async def send_task_success(self, request: Request) -> Response:
        """SendTaskSuccess."""
        token, output = need(request, "taskToken", str), need(request, "output", str)
        if len(output.encode("utf-8")) > PAYLOAD_LIMIT:
            raise ApiError("ValidationException", f"The output is longer than {PAYLOAD_LIMIT} bytes")
        try:
            value = load(output)
        except ValueError as error:
            raise ApiError("InvalidOutput", f"Invalid Output: '{error}'") from None
        await self._engine.task_success(token, value)
        return {}

    async def send_task_failure(self, request: Request) -> Response:
        """SendTaskFailure."""
        await self._engine.task_failure(need(request, "taskToken", str), *_failure(request))
        return {}

    async def send_task_heartbeat(self, request: Request) -> Response:
        """SendTaskHeartbeat."""
        await self._engine.task_heartbeat(need(request, "taskToken", str))
        return {}

    # -------------------------------------------------------------- activities

    async def create_activity(self, request: Request) -> Response:
        """CreateActivity: idempotent."""
        name = check_name(need(request, "name", str))
        arn = self._engine.arn("activity", name)
        activity = self._engine.activities.get(arn)
        if activity is None:
            tags = {tag["key"]: tag.get("value", "") for tag in request.get("tags") or []}
            activity = Activity(arn, name, self._engine.clock.now(), tags)
            saved = activity.save()
            await written(lambda then: self._engine.store.put("activity", arn, saved, then))
            activity = self._engine.activities.setdefault(arn, activity)
        return {"activityArn": arn, "creationDate": activity.created}

    async def describe_activity(self, request: Request) -> Response:
        """DescribeActivity."""
        return _activity(self._activity(request))

    async def list_activities(self, request: Request) -> Response:
        """ListActivities, by name."""
        activities = sorted(self._engine.activities.values(), key=lambda activity: activity.name)
        return paged("activities", page(request, activities, _activity))

    async def delete_activity(self, request: Request) -> Response:
        """DeleteActivity."""
        arn = need(request, "activityArn", str)
        if arn in self._engine.activities:
            await written(lambda then: self._engine.store.delete("activity", arn, then))
            self._engine.activities.pop(arn, None)
        return {}

    async def get_activity_task(self, request: Request) -> Response:
        """GetActivityTask: waits up to 60 seconds for work."""
        activity = self._activity(request)
        token, value = await self._engine.activity_task(activity, may(request, "workerName", str))
        return {"taskToken": token, "input": text(value)} if token else {}

    def _activity(self, request: Request) -> Activity:
        arn = need(request, "activityArn", str)
        activity = self._engine.activities.get(arn)
        if activity is None:
            raise activity_missing(arn)
        return activity


def _input(request: Request) -> str:
    value = may(request, "input", str)
    return "{}" if value is None else value


def _activity(activity: Activity) -> Response:
    return {"activityArn": activity.arn, "name": activity.name, "creationDate": activity.created}


def _summary(execution: Execution) -> Response:
    return without_nones(
        {
            "executionArn": execution.arn,
            "stateMachineArn": execution.machine.arn,
            "name": execution.name,
            "status": execution.status,
            "startDate": execution.run.started_at,
            "stopDate": execution.run.stopped_at,
            "stateMachineVersionArn": execution.version_arn,
            "stateMachineAliasArn": execution.alias_arn,
            "redriveCount": execution.run.redrives,
            "redriveDate": execution.run.redriven_at,
        }
    )


def _failure(request: Request) -> tuple[str | None, str | None]:
    """The error and cause that a caller gives. Raises ValidationException for longer ones than may be."""
    error, cause = may(request, "error", str), may(request, "cause", str)
    bounded("error", error or "", ERROR_LIMIT)
    bounded("cause", cause or "", CAUSE_LIMIT)
    return error, cause


def _bare(event: dict[str, Any]) -> dict[str, Any]:
    """An event without inputs, outputs and causes."""
    hidden = ("input", "output", "inputDetails", "outputDetails", "parameters", "assignedVariables")
    return {
        key: {name: inner for name, inner in value.items() if name not in hidden} if isinstance(value, dict) else value
        for key, value in event.items()
    }
