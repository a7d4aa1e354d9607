"""Provider configurations: which region and which default tags a resource gets.

Stage: read by planning and deploying. A resource without an explicit provider gets the one that the stack's config
describes (`aws:region`, `aws:defaultTags`). Credentials, profiles and endpoints of any provider are left aside: a local
stack has one endpoint and dummy credentials, so that it can never reach AWS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.engine.config import Project
from local.engine.properties import revealed

DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True)
class Provider:
    """What a provider adds to its resources."""

    region: str = DEFAULT_REGION
    tags: Mapping[str, str] = field(default_factory=dict)


class Providers:
    """The default provider of a stack, and those that its program makes."""

    def __init__(self, project: Project) -> None:
        config = {key.removeprefix("aws:"): value for key, value in project.config.items() if key.startswith("aws:")}
        self._default = _provider(config, Provider())
        self._explicit: dict[str, Provider] = {}

    def add(self, urn: str, inputs: Mapping[str, Any]) -> None:
        """A provider that the program makes; its inputs are text, nested ones JSON."""
        self._explicit[urn] = _provider({k: revealed(v) for k, v in inputs.items()}, self._default)

    def of(self, reference: str) -> Provider:
        """The provider that a request names by `URN::ID`; the default one for an empty reference."""
        return self._explicit.get(reference.rpartition("::")[0], self._default)


def _provider(inputs: Mapping[str, Any], otherwise: Provider) -> Provider:
    tags = inputs.get("defaultTags")
    if isinstance(tags, str):
        tags = json.loads(tags)
    region = inputs.get("region")
    return Provider(
        region=region if isinstance(region, str) and region else otherwise.region,
        tags={str(k): str(v) for k, v in (tags.get("tags") or {}).items()} if isinstance(tags, Mapping) else {},
    )
