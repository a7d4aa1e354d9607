"""A value too large for a state: `Offloaded[T]` as what a handler takes or returns, or as a field of it.

A state may pass on 256 KiB. Of an `Offloaded[list[Row]]` it passes on a reference of some hundred bytes; the rows are
an object in S3. A handler writes `return Offloaded(rows)`, the next one reads `rows.value`:

    def load(day: Day) -> Offloaded[list[Row]]: return Offloaded(rows_of(day))
    def total(rows: Offloaded[list[Row]]) -> Total: return Total(sum(row.amount for row in rows.value))

Between them expressions pass it on whole. They cannot look inside, since the value is not in the state's data: checkers
know no attributes of T here, and the compiler refuses. What a later state decides by goes beside it, in fields of its
own: `class Loaded(BaseModel): rows: Offloaded[list[Row]]; count: int`.

The entry point keeps values in the bucket that the function's environment names, OFFLOAD_BUCKET (see handlers.offload
for what such a bucket needs). Everywhere else, as in tests that call handlers themselves, this process keeps them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, get_args

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

T_co = TypeVar("T_co", covariant=True)

_KEY = re.compile(r"(?:[^/\x00-\x1f\x7f]{1,255}/){1,4}[0-9a-f]{64}")


class Store(Protocol):
    """Where values are kept."""

    def put(self, digest: str, content: bytes) -> str:
        """Keep a value under a key that ends with `/` and its SHA-256 in hexadecimal digits; the same value again
        under the same key. Returns the key."""
        ...

    def get(self, key: str) -> bytes | None:
        """What is kept under a key; None if nothing is."""
        ...


class Offloaded(Generic[T_co]):
    """A value that states pass on by reference; `value` is the value itself, in a handler."""

    __slots__ = ("_value",)

    def __init__(self, value: T_co) -> None:
        self._value = value

    @property
    def value(self) -> T_co:
        """The value. In an expression of a workflow it is not there: only a handler can read it."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Offloaded) and bool(self._value == other._value)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Offloaded({type(self._value).__name__})"  # not the value: it is large

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read from a reference, and written as one."""
        from pydantic_core import core_schema  # pydantic asks, so it is there; workflows compile without it

        inner = handler.generate_schema((get_args(source) or (Any,))[0])
        return core_schema.no_info_wrap_validator_function(
            _read,
            inner,
            serialization=core_schema.wrap_serializer_function_ser_schema(_write, schema=inner, when_used="json"),
        )


@contextmanager
def kept_in(store: Store) -> Iterator[None]:
    """Values are kept in this store meanwhile, by this thread or task."""
    token = _store.set(store)
    try:
        yield
    finally:
        _store.reset(token)


class InProcess:
    """Keeps values in this process."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def put(self, digest: str, content: bytes) -> str:
        """Keep a value."""
        key = f"process/{digest}"
        self.values[key] = content
        return key

    def get(self, key: str) -> bytes | None:
        """A kept value."""
        return self.values.get(key)


_store: ContextVar[Store] = ContextVar("offloaded", default=InProcess())  # noqa: B039 - shared on purpose


def _read(given: Any, read: Callable[[Any], Any]) -> Offloaded[Any]:
    from pydantic_core import PydanticCustomError

    if isinstance(given, Offloaded):
        return given
    key = given.get("offloaded") if isinstance(given, dict) else None
    if not isinstance(key, str) or not _KEY.fullmatch(key) or ".." in key.split("/"):
        raise PydanticCustomError("offloaded_reference", "Input should be a reference to an offloaded value")
    content = _store.get().get(key)
    if content is None:
        raise PydanticCustomError("offloaded_missing", "The offloaded value is not there any more")
    if hashlib.sha256(content).hexdigest() != key.rpartition("/")[2]:
        raise PydanticCustomError("offloaded_changed", "The offloaded value is not what was kept")
    return Offloaded(read(json.loads(content)))


def _write(offloaded: Offloaded[Any], write: Callable[[Any], Any]) -> dict[str, Any]:
    plain = write(offloaded.value)
    content = json.dumps(plain, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    return {"offloaded": _store.get().put(hashlib.sha256(content).hexdigest(), content), "bytes": len(content)}
