"""State machines as the API manages them: revisions, versions, aliases, tags.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-cd-aliasing-versioning.html
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.definition import Machine, compile_machine
from simulator.faults import ApiError, machine_missing, resource_missing
from simulator.validation import InvalidDefinition

_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}\Z")
_ALIAS_NAME = re.compile(r"(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]{1,80}\Z")

#: Characters of a definition; tags, versions and aliases that one state machine may have.
#: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
DEFINITION_LIMIT = 1_048_576
TAG_LIMIT = 50
VERSION_LIMIT = 1_000
ALIAS_LIMIT = 100


def check_name(name: str) -> str:
    """A name that AWS takes for a state machine, execution or activity. Raises InvalidName."""
    if not _NAME.match(name):
        raise ApiError("InvalidName", f"Invalid Name: '{name}'")
    return name


def compile_text(text: str, *, express: bool = False) -> Machine:
    """Compile a definition for the API. Raises InvalidDefinition as an ApiError, all problems in its message."""
    try:
        return compile_machine(text, express=express)
    except InvalidDefinition as invalid:
        listed = ", ".join(f"{p.code}: {p.message} at {p.location}" for p in invalid.problems)
        raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{listed}'") from None


@dataclass(slots=True)
class Revision:
    """What an execution runs: a definition with a role."""

    id: str
    definition: str
    role_arn: str
    machine: Machine


@dataclass(slots=True)
class Version:
    """A published revision; it never changes."""

    arn: str
    number: int
    revision: Revision
    description: str | None
    created: float


@dataclass(slots=True)
class Alias:
    """A name for one or two versions."""

    arn: str
    name: str
    description: str | None
    routing: list[tuple[str, int]]
    created: float
    updated: float


@dataclass(slots=True)
class StateMachine:
    """A state machine with everything that hangs on it."""

    arn: str
    name: str
    type: str
    created: float
    updated: float
    revision: Revision
    settings: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    versions: dict[int, Version] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    last_version: int = 0

    @property
    def express(self) -> bool:
        """Whether executions are Express ones."""
        return self.type == "EXPRESS"

    def save(self) -> dict[str, Any]:
        """All of it as JSON, for the store."""
        return {
            "arn": self.arn,
            "name": self.name,
            "type": self.type,
            "created": self.created,
            "updated": self.updated,
            "revision": _save_revision(self.revision),
            "settings": self.settings,
            "tags": self.tags,
            "last_version": self.last_version,
            "versions": [
                {
                    "arn": v.arn,
                    "number": v.number,
                    "revision": _save_revision(v.revision),
                    "description": v.description,
                    "created": v.created,
                }
                for v in self.versions.values()
            ],
            "aliases": [
                {
                    "arn": a.arn,
                    "name": a.name,
                    "description": a.description,
                    "routing": [list(route) for route in a.routing],
                    "created": a.created,
                    "updated": a.updated,
                }
                for a in self.aliases.values()
            ],
        }

    @staticmethod
    def restore(saved: Mapping[str, Any]) -> StateMachine:
        """What `save` wrote."""
        machine = StateMachine(
            saved["arn"],
            saved["name"],
            saved["type"],
            saved["created"],
            saved["updated"],
            _restore_revision(saved["revision"]),
            saved["settings"],
            saved["tags"],
            last_version=saved["last_version"],
        )
        for v in saved["versions"]:
            machine.versions[v["number"]] = Version(
                v["arn"], v["number"], _restore_revision(v["revision"]), v["description"], v["created"]
            )
        for a in saved["aliases"]:
            routing = [(route[0], route[1]) for route in a["routing"]]
            machine.aliases[a["name"]] = Alias(
                a["arn"], a["name"], a["description"], routing, a["created"], a["updated"]
            )
        return machine


def _save_revision(revision: Revision) -> dict[str, str]:
    return {"id": revision.id, "definition": revision.definition, "role_arn": revision.role_arn}


def _restore_revision(saved: Mapping[str, str]) -> Revision:
    return Revision(
        saved["id"], saved["definition"], saved["role_arn"], compile_machine(saved["definition"], validate=False)
    )


@dataclass(frozen=True, slots=True)
class Target:
    """What an ARN to start names: the machine, the revision to run, and the version and alias it came by."""

    machine: StateMachine
    revision: Revision
    version_arn: str | None = None
    alias_arn: str | None = None


class Machines:
    """All state machines of an engine, by ARN."""

    def __init__(self) -> None:
        self.by_arn: dict[str, StateMachine] = {}

    def get(self, arn: str) -> StateMachine:
        """The machine with this unqualified ARN. Raises StateMachineDoesNotExist."""
        try:
            return self.by_arn[arn]
        except KeyError:
            raise machine_missing(arn) from None

    def resolve(self, arn: str, chance: random.Random) -> Target:
        """What a start at this ARN (plain, `:version` or `:alias`) runs. Raises StateMachineDoesNotExist.

        An alias of two versions picks one by weight.
        """
        plain = self.by_arn.get(arn)
        if plain is not None:
            return Target(plain, plain.revision)
        base, _, qualifier = arn.rpartition(":")
        machine = self.by_arn.get(base)
        if machine is None:
            raise machine_missing(arn)
        if qualifier.isdigit():
            version = machine.versions.get(int(qualifier))
            if version is None:
                raise machine_missing(arn)
            return Target(machine, version.revision, version.arn)
        alias = machine.aliases.get(qualifier)
        if alias is None:
            raise machine_missing(arn)
        chosen = alias.routing[0][0]
        if len(alias.routing) == 2 and chance.randrange(100) >= alias.routing[0][1]:
            chosen = alias.routing[1][0]
        version = machine.versions[int(chosen.rpartition(":")[2])]
        return Target(machine, version.revision, version.arn, alias.arn)

    def version(self, arn: str) -> tuple[StateMachine, Version]:
        """The version with this ARN. Raises ResourceNotFound."""
        base, _, number = arn.rpartition(":")
        machine = self.by_arn.get(base)
        if machine is None or not number.isdigit() or int(number) not in machine.versions:
            raise resource_missing(arn)
        return machine, machine.versions[int(number)]

    def alias(self, arn: str) -> tuple[StateMachine, Alias]:
        """The alias with this ARN. Raises ResourceNotFound."""
        base, _, name = arn.rpartition(":")
        machine = self.by_arn.get(base)
        if machine is None or name not in machine.aliases:
            raise resource_missing(arn)
        return machine, machine.aliases[name]

    def check_routing(self, machine_arn: str | None, routing: list[dict[str, Any]]) -> list[tuple[str, int]]:
        """The routing of an alias: one or two versions of one machine, weights that add up to 100."""
        if not 1 <= len(routing) <= 2:
            raise ApiError("ValidationException", "routingConfiguration must have one or two versions")
        routes = [(route["stateMachineVersionArn"], route["weight"]) for route in routing]
        if sum(weight for _, weight in routes) != 100:
            raise ApiError("ValidationException", "Sum of routing configuration weights must equal 100.")
        machines = {self.version(arn)[0].arn for arn, _ in routes}
        if len(machines) > 1 or (machine_arn is not None and machines != {machine_arn}):
            raise ApiError("ValidationException", "All versions of an alias must belong to one state machine.")
        if len({arn for arn, _ in routes}) != len(routes):
            raise ApiError(
                "ValidationException", "Routing configuration must contain distinct state machine version ARNs."
            )
        return routes


def check_alias_name(name: str) -> str:
    """A name that AWS takes for an alias. Raises ValidationException."""
    if not _ALIAS_NAME.match(name):
        raise ApiError("ValidationException", f"Invalid alias name: '{name}'")
    return name
