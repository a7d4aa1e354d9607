"""Activities: work that workers fetch by polling and answer by token.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from simulator.tasks import TaskCall


@dataclass(slots=True)
class Activity:
    """One activity: tasks that wait for a worker, and workers that wait for a task."""

    arn: str
    name: str
    created: float
    tags: dict[str, str] = field(default_factory=dict)
    waiting: deque[tuple[str, TaskCall]] = field(default_factory=deque)
    pollers: deque[tuple[str | None, asyncio.Future[tuple[str, TaskCall]]]] = field(default_factory=deque)

    def save(self) -> dict[str, Any]:
        """What the store keeps; waiting tasks come back with their executions."""
        return {"arn": self.arn, "name": self.name, "created": self.created, "tags": self.tags}

    @staticmethod
    def restore(saved: dict[str, Any]) -> Activity:
        """What `save` wrote."""
        return Activity(saved["arn"], saved["name"], saved["created"], saved["tags"])
