"""The typed workflow DSL: states composed in Python, compiled to Amazon States Language."""

from .aws.dynamodb import GetItem, PutItem
from .aws.sns import Publish
from .context import context
from .definition import ExpressWorkflow, StandardWorkflow, Workflow, WorkflowWarning
from .diagnostics import WorkflowError
from .error_names import EXISTS, TRANSIENT
from .own_jsonata import jsonata
from .records import Batched, Caught, S3Object, Written
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

__all__ = [
    "EXISTS",
    "TRANSIENT",
    "Batched",
    "Bucket",
    "Caught",
    "Choice",
    "Csv",
    "DistributedMap",
    "End",
    "ExpressWorkflow",
    "Fail",
    "GetItem",
    "Guarded",
    "JsonArray",
    "JsonLines",
    "Listed",
    "Manifest",
    "Map",
    "Objects",
    "Parallel",
    "Pass",
    "Publish",
    "PutItem",
    "Results",
    "Return",
    "S3Object",
    "Same",
    "Service",
    "Source",
    "StandardWorkflow",
    "State",
    "Step",
    "Succeed",
    "Table",
    "Task",
    "Topic",
    "Try",
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
]

for _name in __all__:
    _value = globals()[_name]
    if hasattr(_value, "__module__") and not isinstance(_value, str):
        try:
            _value.__module__ = __name__  # tracebacks and reprs show the public name
        except AttributeError:  # a frozen value
            continue
