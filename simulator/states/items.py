"""What the bytes that an ItemReader read mean: items out of CSV, JSON and JSON Lines, compressed or not.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html and, for CSV,
https://docs.aws.amazon.com/step-functions/latest/dg/example-csv-parse-dist-map.html
"""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from simulator.errors import ITEM_READER_FAILED, StateError
from simulator.states.rows import rows
from simulator.values import Value, load

#: Items that one Map Run may have.
MOST_ITEMS = 100_000_000
_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
_ZSTD = b"\x28\xb5\x2f\xfd"


def failed(cause: str) -> StateError:
    """States.ItemReaderFailed."""
    return StateError(ITEM_READER_FAILED, cause)


class Items(NamedTuple):
    """Items, with where each comes from; `keyed`: they are the fields of an object, `{"Key": .., "Value": ..}`."""

    values: list[Value]
    sources: list[str]
    keyed: bool = False

    @staticmethod
    def of(value: Value, source: str, most: int = MOST_ITEMS) -> Items:
        """The items of an array, or the fields of an object. Raises States.ItemReaderFailed for anything else."""
        keyed = isinstance(value, dict)
        if not keyed and not isinstance(value, list):
            raise failed("Attempting to map over non-iterable node.")
        found = [{"Key": key, "Value": item} for key, item in value.items()] if keyed else value
        kept = found[:most]
        return Items(kept, [source] * len(kept), keyed)


class Format:
    """How to read an object, by its ReaderConfig. `kind` is CSV, JSON or JSONL."""

    def __init__(self, config: dict[str, Any], kind: str, headers: list[str] | None = None) -> None:
        self._kind = kind
        self._delimiter = _DELIMITERS.get(config.get("CSVDelimiter", "COMMA"), ",")
        given = config.get("CSVHeaders") if config.get("CSVHeaderLocation") == "GIVEN" else headers
        self._headers: list[str] | None = None if given is None else list(given)
        self._pointer: str = config.get("ItemsPointer", "")

    def items(self, body: Value, source: str, most: int) -> Items:
        """At most `most` items. Raises States.ItemReaderFailed for what cannot be read."""
        if self._kind == "PARQUET":
            raise failed("InputType PARQUET cannot be read here: the simulator has no Parquet reader")
        content = text_of(body, source)
        try:
            if self._kind == "CSV":
                return Items.of(list(islice(self._rows(content), most)), source)
            if self._kind == "JSONL":
                lines = (load(line) for line in io.StringIO(content) if line.strip())
                return Items.of(list(islice(lines, most)), source)
            return Items.of(_pointed(load(content), self._pointer), source, most)
        except ValueError as error:
            raise failed(f"Could not parse {source} as {self._kind}: {error}") from None

    def _rows(self, content: str) -> Iterator[dict[str, str]]:
        found = rows(content, self._delimiter)
        headers = next(found, []) if self._headers is None else self._headers
        if len(set(headers)) < len(headers):
            raise failed("CSV headers cannot contain duplicates.")
        for row in found:
            yield {header: row[at] if at < len(row) else "" for at, header in enumerate(headers)}


def text_of(body: Value, source: str) -> str:
    """An object's text. A body is text, or `{"Base64": ..}` of what is no UTF-8; gzip is undone.

    Raises States.ItemReaderFailed.
    """
    if isinstance(body, str):
        return body.removeprefix("\ufeff")
    encoded = body.get("Base64") if isinstance(body, dict) else None
    if not isinstance(encoded, str):
        raise failed(f"The object {source} could not be read")
    try:
        data = base64.b64decode(encoded)
        if data.startswith(_ZSTD):
            raise failed(f"{source} is compressed by ZSTD, which the simulator cannot undo; GZIP it can")
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        return data.decode("utf-8-sig")
    except (binascii.Error, OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise failed(f"The object {source} could not be read: {error}") from None


def _pointed(value: Value, pointer: str) -> Value:
    """What a JSON pointer names. Raises States.ItemReaderFailed."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, TypeError, ValueError):
            raise failed(f"The ItemsPointer {pointer} leads nowhere") from None
    return value
