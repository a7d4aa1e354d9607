"""Executions of AWS as results: a history from GetExecutionHistory, or an Express execution from its log events.

    result = recorded(Path("execution.json"))                # aws stepfunctions get-execution-history > execution.json
    result = recorded(Path("logs.json"), of=telemetry)       # aws logs filter-log-events > logs.json

Express executions have no history API: each event is a line in the workflow's log group, in no order.
https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

from typing import Any, TypeVar, overload

from simulator.downloaded import NotRecorded, Source, events_of

from ..definition import Workflow
from ..diagnostics import caller_place
from .program import Plain, program
from .result import Result

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)

__all__ = ["NotRecorded", "Source", "recorded"]


@overload
def recorded(source: Source, *, of: Workflow[In, Out], execution: str | None = ...) -> Result[Out]: ...
@overload
def recorded(source: Source, *, of: Plain | None = ..., execution: str | None = ...) -> Result[Any]: ...
def recorded(source: Source, *, of: Any = None, execution: str | None = None) -> Result[Any]:
    """An execution that was recorded. of: the workflow that it is one of, so that its output is typed.

    execution: the ARN of the one to read, where log events hold several. Raises NotRecorded.
    """
    events = events_of(source, execution)
    what = program(of, {}, caller_place()) if of is not None else None
    return Result(events, program=what, name=what.name if what is not None else "execution")
