"""The child executions of Map Runs, as DescribeExecution, GetExecutionHistory and ListExecutions show them."""

from __future__ import annotations

from typing import NamedTuple

from simulator.api.requests import Request, Response, may, page, paged, without_nones
from simulator.executions import Engine, Execution
from simulator.faults import ApiError, resource_missing
from simulator.maprun import Child, MapRun
from simulator.values import text


class Found(NamedTuple):
    """A Map Run, and the execution of the engine that it runs in: its parent, or what its parent is a child of."""

    execution: Execution
    run: MapRun


def map_run(engine: Engine, arn: str) -> Found:
    """The Map Run with this ARN. Raises InvalidArn and ResourceNotFound."""
    # arn:PARTITION:states:REGION:ACCOUNT:mapRun:MACHINE/LABEL:ID names its machine.
    parts = arn.split(":")
    if len(parts) != 8 or parts[5] != "mapRun" or "/" not in parts[6]:
        raise ApiError("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {arn}'")
    machine = parts[6].partition("/")[0]
    for execution in engine.executions.values():
        if execution.machine.name == machine:
            for run in execution.run.map_runs:
                if run.arn == arn:
                    return Found(execution, run)
    raise resource_missing(arn)


def find(engine: Engine, arn: str) -> tuple[Found, Child] | None:
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
                        return Found(execution, run), child
    return None


def describe(found: Found, child: Child, now: float) -> Response:
    """A child as DescribeExecution shows it."""
    run = found.run
    succeeded = child.status == "SUCCEEDED"
    refusal = child.refusal(now)
    return without_nones(
        {
            "executionArn": child.arn,
            "stateMachineArn": run.machine_arn,
            "name": child.name,
            "status": child.shown,
            "startDate": child.started,
            "stopDate": _stopped(child),
            "input": text(child.input),
            "inputDetails": {"included": True},
            "output": text(child.output) if succeeded else None,
            "outputDetails": {"included": True} if succeeded else None,
            "error": child.error,
            "cause": child.cause,
            "mapRunArn": run.arn,
            "stateMachineVersionArn": found.execution.version_arn,
            "stateMachineAliasArn": found.execution.alias_arn,
            "redriveCount": child.redrives,
            "redriveDate": child.redriven,
            "redriveStatus": "REDRIVABLE_BY_MAP_RUN" if refusal is None else "NOT_REDRIVABLE",
            "redriveStatusReason": None if child.express and not succeeded else refusal,
        }
    )


def list_children(engine: Engine, arn: str, request: Request) -> Response:
    """ListExecutions of a Map Run, newest first, perhaps of one status, perhaps only those redriven, or not."""
    run = map_run(engine, arn).run
    status, redriven = may(request, "statusFilter", str), may(request, "redriveFilter", str)
    found = [
        child
        for child in reversed(run.children)
        if status in (None, child.shown) and (redriven is None or (redriven == "REDRIVEN") == bool(child.redrives))
    ]
    found.sort(key=lambda child: -(_stopped(child) or child.redriven or child.started))

    def show(child: Child) -> Response:
        return without_nones(
            {
                "executionArn": child.arn,
                "stateMachineArn": run.machine_arn,
                "name": child.name,
                "status": child.shown,
                "startDate": child.started,
                "stopDate": _stopped(child),
                "mapRunArn": run.arn,
                "itemCount": child.items,
                "redriveCount": child.redrives,
                "redriveDate": child.redriven,
            }
        )

    return paged("executions", page(request, found, show))


def _stopped(child: Child) -> float | None:
    return None if child.status == "RUNNING" else child.stopped
