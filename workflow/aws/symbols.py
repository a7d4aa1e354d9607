"""Resources of AWS that states use, as symbols: bound to URLs, names and ARNs only when a definition is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..resources import Symbol


@dataclass(frozen=True)
class Resource:
    """A resource by the name that the program gives it; `key` is what bindings are looked up by."""

    name: str
    kind: ClassVar[str] = "resource"

    @property
    def key(self) -> str:
        """`<kind>.<name>`."""
        return f"{self.kind}.{self.name}"

    @property
    def symbol(self) -> Symbol:
        """The text that it is bound to."""
        return Symbol(self.key)


@dataclass(frozen=True)
class Queue(Resource):
    """An SQS queue; bound to its URL. The name of a FIFO queue ends with `.fifo`."""

    kind: ClassVar[str] = "queue"

    @property
    def fifo(self) -> bool:
        """Whether messages keep their order."""
        return self.name.endswith(".fifo")


@dataclass(frozen=True)
class Bus(Resource):
    """An EventBridge bus; bound to its name."""

    kind: ClassVar[str] = "bus"


@dataclass(frozen=True)
class Connection(Resource):
    """An EventBridge connection, which holds the credentials of an HTTP endpoint; bound to its ARN."""

    kind: ClassVar[str] = "connection"


@dataclass(frozen=True)
class Activity(Resource):
    """An activity of Step Functions, whose workers ask for tasks; bound to its ARN."""

    kind: ClassVar[str] = "activity"


@dataclass(frozen=True)
class External(Resource):
    """A Lambda function that is none of this project's handlers; bound to the ARN of the version or alias to call."""

    kind: ClassVar[str] = "external"


@dataclass(frozen=True)
class Role(Resource):
    """An IAM role; bound to its ARN."""

    kind: ClassVar[str] = "role"
