"""Records that Step Functions makes: what a catcher knows, a batch of items, an object of S3, where results went.

Their annotations are no texts (no `from __future__ import annotations`): they are read where the class is public, in
`workflow`, and its type variables are not.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from typing_extensions import TypeVar as DefaultTypeVar

Given = TypeVar("Given", covariant=True)
Item = TypeVar("Item")
Extra = DefaultTypeVar("Extra", default=None)


@dataclass(frozen=True)
class Caught(Generic[Given]):
    """What a catcher knows: `output=lambda c: Rejected(id=c.input.id, why=c.message)`.

    input    the input of the state that failed
    error    the error's name: a Lambda's exception class, a `States.*` name, or a service's
    cause    the text that came with it; of a Lambda a JSON text with the stack trace
    message  a Lambda's errorMessage, else the cause itself
    """

    input: Given
    error: str
    cause: str
    message: str


@dataclass(frozen=True)
class Batched(Generic[Item, Extra]):
    """What the flow of a Distributed Map gets where items are batched. Field names are AWS's.
    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html"""

    Items: list[Item]
    BatchInput: Extra


@dataclass(frozen=True)
class S3Object:
    """An object as S3 lists it. Field names are AWS's.
    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html"""

    Key: str
    Etag: str
    LastModified: float
    """Seconds since 1970."""
    Size: int
    StorageClass: str


@dataclass(frozen=True)
class ResultWriterDetails:
    """Where the results of a Distributed Map were written."""

    Bucket: str
    Key: str


@dataclass(frozen=True)
class Written:
    """The result of a Distributed Map that writes its results to S3. Field names are AWS's.
    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html"""

    MapRunArn: str
    ResultWriterDetails: ResultWriterDetails


@dataclass(frozen=True)
class Started:
    """What is known of an execution that was started. Field names are AWS's.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html"""

    ExecutionArn: str
    StartDate: datetime
