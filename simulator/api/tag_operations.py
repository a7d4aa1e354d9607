"""Tags of state machines and activities.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#sfn-limits-tagging
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from simulator.api.requests import Request, Response, bounded, need
from simulator.api.saving import save_machine, written
from simulator.executions import Engine
from simulator.faults import ApiError, resource_missing
from simulator.machines import TAG_LIMIT

#: Characters of a tag's key and value.
KEY_LIMIT, VALUE_LIMIT = 128, 256


class TagOperations:
    """Each public method is one operation of the API."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def tag_resource(self, request: Request) -> Response:
        """TagResource, for state machines and activities."""
        tags, save = self._tagged(need(request, "resourceArn", str))
        tags.update(checked_tags(tags, need(request, "tags", list)))
        await save()
        return {}

    async def untag_resource(self, request: Request) -> Response:
        """UntagResource."""
        tags, save = self._tagged(need(request, "resourceArn", str))
        for key in need(request, "tagKeys", list):
            tags.pop(key, None)
        await save()
        return {}

    async def list_tags_for_resource(self, request: Request) -> Response:
        """ListTagsForResource."""
        tags, _ = self._tagged(need(request, "resourceArn", str))
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def _tagged(self, arn: str) -> tuple[dict[str, str], Callable[[], Awaitable[None]]]:
        machine = self._engine.machines.by_arn.get(arn)
        if machine is not None:
            return machine.tags, lambda: save_machine(self._engine, machine)
        activity = self._engine.activities.get(arn)
        if activity is not None:
            return activity.tags, lambda: written(
                lambda then: self._engine.store.put("activity", arn, activity.save(), then)
            )
        raise resource_missing(arn)


def checked_tags(had: dict[str, str], given: list[dict[str, Any]]) -> dict[str, str]:
    """Tags after these were added. Raises TooManyTags, and ValidationException for a tag that cannot be."""
    tags = dict(had)
    for tag in given:
        key, value = need(tag, "key", str), tag.get("value") or ""
        bounded("tags.member.key", key, KEY_LIMIT)
        bounded("tags.member.value", value, VALUE_LIMIT)
        if key.lower().startswith("aws:") or value.lower().startswith("aws:"):
            raise ApiError("ValidationException", f"The prefix aws: of the tag {key} is reserved for AWS")
        tags[key] = value
    if len(tags) > TAG_LIMIT:
        raise ApiError("TooManyTags", f"A resource may have {TAG_LIMIT} tags.")
    return tags
