"""S3: objects read and written by AWS's SDK.
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from ..diagnostics import Problem, caller_place
from ..expressions import Root, kinds
from ..expressions.nodes import Call, Field, Node
from ..lambdas import ANY, INPUT, expression, kind_of, root
from ..resources import Bucket
from ..states.base import A, In, Out
from . import catalogue
from .calling import Calling

T = TypeVar("T")

NO_OBJECT = "S3.NoSuchKeyException"
"""What GetObject fails with if there is nothing under the key."""


def _bucket(name: str, bucket: Any, place: Any) -> tuple[dict[str, Any], list[Problem]]:
    if isinstance(bucket, Bucket):
        return {"Bucket": bucket}, []
    shown = getattr(bucket, "__name__", repr(bucket))
    return {"Bucket": "?"}, [Problem(place, f"the bucket of `{name}` is {shown}", 'give a Bucket("...")', "bucket")]


class GetObject(Calling[In, Out]):
    """Reads an object of at most 256 KiB and passes it on: as text, or with `returns` as the JSON of a model."""

    bucket: Bucket

    @overload
    def __init__(
        self: GetObject[A, str], name: str, bucket: Bucket, *, of: type[A], key: Callable[[A], str]
    ) -> None: ...
    @overload
    def __init__(
        self: GetObject[A, T], name: str, bucket: Bucket, *, of: type[A], key: Callable[[A], str], returns: type[T]
    ) -> None: ...
    def __init__(self, name: str, bucket: Bucket, *, of: Any, key: Any, returns: Any = None) -> None:
        place = caller_place()
        takes = kind_of(of)
        where, problems = _bucket(name, bucket, place)
        body: Node = Field(root("states.result", ANY).node, "Body", kind=kinds.STR)
        if returns is not None:
            body = Call("$parse", (body,), kind=kind_of(returns))
        self._call(
            name,
            place,
            catalogue.sdk("s3:getObject"),
            takes,
            {**where, "Key": key},
            result=Root(body, body.kind),
            passes=body.kind,
            own=expression(body),
            bucket=bucket,
            problems=problems,
        )


class PutObject(Calling[In, Out]):
    """Writes an object and passes its input on.

    body: text, or data that is written as JSON. unless_exists: fail if there is an object under this key.
    """

    bucket: Bucket

    def __init__(
        self: PutObject[A, A],
        name: str,
        bucket: Bucket,
        *,
        of: type[A],
        key: Callable[[A], str],
        body: Callable[[A], object],
        unless_exists: bool = False,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        where, problems = _bucket(name, bucket, place)
        given: dict[str, Any] = {**where, "Key": key, "Body": body}
        if unless_exists:
            given["IfNoneMatch"] = "*"
        self._call(
            name,
            place,
            catalogue.sdk("s3:putObject"),
            takes,
            given,
            result=root("states.input", takes),
            passes=takes,
            own=INPUT,
            bucket=bucket,
            problems=problems,
        )
