"""Reading requests and paging answers, as all operations do."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from simulator.faults import ApiError
from simulator.values import dump, load

T = TypeVar("T")

Request = dict[str, Any]
Response = dict[str, Any]


def need(request: Request, name: str, kind: type[T]) -> T:
    """A required parameter. Raises ValidationException."""
    value = request.get(name)
    if value is None:
        raise ApiError(
            "ValidationException",
            f"1 validation error detected: Value null at '{name}' failed to satisfy constraint: "
            "Member must not be null",
        )
    return _typed(value, name, kind)


def may(request: Request, name: str, kind: type[T]) -> T | None:
    """An optional parameter. Raises ValidationException for another type."""
    value = request.get(name)
    return None if value is None else _typed(value, name, kind)


def bounded(name: str, value: str, most: int) -> str:
    """A text of at most so many characters. Raises ValidationException."""
    if len(value) > most:
        raise ApiError(
            "ValidationException",
            f"1 validation error detected: Value at '{name}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {most}",
        )
    return value


def _typed(value: Any, name: str, kind: type[T]) -> T:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ApiError("SerializationException", f"The parameter {name} has an unexpected type")
    return value


def page(
    request: Request, items: Sequence[T], show: Callable[[T], Response], largest: int = 1000
) -> tuple[list[Response], str | None]:
    """One page of a list and the token of the next. Raises InvalidToken and ValidationException."""
    size = may(request, "maxResults", int) or (100 if largest == 1000 else largest)
    if not 0 < size <= 1000:
        raise ApiError(
            "ValidationException",
            f"1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy constraint: "
            "Member must have value less than or equal to 1000",
        )
    begin = 0
    token = may(request, "nextToken", str)
    if token is not None:
        try:
            begin = load(base64.urlsafe_b64decode(token.encode()))["at"]
        except (ValueError, KeyError, TypeError, binascii.Error):
            raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'") from None
    end = begin + size
    following = base64.urlsafe_b64encode(dump({"at": end})).decode() if end < len(items) else None
    return [show(item) for item in items[begin:end]], following


def paged(name: str, shown: tuple[list[Response], str | None]) -> Response:
    """A page as a response."""
    items, following = shown
    return {name: items} if following is None else {name: items, "nextToken": following}


def without_nones(response: Response) -> Response:
    """A response without its absent members."""
    return {key: value for key, value in response.items() if value is not None}
