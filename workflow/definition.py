"""Workflow: a chain with a name, checked as a whole when it is created, and written as a definition when asked.

All problems of all states, links and checks are raised together, as one WorkflowError.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from . import asl
from .checks import Subject, check
from .checks.duration import longest_seconds
from .diagnostics import Place, Problem, WorkflowError, caller_place
from .graph import Graph, build
from .lambdas import UNKNOWN_INPUT
from .orphans import take_orphans
from .resources import PARTITION, Bucket, Function, Readable, Symbol, Text, Topic
from .states.base import A, Part, R, Step, X, as_part, show
from .states.distributed import DistributedMap
from .states.parallel import branch_result

if TYPE_CHECKING:
    from .permissions import Permissions

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)
U = TypeVar("U", Function, Readable[Any], Topic)


class WorkflowWarning(UserWarning):
    """Something that is probably not meant; `.accept(...)` of the state or `accept=` of the workflow says it is."""


class Workflow(Generic[In, Out]):
    """A state machine, typed by what it takes and gives: `Workflow.express(...)` or `Workflow.standard(...)`."""

    kind: str = "STANDARD"
    """AWS's name of the type."""

    def __init__(
        self,
        name: str,
        flow: Part,
        *,
        timeout: int | None,
        comment: str,
        place: Place,
        accept: Mapping[str, str] | None = None,
    ) -> None:
        part = as_part(flow, f"the flow of `{name}`", place)
        self.name = name
        self.timeout = timeout
        self.comment = comment
        self.place = place
        self.takes = part.takes
        self.gives = branch_result(part, part.takes)
        self.graph: Graph = build(part)
        subject = Subject(name, self.kind, timeout, self.graph, place, accept or {})
        problems = [*self.graph.problems, *check(subject)]
        errors = [p for p in problems if p.severity == "error"]
        if errors:
            raise WorkflowError(dict.fromkeys([p for p in errors if p.page != UNKNOWN_INPUT] or errors))
        self.warnings: tuple[Problem, ...] = tuple(problems)
        for problem in problems:
            warnings.warn(problem.render(), WorkflowWarning, stacklevel=3)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}: {show(self.takes)} -> {show(self.gives)})"

    @staticmethod
    def express(
        name: str,
        flow: Step[A, X, R],
        *,
        timeout: int,
        comment: str = "",
        accept: Mapping[str, str] | None = None,
    ) -> ExpressWorkflow[A, X | R]:
        """An Express workflow: at most five minutes, at least once, answers its caller.

        timeout: seconds; must be more than the worst path, retries included. accept: warnings of the whole that are
        meant, by page, with the reason. Raises WorkflowError with all problems.
        """
        return ExpressWorkflow(name, flow, timeout=timeout, comment=comment, place=caller_place(), accept=accept)

    @staticmethod
    def standard(
        name: str,
        flow: Step[A, X, R],
        *,
        timeout: int | None = None,
        comment: str = "",
        accept: Mapping[str, str] | None = None,
    ) -> StandardWorkflow[A, X | R]:
        """A Standard workflow: up to a year, each state exactly once, with a history.

        timeout: seconds after which the execution fails with States.Timeout. accept: warnings of the whole that are
        meant, by page, with the reason. Raises WorkflowError with all problems.
        """
        return StandardWorkflow(name, flow, timeout=timeout, comment=comment, place=caller_place(), accept=accept)

    @overload
    @staticmethod
    def from_asl(
        path: str | Path, *, express: Literal[False] = False, name: str | None = None
    ) -> StandardWorkflow[Any, Any]: ...
    @overload
    @staticmethod
    def from_asl(path: str | Path, *, express: Literal[True], name: str | None = None) -> ExpressWorkflow[Any, Any]: ...
    @staticmethod
    def from_asl(path: str | Path, *, express: bool = False, name: str | None = None) -> Workflow[Any, Any]:
        """The workflow of a definition in Amazon States Language that nobody here wrote: checked, its role derived.

        path: the file; its placeholders, `${OrdersTable}`, are the symbols. name: the file's, without `.asl.json`, if
        not given. Raises WorkflowError with all problems, each with its place in the file; OSError.
        """
        from .foreign import read_asl  # the linter, with its parsers, is no part of the language's start

        return read_asl(Path(path), name=name, express=express)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """The handlers that become Lambda functions, each once, in order of appearance."""
        return _used(self.graph, "function", Function)

    @cached_property
    def tables(self) -> tuple[Readable[Any], ...]:
        """The tables, each once."""
        return _used(self.graph, "table", Readable)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The topics, each once."""
        return _used(self.graph, "topic", Topic)

    @cached_property
    def buckets(self) -> tuple[Bucket, ...]:
        """The buckets that Distributed Maps read and write, each once."""
        maps = [v.state for v in self.graph.vertices if isinstance(v.state, DistributedMap)]
        found = [bucket for state in maps for bucket in (state.source.bucket, state.results and state.results.bucket)]
        return tuple(dict.fromkeys(bucket for bucket in found if isinstance(bucket, Bucket)))

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """Every key that a definition needs a binding for, sorted."""
        keys: set[str] = set()
        for vertex in self.graph.vertices:
            arguments = getattr(vertex.state, "arguments", None)
            if arguments is not None:
                held = (arguments, vertex.state.__dict__.get("role"), vertex.state.__dict__.get("activity"))
                keys.update((PARTITION, *_symbols(held)))
            if isinstance(vertex.state, DistributedMap):
                keys.update(_symbols([vertex.state.source.reader, vertex.state.writer]))
        return tuple(sorted(keys))

    def definition(self, bindings: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The state machine's definition, with symbols bound; `${function.validate}` and its like without bindings.

        Raises KeyError, naming all of them, if symbols have no binding.
        """
        if bindings is not None:
            missing = [key for key in self.symbols if key not in bindings]
            if missing:
                raise KeyError(f"workflow `{self.name}` needs bindings for {', '.join(missing)}")
        for orphan in take_orphans(self.place.path):
            warnings.warn(orphan.render(), WorkflowWarning, stacklevel=2)
        resolve = (lambda key: f"${{{key}}}") if bindings is None else bindings.__getitem__
        return asl.write(self.graph.scope, resolve, timeout=self.timeout, comment=self.comment)

    def to_json(self, bindings: Mapping[str, str] | None = None) -> str:
        """The definition as text, indented, in a stable order."""
        return json.dumps(self.definition(bindings), indent=2, ensure_ascii=False) + "\n"

    def permissions(
        self, *, logs: bool = False, traces: bool = False, key: Text | Symbol | str | None = None
    ) -> Permissions:
        """What the state machine's role may do: the least that its states need, each statement named after them.

        logs, traces: whether executions are logged, and traced by X-Ray. key: the ARN of the customer's key that
        encrypts the state machine's data.
        """
        from .permissions import derive  # a tenth of the language's start; compiling needs none

        allowed = {
            vertex.state.name: tuple(r if isinstance(r, Text) else Text((r,)) for r in vertex.state.__dict__["allowed"])
            for vertex in self.graph.vertices
            if vertex.state.__dict__.get("allowed")
        }
        return derive(self.definition(), logs=logs, traces=traces, key=key, allowed=allowed)

    def longest_seconds(self) -> float:
        """The worst path: every attempt takes its whole timeout, every retry is used. Infinite if nothing bounds it."""
        return longest_seconds(self.graph.scope)


class ExpressWorkflow(Workflow[In, Out]):
    """At most five minutes; the only kind that a pipe can start and wait for."""

    kind = "EXPRESS"


class StandardWorkflow(Workflow[In, Out]):
    """Up to a year, each state exactly once, with a history of at most 25,000 events."""

    kind = "STANDARD"


def _used(graph: Graph, field: str, cls: type[U]) -> tuple[U, ...]:
    """The resources of one class that states hold, each once."""
    found: dict[str, U] = {}
    for vertex in graph.vertices:
        resource: Any = getattr(vertex.state, field, None)
        if isinstance(resource, cls):
            found.setdefault(resource.key, resource)
    return tuple(found.values())


def _symbols(value: Any) -> Iterator[str]:
    match value:
        case Symbol(key):
            yield key
        case Text(parts):
            yield from (part.key for part in parts if isinstance(part, Symbol))
        case dict():
            for item in value.values():
                yield from _symbols(item)
        case list() | tuple():
            for item in value:
                yield from _symbols(item)
