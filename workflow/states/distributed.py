"""DistributedMap: a Map whose items run as executions of their own, up to 10,000 at once, over lists or files in S3.
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar, overload

from typing_extensions import TypeVar as DefaultTypeVar

from ..diagnostics import Place, Problem, caller_place
from ..expressions import Expression, kinds
from ..lambdas import kind_of, root, value_or_lambda
from ..records import Written
from ..resources import Bucket, states_arn
from .base import A, In, Out, Part, R, Step, X, accepts, as_part, show
from .parallel import branch_result
from .sources import Source, text_of
from .working import Working

B = TypeVar("B")

LABEL_LENGTH = 40
"""Characters of a label, which begins the names of child executions."""

_NO_LABEL = frozenset('?*<>{}[]:;,\\|^~$#%&`"')


Given = DefaultTypeVar("Given", contravariant=True, default=object)


class Results(Generic[Given]):
    """Where the results go: files under a prefix of a bucket. Lambdas read the Map's input, of type `of`.

    transformation: NONE (with the executions' metadata), COMPACT (outputs as they are), FLATTEN (lists of outputs
    made one list).
    """

    def __init__(
        self,
        bucket: Bucket | str | Callable[[Given], str],
        *,
        of: type[Given] | None = None,
        prefix: str | Callable[[Given], str] = "",
        transformation: Literal["NONE", "COMPACT", "FLATTEN"] = "NONE",
        output: Literal["JSON", "JSONL"] = "JSON",
    ) -> None:
        self.bucket: Any = bucket
        self.of = of
        self.prefix: Any = prefix
        self.transformation = transformation
        self.output = output


class DistributedMap(Working[In, Out]):
    """Runs `each` for every item as a child execution; the result is the list of theirs, or where they were written.

    label: begins the names of the child executions. child: their type; EXPRESS is cheaper and ends after five minutes.
    max_concurrency: child executions at once. tolerated_failures, tolerated_percentage: how many may fail before the
    whole fails with States.ExceedToleratedFailureThreshold. Child executions read no variables from outside.
    """

    branches: tuple[Part, ...]
    source: Source[Any, Any]
    settings: dict[str, Any]
    label: str | None
    child: str
    results: Results[Any] | None
    writer: dict[str, Any] | None
    """The field ResultWriter."""
    distributed: bool

    @overload
    def __init__(
        self: DistributedMap[X, list[B | R]],
        name: str,
        each: Step[A, B, R],
        *,
        items: Source[X, A],
        child: Literal["STANDARD", "EXPRESS"] = ...,
        label: str | None = ...,
        max_concurrency: int | Callable[[X], int] | None = ...,
        tolerated_failures: int | Callable[[X], int] | None = ...,
        tolerated_percentage: float | Callable[[X], float] | None = ...,
    ) -> None: ...
    @overload
    def __init__(
        self: DistributedMap[X, Written],
        name: str,
        each: Step[A, B, R],
        *,
        items: Source[X, A],
        results: Results[X],
        child: Literal["STANDARD", "EXPRESS"] = ...,
        label: str | None = ...,
        max_concurrency: int | Callable[[X], int] | None = ...,
        tolerated_failures: int | Callable[[X], int] | None = ...,
        tolerated_percentage: float | Callable[[X], float] | None = ...,
    ) -> None: ...
    def __init__(
        self,
        name: str,
        each: Any,
        *,
        items: Any,
        results: Any = None,
        child: str = "STANDARD",
        label: str | None = None,
        max_concurrency: Any = None,
        tolerated_failures: Any = None,
        tolerated_percentage: Any = None,
    ) -> None:
        place = caller_place()
        branch = as_part(each, f"`each` of `{name}`", place)
        problems: list[Problem] = []
        source = _as_source(name, items, place, problems)
        if not accepts(branch, source.gives):
            what = f"`{branch.name}` takes {show(branch.takes)}, but the items of `{name}` are {show(source.gives)}"
            problems.append(Problem(place, what, "make what it takes with .select(...)", "map-items"))
        inputs = (root("states.input", source.takes),)
        settings: dict[str, Any] = {}
        for key, value, most in (
            ("MaxConcurrency", max_concurrency, 10_000),
            ("ToleratedFailureCount", tolerated_failures, 100_000_000),
            ("ToleratedFailurePercentage", tolerated_percentage, 100),
        ):
            if value is not None:
                settings[key] = _number(name, key, value, inputs, most, place, problems)
        if label is not None and (not 1 <= len(label) <= LABEL_LENGTH or _NO_LABEL & {*label} or " " in label):
            what = f"the label {label!r} of `{name}`"
            problems.append(Problem(place, what, f"1 to {LABEL_LENGTH} letters, digits, `-` and `_`", "map"))
        if child not in ("STANDARD", "EXPRESS"):
            problems.append(Problem(place, f"child={child!r} of `{name}`", 'give "STANDARD" or "EXPRESS"', "map"))
        if results is not None and not isinstance(results, Results):
            problems.append(Problem(place, f"results={results!r} of `{name}`", "write Results(bucket)", "map"))
            results = None
        writer = None if results is None else _writer(results, source.takes, place, problems)
        gives = branch_result(branch, branch.takes if branch.takes is not None else source.gives)
        known = kind_of(Written) if results is not None else None if gives is None else kinds.ListKind(gives)
        self._work(
            name,
            source.takes,
            root("states.result", known),
            place,
            passes=known,
            branches=(branch,),
            source=source,
            settings=settings,
            label=label,
            child=child,
            results=results,
            writer=writer,
            distributed=True,
            problems=(*source.problems, *problems),
        )


def _as_source(name: str, items: Any, place: Place, problems: list[Problem]) -> Source[Any, Any]:
    if isinstance(items, Source):
        return items
    shown = getattr(items, "__name__", repr(items))
    instead = "write Listed(Model, lambda m: m.items), Csv(...), JsonLines(...) or the like"
    problems.append(Problem(place, f"the items of `{name}` are {shown}", instead, "source"))
    unknown: Any = None
    return Source(unknown, None, None, place)


def _number(
    name: str, key: str, value: Any, inputs: Any, most: int, place: Place, problems: list[Problem]
) -> Expression | float | None:
    if callable(value):
        made = value_or_lambda(value, inputs, place, expected=float if most == 100 else int)
        problems += made.problems
        return made.expression
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        problems.append(Problem(place, f"{key} {value!r} of `{name}`", f"give 0 to {most:,}", "map"))
    found: float = value
    return found


def _writer(results: Results[Any], takes: kinds.Kind | None, place: Place, problems: list[Problem]) -> dict[str, Any]:
    """The field ResultWriter, with symbols and expressions in it."""
    inputs = (root("states.input", takes),)
    arguments: dict[str, Any] = {"Bucket": text_of(results.bucket, inputs, place, problems)}
    if results.prefix:
        arguments["Prefix"] = text_of(results.prefix, inputs, place, problems)
    fields: dict[str, Any] = {"Resource": states_arn("s3:putObject")}
    if (results.transformation, results.output) != ("NONE", "JSON"):
        fields["WriterConfig"] = {"Transformation": results.transformation, "OutputType": results.output}
    fields["Arguments"] = arguments
    return fields
