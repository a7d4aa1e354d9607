"""Resources as symbols: tables, topics and functions, bound to names and ARNs only when a definition is written.

A symbol's key (`table.readings`) is what bindings are looked up by: Pulumi outputs, local values, or nothing at all,
which leaves readable placeholders in golden files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from .diagnostics import Place, Problem, Refusal, caller_place, did_you_mean
from .expressions import kinds

PARTITION = "aws.partition"
"""The key of the partition (`aws`, `aws-cn`, `aws-us-gov`), which every resource's ARN needs."""

M = TypeVar("M")
Read = TypeVar("Read", covariant=True)


@dataclass(frozen=True)
class Symbol:
    """A text that is known only when a definition is written."""

    key: str


class Keyed(Protocol):
    """A resource: a table, a topic, a queue. As an argument it is the name, URL or ARN that it is bound to."""

    @property
    def key(self) -> str:
        """What it is bound by."""
        ...


@dataclass(frozen=True)
class Text:
    """A text with symbols in it, such as an ARN."""

    parts: tuple[str | Symbol, ...]


@cache
def states_arn(resource: str) -> Text:
    """The ARN of a task's resource: `arn:<partition>:states:::lambda:invoke`."""
    return Text(("arn:", Symbol(PARTITION), f":states:::{resource}"))


@dataclass(frozen=True)
class Function:
    """A handler that becomes a Lambda function of the same name; bound to the ARN of a version."""

    name: str
    fn: Callable[..., Any]

    @property
    def key(self) -> str:
        """`function.<name>`."""
        return f"function.{self.name}"


@dataclass(frozen=True)
class Topic:
    """An SNS topic; bound to its ARN."""

    name: str

    @property
    def key(self) -> str:
        """`topic.<name>`."""
        return f"topic.{self.name}"


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket; bound to its name."""

    name: str

    @property
    def key(self) -> str:
        """`bucket.<name>`."""
        return f"bucket.{self.name}"


class Readable(Generic[Read]):
    """What of a table GetItem needs: covariant, or mypy cannot place a GetItem written inside Parallel(...)."""

    name: str
    of: type[Any]
    partition_key: str
    problems: tuple[Problem, ...]

    @property
    def key(self) -> str:
        """`table.<name>`."""
        return f"table.{self.name}"


@dataclass(frozen=True, init=False)
class Table(Readable[M], Generic[M]):
    """A DynamoDB table whose items are of the model `of`; bound to its name.

    key: the field that is the partition key.
    """

    name: str
    of: type[Any]
    partition_key: str
    problems: tuple[Problem, ...] = field(compare=False)
    place: Place = field(compare=False)

    def __init__(self, name: str, of: type[M], key: str = "id") -> None:
        place = caller_place()
        problems = tuple(_check_table(name, of, key, place))
        for attribute, value in (
            ("name", name),
            ("of", of),
            ("partition_key", key),
            ("problems", problems),
            ("place", place),
        ):
            object.__setattr__(self, attribute, value)


def _check_table(name: str, of: Any, key: str, place: Place) -> list[Problem]:
    if not kinds.is_record(of):
        shown = getattr(of, "__name__", repr(of))
        return [Problem(place, f"table `{name}` of {shown}, which has no fields", "give a model", "table")]
    try:
        fields = kinds.fields_of(of)
    except Refusal as refusal:
        return list(refusal.at(place).problems)
    if key not in fields:
        what = f"{of.__name__} has no field `{key}` to be the key of table `{name}`"
        hint = did_you_mean(key, fields)
        return [Problem(place, what, f"{hint}: say which by key=" if hint else "give it one", "table-key")]
    kind = kinds.family(fields[key].kind)
    if kind not in ("str", "number"):
        what = f"the key of table `{name}`, {of.__name__}.{key}, is {kinds.show(fields[key].kind)}"
        return [Problem(place, what, "a key is text or a number", "table-key")]
    return []
