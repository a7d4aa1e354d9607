"""The typed workflow DSL: states composed in Python, compiled to Amazon States Language."""

import contextlib
import importlib
from typing import TYPE_CHECKING

from .aws.dynamodb import GetItem, PutItem
from .aws.sns import Publish
from .context import context
from .definition import ExpressWorkflow, StandardWorkflow, Workflow, WorkflowWarning
from .diagnostics import WorkflowError
from .error_names import EXISTS, TRANSIENT
from .own_jsonata import jsonata
from .records import Batched, Caught, S3Object, Started, Written
from .resources import Bucket, Table, Topic
from .states.base import End, Same, State, Step, Succeed
from .states.choice import Choice
from .states.distributed import DistributedMap, Results
from .states.flow import Fail, Pass, Return, back_to
from .states.map import Map
from .states.parallel import Parallel
from .states.sources import Csv, JsonArray, JsonLines, Listed, Manifest, Objects, Source
from .states.task import Task
from .states.try_ import Try
from .states.wait import Wait
from .states.working import Guarded, Service, Working
from .variables import Variable

if TYPE_CHECKING:
    from .aws.activities import RunActivity
    from .aws.dynamodb_query import Query
    from .aws.dynamodb_write import ABSENT, DeleteItem, UpdateItem
    from .aws.events import FAILED_ENTRY, PutEvent
    from .aws.executions import EXECUTION_EXISTS, CallExpress, RunExecution, StartExecution
    from .aws.functions import Invoke
    from .aws.http import CallHttp
    from .aws.s3 import NO_OBJECT, GetObject, PutObject
    from .aws.sdk import optimized, sdk
    from .aws.sqs import SendMessage
    from .aws.symbols import Activity, Bus, Connection, External, Queue, Role

__all__ = [
    "ABSENT",
    "EXECUTION_EXISTS",
    "EXISTS",
    "FAILED_ENTRY",
    "NO_OBJECT",
    "TRANSIENT",
    "Activity",
    "Batched",
    "Bucket",
    "Bus",
    "CallExpress",
    "CallHttp",
    "Caught",
    "Choice",
    "Connection",
    "Csv",
    "DeleteItem",
    "DistributedMap",
    "End",
    "ExpressWorkflow",
    "External",
    "Fail",
    "GetItem",
    "GetObject",
    "Guarded",
    "Invoke",
    "JsonArray",
    "JsonLines",
    "Listed",
    "Manifest",
    "Map",
    "Objects",
    "Parallel",
    "Pass",
    "Publish",
    "PutEvent",
    "PutItem",
    "PutObject",
    "Query",
    "Queue",
    "Results",
    "Return",
    "Role",
    "RunActivity",
    "RunExecution",
    "S3Object",
    "Same",
    "SendMessage",
    "Service",
    "Source",
    "StandardWorkflow",
    "StartExecution",
    "Started",
    "State",
    "Step",
    "Succeed",
    "Table",
    "Task",
    "Topic",
    "Try",
    "UpdateItem",
    "Variable",
    "Wait",
    "Workflow",
    "WorkflowError",
    "WorkflowWarning",
    "Working",
    "Written",
    "back_to",
    "context",
    "jsonata",
    "optimized",
    "sdk",
]

_ON_DEMAND = {
    "RunActivity": "aws.activities",
    "Query": "aws.dynamodb_query",
    "ABSENT": "aws.dynamodb_write",
    "DeleteItem": "aws.dynamodb_write",
    "UpdateItem": "aws.dynamodb_write",
    "FAILED_ENTRY": "aws.events",
    "PutEvent": "aws.events",
    "EXECUTION_EXISTS": "aws.executions",
    "CallExpress": "aws.executions",
    "RunExecution": "aws.executions",
    "StartExecution": "aws.executions",
    "Invoke": "aws.functions",
    "CallHttp": "aws.http",
    "NO_OBJECT": "aws.s3",
    "GetObject": "aws.s3",
    "PutObject": "aws.s3",
    "optimized": "aws.sdk",
    "sdk": "aws.sdk",
    "SendMessage": "aws.sqs",
    "Activity": "aws.symbols",
    "Bus": "aws.symbols",
    "Connection": "aws.symbols",
    "External": "aws.symbols",
    "Queue": "aws.symbols",
    "Role": "aws.symbols",
}
"""Names whose modules are imported when they are asked for: a workflow without services starts 30 ms earlier."""


def __getattr__(name: str) -> object:
    """A name of _ON_DEMAND, from now on a name of this module."""
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f".{_ON_DEMAND[name]}", __name__), name)
    globals()[name] = _public(value)
    return value


def _public(value: object) -> object:
    """The value; tracebacks and reprs show it by its public name."""
    if hasattr(value, "__module__") and not isinstance(value, str):
        with contextlib.suppress(AttributeError):  # a frozen value
            value.__module__ = __name__
    return value


for _name in __all__:
    if _name not in _ON_DEMAND:
        _public(globals()[_name])
