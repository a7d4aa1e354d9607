"""ItemReader: where a Distributed Map's items come from. What was read becomes items, by its InputType.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from simulator.effects import Perform
from simulator.errors import ITEM_READER_FAILED, StateError
from simulator.states.base import Dialect
from simulator.tasks import Resource, TaskCall
from simulator.values import Value, load

if TYPE_CHECKING:
    from simulator.effects import Steps
    from simulator.strand import Strand

_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
#: Items that one Map Run may have.
MOST_ITEMS = 100_000_000


def failed(cause: str) -> StateError:
    """States.ItemReaderFailed."""
    return StateError(ITEM_READER_FAILED, cause)


class ItemReader:
    """A compiled ItemReader: it asks S3 (through the task runner) and parses what comes back."""

    def __init__(self, spec: dict[str, Any], dialect: Dialect) -> None:
        self.resource = Resource.parse(spec["Resource"])
        self.config: dict[str, Any] = spec.get("ReaderConfig", {})
        arguments = spec.get("Arguments" if dialect.name == "JSONata" else "Parameters", {})
        self._arguments = dialect.template(arguments, "ItemReader/Arguments")
        self._most = dialect.field(self.config, "MaxItems", "number")

    def read(self, strand: Strand, raw: Value, effective: Value) -> Steps:
        """The items. Raises States.ItemReaderFailed."""
        seen = raw if strand.state is None or strand.state.dialect.name == "JSONata" else effective
        arguments = self._arguments(strand, {"input": seen})
        most = MOST_ITEMS
        if self._most is not None:
            given = self._most(strand, raw, effective)
            if given != int(given) or given < 0:
                raise failed("field MaxItems must be positive")
            most = int(given) or MOST_ITEMS
        if self.resource.action.lower() == "listobjectsv2":
            return (yield from self._list(strand, arguments, most))
        answer = yield from ask(strand, self.resource, arguments)
        body = answer.get("Body") if isinstance(answer, dict) else None
        if not isinstance(body, str):
            raise failed("The object that the ItemReader names could not be read")
        return self._parse(body)[:most]

    def _list(self, strand: Strand, arguments: Value, most: int) -> Steps:
        items: list[Value] = []
        more: dict[str, Value] = {}
        while len(items) < most:
            answer = yield from ask(strand, self.resource, {**arguments, **more})
            items.extend(answer.get("Contents") or [])
            token = answer.get("NextContinuationToken")
            if not token:
                break
            more = {"ContinuationToken": token}
        return items[:most]

    def _parse(self, body: str) -> list[Value]:
        kind = self.config.get("InputType", "JSON")
        if kind == "CSV":
            return self._rows(body)
        try:
            if kind == "JSONL":
                return [load(line) for line in body.splitlines() if line.strip()]
            if kind == "JSON":
                return as_items(_pointed(load(body), self.config.get("ItemsPointer", "")))
        except ValueError as error:
            raise failed(f"Could not parse the object as {kind}: {error}") from None
        raise failed(f"InputType {kind} is not supported here")

    def _rows(self, body: str) -> list[Value]:
        delimiter = _DELIMITERS.get(self.config.get("CSVDelimiter", "COMMA"), ",")
        rows = csv.reader(io.StringIO(body), delimiter=delimiter)
        if self.config.get("CSVHeaderLocation") == "GIVEN":
            headers = list(self.config.get("CSVHeaders", []))
        else:
            headers = next(rows, [])
        if len(set(headers)) < len(headers):
            raise failed("CSV headers cannot contain duplicates.")
        return [{header: row[at] if at < len(row) else "" for at, header in enumerate(headers)} for row in rows if row]


def as_items(value: Value) -> list[Value]:
    """The items of an array, or the fields of an object as `{"Key": .., "Value": ..}`."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [{"Key": key, "Value": item} for key, item in value.items()]
    raise failed("Attempting to map over non-iterable node.")


def _pointed(value: Value, pointer: str) -> Value:
    """What a JSON pointer names. Raises States.ItemReaderFailed."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, TypeError, ValueError):
            raise failed(f"The ItemsPointer {pointer} leads nowhere") from None
    return value


def ask(strand: Strand, resource: Resource, arguments: Value) -> Steps:
    """Have the task runner answer a reader's or writer's request. No event is noted. Raises ItemReaderFailed."""
    run, state = strand.run, strand.state
    name = "" if state is None else state.name
    call = TaskCall(
        resource, arguments, run.info.execution_arn, name, 0, None, None, None, None, run.key(), strand.path()
    )
    try:
        return (yield Perform(call))
    except StateError as error:
        raise failed(error.cause or error.error or "") from None
