"""Where a Distributed Map finds its items: a list in the input, or files and objects in S3.

    Csv("rows.csv" columns)   JsonLines   JsonArray   Manifest   Objects   Listed

`.select(...)` makes of each item what the flow takes; `.batched(...)` hands over several at once.
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from ..diagnostics import Place, Problem, caller_place
from ..expressions import Expression, kinds
from ..lambdas import compiled, kind_of, root, value_or_lambda
from ..records import Batched, S3Object
from ..resources import Bucket, Symbol, Text, states_arn

X = TypeVar("X", contravariant=True)
A = TypeVar("A", covariant=True)
I = TypeVar("I")  # noqa: E741
T = TypeVar("T")
G = TypeVar("G")

ITEM = "states.context.Map.Item.Value"
"""Where an ItemSelector finds the item."""


@dataclass(frozen=True)
class Source(Generic[X, A]):
    """Where items come from, and what is made of each. Frozen: methods return copies."""

    takes: kinds.Kind
    gives: kinds.Kind | None
    """An item as the flow gets it."""
    raw: kinds.Kind | None
    """An item as it is read."""
    place: Place = field(compare=False)
    items: Expression | None = None
    """The list in the input, where there is no reader."""
    reader: dict[str, Any] | None = None
    selected: Expression | None = None
    batcher: dict[str, Any] | None = None
    bucket: object = None
    """The bucket that is read, as it was given."""
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    def select(self: Source[G, I], make: Callable[[G, I], T]) -> Source[G, T]:
        """What the flow gets for each item, made of the Map's input and the item."""
        place = caller_place()
        made = compiled(make, (root("states.input", self.takes), root(ITEM, self.raw)), place)
        problems = [*self.problems, *made.problems]
        if self.selected is not None or self.batcher is not None:
            problems.append(Problem(place, ".select comes first, and once", "select, then batch", "source"))
        own: Any = self
        chosen: Source[G, T] = replace(own, selected=made.expression, gives=made.kind, problems=tuple(problems))
        return chosen

    def batched(
        self: Source[G, I],
        items: int | Callable[[G], int] | None = None,
        *,
        size: int | Callable[[G], int] | None = None,
        given: Callable[[G], T] | None = None,
    ) -> Source[G, Batched[I, T]]:
        """Hand over several items at once, as Batched: at most `items`, or as many as fit into `size` bytes.

        given: what stands in `BatchInput` of every batch, made of the Map's input.
        """
        place = caller_place()
        problems = list(self.problems)
        batcher: dict[str, Any] = {}
        inputs = (root("states.input", self.takes),)
        for name, limit, most in (("MaxItemsPerBatch", items, 10_000_000), ("MaxInputBytesPerBatch", size, 262_144)):
            if limit is not None:
                batcher[name] = _whole(limit, inputs, place, problems, most)
        if not batcher:
            problems.append(Problem(place, "a batch without a limit", "give items or size=", "source"))
        extra: kinds.Kind | None = kinds.NONE
        if given is not None:
            made = compiled(given, inputs, place)
            problems += made.problems
            batcher["BatchInput"] = made.expression
            extra = made.kind
        known = None if self.gives is None or extra is None else kinds.RecordKind(Batched, (self.gives, extra))
        own: Any = self
        batches: Source[G, Batched[I, T]] = replace(own, batcher=batcher, gives=known, problems=tuple(problems))
        return batches


def Listed(of: type[G], items: Callable[[G], Sequence[I]]) -> Source[G, I]:
    """A list in the input."""
    place = caller_place()
    takes = kind_of(of)
    found = compiled(items, (root("states.input", takes),), place)
    problems = list(found.problems)
    item = found.kind.elem if isinstance(found.kind, kinds.ListKind) else None
    if found.kind is not None and item is None:
        what = f"the items are {kinds.show(found.kind)}"
        problems.append(Problem(place, what, "give a list: [... for ...]", "source"))
    return Source(takes, item, item, place, items=found.expression, problems=tuple(problems))


def Csv(
    row: type[I],
    *,
    of: type[G],
    bucket: Bucket | str | Callable[[G], str],
    key: str | Callable[[G], str],
    headers: Sequence[str] | None = None,
    delimiter: str = ",",
    max_items: int | Callable[[G], int] | None = None,
) -> Source[G, I]:
    """The rows of a CSV file. The model's fields are the columns, all text; without `headers` the first row names them.

    delimiter: a comma, a semicolon, a pipe, a space or a tab.
    """
    place = caller_place()
    problems: list[Problem] = []
    names = {",": "COMMA", ";": "SEMICOLON", "|": "PIPE", " ": "SPACE", "\t": "TAB"}
    config: dict[str, Any] = {"InputType": "CSV"}
    config["CSVHeaderLocation"] = "FIRST_ROW" if headers is None else "GIVEN"
    if headers is not None:
        config["CSVHeaders"] = list(headers)
    if delimiter != ",":
        config["CSVDelimiter"] = names.get(delimiter, delimiter)
    if delimiter not in names:
        problems.append(Problem(place, f"a CSV with the delimiter {delimiter!r}", "use , ; | space or tab", "source"))
    problems += _check_columns(row, headers, place)
    return _file(kind_of(row), of, bucket, key, config, max_items, place, problems)


def JsonLines(
    item: type[I],
    *,
    of: type[G],
    bucket: Bucket | str | Callable[[G], str],
    key: str | Callable[[G], str],
    max_items: int | Callable[[G], int] | None = None,
) -> Source[G, I]:
    """The lines of a file, each a JSON value."""
    return _file(kind_of(item), of, bucket, key, {"InputType": "JSONL"}, max_items, caller_place(), [])


def JsonArray(
    item: type[I],
    *,
    of: type[G],
    bucket: Bucket | str | Callable[[G], str],
    key: str | Callable[[G], str],
    max_items: int | Callable[[G], int] | None = None,
) -> Source[G, I]:
    """The elements of a file that is one JSON array."""
    return _file(kind_of(item), of, bucket, key, {"InputType": "JSON"}, max_items, caller_place(), [])


def Manifest(
    of: type[G],
    *,
    bucket: Bucket | str | Callable[[G], str],
    key: str | Callable[[G], str],
    max_items: int | Callable[[G], int] | None = None,
) -> Source[G, dict[str, str]]:
    """The objects that an S3 inventory's manifest lists: the inventory's columns, all text."""
    item = kind_of(dict[str, str])
    return _file(item, of, bucket, key, {"InputType": "MANIFEST"}, max_items, caller_place(), [])


def Objects(
    of: type[G],
    *,
    bucket: Bucket | str | Callable[[G], str],
    prefix: str | Callable[[G], str] | None = None,
    max_items: int | Callable[[G], int] | None = None,
) -> Source[G, S3Object]:
    """The objects of a bucket, those under a prefix if there is one."""
    place, takes = caller_place(), kind_of(of)
    problems: list[Problem] = []
    inputs = (root("states.input", takes),)
    arguments: dict[str, Any] = {"Bucket": text_of(bucket, inputs, place, problems)}
    if prefix is not None:
        arguments["Prefix"] = text_of(prefix, inputs, place, problems)
    reader: dict[str, Any] = {"Resource": states_arn("s3:listObjectsV2")}
    if max_items is not None:
        reader["ReaderConfig"] = {"MaxItems": _whole(max_items, inputs, place, problems, 100_000_000)}
    item = kind_of(S3Object)
    reader["Arguments"] = arguments
    return Source(takes, item, item, place, reader=reader, bucket=bucket, problems=tuple(problems))


def _file(
    item: kinds.Kind,
    of: type[Any],
    bucket: Any,
    key: Any,
    config: dict[str, Any],
    max_items: Any,
    place: Place,
    problems: list[Problem],
) -> Source[Any, Any]:
    takes = kind_of(of)
    inputs = (root("states.input", takes),)
    if max_items is not None:
        config = {**config, "MaxItems": _whole(max_items, inputs, place, problems, 100_000_000)}
    arguments = {
        "Bucket": text_of(bucket, inputs, place, problems),
        "Key": text_of(key, inputs, place, problems),
    }
    reader = {"Resource": states_arn("s3:getObject"), "ReaderConfig": config, "Arguments": arguments}
    return Source(takes, item, item, place, reader=reader, bucket=bucket, problems=tuple(problems))


def text_of(value: Any, roots: Any, place: Place, problems: list[Problem]) -> Expression | Symbol | Text | None:
    """A text, a lambda that gives one, or a bucket."""
    if isinstance(value, Bucket):
        return Symbol(value.key)
    made = value_or_lambda(value, roots, place, expected=str)
    problems += made.problems
    return made.expression


def _whole(value: Any, roots: Any, place: Place, problems: list[Problem], most: int) -> Expression | int | None:
    if callable(value):
        made = value_or_lambda(value, roots, place, expected=int)
        problems += made.problems
        return made.expression
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        problems.append(Problem(place, f"{value!r} is no such number", f"give 1 to {most:,}", "source"))
    found: int = value
    return found


def _check_columns(row: Any, headers: Sequence[str] | None, place: Place) -> list[Problem]:
    """Every value of a CSV is text."""
    kind = kind_of(row)
    if not isinstance(kind, kinds.RecordKind):
        return []
    fields = kinds.fields_of(kind).values()
    problems = []
    for f in fields:
        if not kinds.fits(kinds.STR, f.kind):
            what = f"{kinds.show(kind)}.{f.name} is {kinds.show(f.kind)}, but every value of a CSV is text"
            problems.append(Problem(place, what, "declare it as str, and convert it in a handler", "source"))
        if headers is not None and f.json not in headers:
            what = f"{kinds.show(kind)}.{f.name} is no column of {', '.join(headers)}"
            problems.append(Problem(place, what, "name it in headers=, or leave it out", "source"))
    return problems
