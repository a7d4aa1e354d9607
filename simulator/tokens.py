"""Task tokens: each names its execution and call, so that it can be found again after a restart.

A token is unguessable: it carries 256 bits from the execution's seeded generator. Whoever has one may answer the task.
"""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple

from simulator.values import dump, load


class Claim(NamedTuple):
    """What a token says of itself; whether it is the real one is for the engine to compare."""

    execution_arn: str
    key: int


def issue(execution_arn: str, key: int, secret: int) -> str:
    """Make a token."""
    return base64.urlsafe_b64encode(dump([execution_arn, key, f"{secret:064x}"])).decode()


def read(token: str) -> Claim | None:
    """What a token claims, or None for what is no token of ours."""
    try:
        parts = load(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, binascii.Error, UnicodeError):
        return None
    if isinstance(parts, list) and len(parts) == 3 and isinstance(parts[0], str) and isinstance(parts[1], int):
        return Claim(parts[0], parts[1])
    return None
