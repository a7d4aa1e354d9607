"""Map Runs: the operations that look at a Distributed Map's work, and change its limits while it runs.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html, API_ListMapRuns.html and
API_UpdateMapRun.html
"""

from __future__ import annotations

from typing import Any

from simulator.api import children
from simulator.api.requests import Request, Response, may, need, page, paged, without_nones
from simulator.executions import Engine
from simulator.faults import ApiError, out_of_bounds
from simulator.maprun import MapRun

#: The parameters of UpdateMapRun that change something: their types, largest values, and what they are here.
_CHANGES: tuple[tuple[str, Any, float | None, str], ...] = (
    ("maxConcurrency", int, None, "max_concurrency"),
    ("toleratedFailureCount", int, None, "tolerated_count"),
    ("toleratedFailurePercentage", (int, float), 100, "tolerated_percentage"),
)


class MapRunOperations:
    """Each public method is one operation of the API."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def describe_map_run(self, request: Request) -> Response:
        """DescribeMapRun."""
        run = children.map_run(self._engine, need(request, "mapRunArn", str)).run
        now = self._engine.clock.now()
        return without_nones(
            {
                "mapRunArn": run.arn,
                "executionArn": run.execution_arn,
                "status": run.status,
                "startDate": run.started,
                "stopDate": run.stopped,
                "maxConcurrency": run.max_concurrency,
                "toleratedFailurePercentage": run.tolerated_percentage or 0.0,
                "toleratedFailureCount": int(run.tolerated_count or 0),
                "itemCounts": run.counts(now, items=True),
                "executionCounts": run.counts(now, items=False),
                "redriveCount": run.redrives,
                "redriveDate": run.redriven,
            }
        )

    async def list_map_runs(self, request: Request) -> Response:
        """ListMapRuns of an execution, or of a Map Run's child, in the order in which they began."""
        arn = need(request, "executionArn", str)
        if ":execution:" not in arn:
            raise ApiError("InvalidArn", f"Invalid Arn: '{arn}'")
        found = children.find(self._engine, arn)
        execution = self._engine.get(arn) if found is None else found[0].execution
        runs = [run for run in execution.run.map_runs if run.execution_arn == arn]
        return paged("mapRuns", page(request, runs, _summary))

    async def update_map_run(self, request: Request) -> Response:
        """UpdateMapRun of a Map Run that runs. Raises ValidationException, InvalidArn and ResourceNotFound."""
        arn = need(request, "mapRunArn", str)
        changes: dict[str, float] = {}
        for name, kind, most, field in _CHANGES:
            value = may(request, name, kind)
            if value is None:
                continue
            if value < 0:
                raise out_of_bounds(name, value, "value greater than or equal to 0")
            if most is not None and value > most:
                raise out_of_bounds(name, value, f"value less than or equal to {most:g}")
            changes[field] = value
        found = children.map_run(self._engine, arn)
        if not changes:
            raise ApiError(
                "ValidationException",
                "One of maxConcurrency, toleratedFailureCount and toleratedFailurePercentage must be specified",
                "MISSING_REQUIRED_PARAMETER",
            )
        if found.run.status != "RUNNING":
            raise ApiError(
                "ValidationException",
                f"The Map Run is {found.run.status} and cannot be updated",
                "CANNOT_UPDATE_COMPLETED_MAP_RUN",
            )
        await self._engine.update_map_run(found.execution, arn, changes)
        return {}


def _summary(run: MapRun) -> Response:
    return without_nones(
        {
            "executionArn": run.execution_arn,
            "mapRunArn": run.arn,
            "stateMachineArn": run.machine_arn,
            "startDate": run.started,
            "stopDate": run.stopped,
        }
    )
