"""What an execution knows of itself from its start: names, ARNs, its kind and its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulator.history import EVENT_LIMIT


@dataclass(frozen=True, slots=True)
class Info:
    """What an execution knows of itself. Names, ARNs and times as the API and the context object show them."""

    execution_arn: str
    name: str
    role_arn: str
    machine_arn: str
    machine_name: str
    express: bool = False
    started: dict[str, Any] = field(default_factory=dict)
    event_limit: int = EVENT_LIMIT
    wait_scale: float = 1.0
