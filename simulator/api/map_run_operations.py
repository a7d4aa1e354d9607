"""Map Runs: the operations that look at a Distributed Map's work."""

from __future__ import annotations

from simulator.api import children
from simulator.api.requests import Request, Response, need, page, paged, without_nones
from simulator.executions import Engine
from simulator.maprun import MapRun


class MapRunOperations:
    """Each public method is one operation of the API."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def describe_map_run(self, request: Request) -> Response:
        """DescribeMapRun."""
        run = children.map_run(self._engine, need(request, "mapRunArn", str))
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
                "itemCounts": run.counts(items=True),
                "executionCounts": run.counts(items=False),
                "redriveCount": 0,
            }
        )

    async def list_map_runs(self, request: Request) -> Response:
        """ListMapRuns of an execution."""
        execution = self._engine.get(need(request, "executionArn", str))
        return paged("mapRuns", page(request, execution.run.map_runs, _summary))


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
