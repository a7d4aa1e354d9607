"""Integrations with AWS's services as states: `from workflow.integrations import SendMessage, sdk`.

Apart from the language's own names, because they need the service models; DynamoDB's GetItem and PutItem and SNS's
Publish stand with those.
"""

from .aws.activities import RunActivity
from .aws.calling import Calling
from .aws.dynamodb_query import Query
from .aws.dynamodb_write import ABSENT, DeleteItem, UpdateItem
from .aws.events import FAILED_ENTRY, PutEvent
from .aws.executions import EXECUTION_EXISTS, EXPRESS_FAILED, CallExpress, RunExecution, StartExecution
from .aws.functions import Invoke
from .aws.http import CallHttp
from .aws.s3 import NO_OBJECT, GetObject, PutObject
from .aws.sdk import optimized, sdk
from .aws.sqs import SendMessage
from .aws.symbols import Activity, Bus, Connection, External, Queue, Role
from .records import Started
from .resources import Bucket

__all__ = [
    "ABSENT",
    "EXECUTION_EXISTS",
    "EXPRESS_FAILED",
    "FAILED_ENTRY",
    "NO_OBJECT",
    "Activity",
    "Bucket",
    "Bus",
    "CallExpress",
    "CallHttp",
    "Calling",
    "Connection",
    "DeleteItem",
    "External",
    "GetObject",
    "Invoke",
    "PutEvent",
    "PutObject",
    "Query",
    "Queue",
    "Role",
    "RunActivity",
    "RunExecution",
    "SendMessage",
    "StartExecution",
    "Started",
    "UpdateItem",
    "optimized",
    "sdk",
]

for _name in __all__:
    _value = globals()[_name]
    if isinstance(_value, type) and _name not in ("Bucket", "Started"):  # the hints of a model name its own module
        _value.__module__ = __name__  # tracebacks and reprs show the public name
