"""The child executions of Map Runs, as DescribeExecution, GetExecutionHistory and ListExecutions show them."""

from __future__ import annotations

from simulator.api.requests import Request, Response, may, page, paged, without_nones
from simulator.executions import Engine
from simulator.faults import resource_missing
from simulator.maprun import Child, MapRun
from simulator.values import text


def map_run(engine: Engine, arn: str) -> MapRun:
    """The Map Run with this ARN. Raises ResourceNotFound."""
    # arn:PARTITION:states:REGION:ACCOUNT:mapRun:MACHINE/LABEL:ID names its machine.
    machine = arn.split(":")[6].partition("/")[0] if arn.count(":") >= 7 else ""
    for execution in engine.executions.values():
        if execution.machine.name == machine:
            for run in execution.run.map_runs:
                if run.arn == arn:
                    return run
    raise resource_missing(arn)


def find(engine: Engine, arn: str) -> tuple[MapRun, Child] | None:
    """The child execution with this ARN and its Map Run; None for what is no child's ARN or is not there."""
    parts = arn.split(":")
    if len(parts) != 8 or parts[5] != "execution" or "/" not in parts[6]:
        return None
    machine = parts[6].partition("/")[0]
    for execution in engine.executions.values():
        if execution.machine.name == machine:
            for run in execution.run.map_runs:
                for child in run.children:
                    if child.arn == arn:
                        return run, child
    return None


def describe(run: MapRun, child: Child) -> Response:
    """A child as DescribeExecution shows it."""
    succeeded = child.status == "SUCCEEDED"
    return without_nones(
        {
            "executionArn": child.arn,
            "stateMachineArn": run.machine_arn,
            "name": child.name,
            "status": child.status,
            "startDate": child.started,
            "stopDate": child.stopped or None,
            "input": text(child.input),
            "inputDetails": {"included": True},
            "output": text(child.output) if succeeded else None,
            "outputDetails": {"included": True} if succeeded else None,
            "error": child.error,
            "cause": child.cause,
            "mapRunArn": run.arn,
            "redriveCount": 0,
            "redriveStatus": "NOT_REDRIVABLE" if succeeded else "REDRIVABLE_BY_MAP_RUN",
        }
    )


def list_children(engine: Engine, arn: str, request: Request) -> Response:
    """ListExecutions of a Map Run, newest first, perhaps of one status."""
    run = map_run(engine, arn)
    status = may(request, "statusFilter", str)
    found = [child for child in reversed(run.children) if status in (None, child.status)]

    def show(child: Child) -> Response:
        return without_nones(
            {
                "executionArn": child.arn,
                "stateMachineArn": run.machine_arn,
                "name": child.name,
                "status": child.status,
                "startDate": child.started,
                "stopDate": child.stopped or None,
                "mapRunArn": run.arn,
                "itemCount": child.items,
            }
        )

    return paged("executions", page(request, found, show))
