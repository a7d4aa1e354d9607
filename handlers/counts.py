"""How a handler counts what operators watch, without knowing of metrics: `count("Quarantined")`.

Inside a call that `entry` made, the count becomes a metric of that call; anywhere else it is nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[dict[str, float] | None] = ContextVar("counts", default=None)


def count(name: str, value: float = 1) -> None:
    """Add to a count of the current call; zero makes it appear as zero."""
    counts = _current.get()
    if counts is not None:
        counts[name] = counts.get(name, 0) + value


@contextmanager
def collected() -> Iterator[dict[str, float]]:
    """The counts of the calls inside, filled as they are made."""
    counts: dict[str, float] = {}
    token = _current.set(counts)
    try:
        yield counts
    finally:
        _current.reset(token)
