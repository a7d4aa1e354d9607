"""State machines, versions, aliases and tags: the operations that manage what can be run."""

from __future__ import annotations

from simulator.api import children
from simulator.api.requests import Request, Response, bounded, may, need, page, paged, without_nones
from simulator.api.saving import save_machine, written
from simulator.api.tag_operations import checked_tags
from simulator.executions import Engine
from simulator.faults import ApiError, machine_missing, over_quota
from simulator.machines import (
    ALIAS_LIMIT,
    DEFINITION_LIMIT,
    VERSION_LIMIT,
    Alias,
    Revision,
    StateMachine,
    Version,
    check_alias_name,
    check_name,
    compile_text,
)
from simulator.validation import validate_text

_SETTINGS = ("loggingConfiguration", "tracingConfiguration", "encryptionConfiguration")


class MachineOperations:
    """Each public method is one operation of the API."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._machines = engine.machines

    # -------------------------------------------------------------- state machines

    async def create_state_machine(self, request: Request) -> Response:
        """CreateStateMachine: idempotent for the same name, definition, type, logging and tracing."""
        name = check_name(need(request, "name", str))
        definition = bounded("definition", need(request, "definition", str), DEFINITION_LIMIT)
        role = need(request, "roleArn", str)
        kind = may(request, "type", str) or "STANDARD"
        if kind not in ("STANDARD", "EXPRESS"):
            raise ApiError(
                "ValidationException",
                f"1 validation error detected: Value '{kind}' at 'type' failed to satisfy constraint: "
                "Member must satisfy enum value set: [STANDARD, EXPRESS]",
            )
        publish = bool(request.get("publish"))
        description = may(request, "versionDescription", str)
        if description and not publish:
            raise ApiError("ValidationException", "Version description can only be set when publish is true")
        arn = self._engine.arn("stateMachine", name)
        existing = self._machines.by_arn.get(arn)
        settings = {key: request[key] for key in _SETTINGS if request.get(key)}
        if existing is not None:
            same = (
                existing.revision.definition == definition
                and existing.type == kind
                and existing.settings == settings
                and existing.revision.role_arn == role
            )
            if not same:
                raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
            machine = existing
        else:
            compiled = compile_text(definition, express=kind == "EXPRESS")
            now = self._engine.clock.now()
            machine = StateMachine(arn, name, kind, now, now, Revision("INITIAL", definition, role, compiled), settings)
            machine.tags = checked_tags({}, request.get("tags") or [])
            self._machines.by_arn[arn] = machine
        version = self._publish(machine, description) if publish else None
        await self._save(machine)
        return without_nones(
            {
                "stateMachineArn": arn,
                "creationDate": machine.created,
                "stateMachineVersionArn": version.arn if version else None,
            }
        )

    async def update_state_machine(self, request: Request) -> Response:
        """UpdateStateMachine: running executions keep what they began with."""
        arn = need(request, "stateMachineArn", str)
        machine = self._machines.get(arn)
        definition, role = may(request, "definition", str), may(request, "roleArn", str)
        bounded("definition", definition or "", DEFINITION_LIMIT)
        settings = {key: request[key] for key in _SETTINGS if key in request}
        publish = bool(request.get("publish"))
        if definition is None and role is None and not settings and not publish:
            raise ApiError(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, the EncryptionConfiguration or the "
                "TracingConfiguration must be specified",
            )
        now = self._engine.clock.now()
        old = machine.revision
        new_definition = old.definition if definition is None else definition
        new_role = role or old.role_arn
        if new_definition != old.definition or new_role != old.role_arn or settings:
            compiled = (
                old.machine
                if new_definition == old.definition
                else compile_text(new_definition, express=machine.express)
            )
            machine.revision = Revision(self._engine.uuid(), new_definition, new_role, compiled)
            machine.settings = {**machine.settings, **settings}
            machine.updated = now
        version = self._publish(machine, may(request, "versionDescription", str)) if publish else None
        await self._save(machine)
        return without_nones(
            {
                "updateDate": now,
                "revisionId": machine.revision.id if machine.revision.id != "INITIAL" else None,
                "stateMachineVersionArn": version.arn if version else None,
            }
        )

    async def describe_state_machine(self, request: Request) -> Response:
        """DescribeStateMachine, of a machine, one of its versions, or what an alias points to first."""
        arn = need(request, "stateMachineArn", str)
        machine = self._machines.by_arn.get(arn)
        if machine is not None:
            return self._describe(machine, machine.revision, arn, machine.created, None)
        base, _, qualifier = arn.rpartition(":")
        machine = self._machines.by_arn.get(base)
        if machine is None:
            raise machine_missing(arn)
        if qualifier.isdigit() and int(qualifier) in machine.versions:
            version = machine.versions[int(qualifier)]
            return self._describe(machine, version.revision, arn, version.created, version.description)
        if qualifier in machine.aliases:
            _, version = self._machines.version(machine.aliases[qualifier].routing[0][0])
            return self._describe(machine, version.revision, version.arn, version.created, version.description)
        raise machine_missing(arn)

    def _describe(
        self, machine: StateMachine, revision: Revision, arn: str, created: float, description: str | None
    ) -> Response:
        return without_nones(
            {
                "stateMachineArn": arn,
                "name": machine.name,
                "status": "ACTIVE",
                "definition": revision.definition,
                "roleArn": revision.role_arn,
                "type": machine.type,
                "creationDate": created,
                "loggingConfiguration": machine.settings.get(
                    "loggingConfiguration", {"level": "OFF", "includeExecutionData": False}
                ),
                "tracingConfiguration": machine.settings.get("tracingConfiguration", {"enabled": False}),
                "encryptionConfiguration": machine.settings.get("encryptionConfiguration", {"type": "AWS_OWNED_KEY"}),
                "revisionId": revision.id,
                "description": description,
            }
        )

    async def describe_state_machine_for_execution(self, request: Request) -> Response:
        """DescribeStateMachineForExecution: the definition that the execution runs, or that a child's parent runs."""
        arn = need(request, "executionArn", str)
        found = children.find(self._engine, arn)
        execution = self._engine.get(arn) if found is None else found[0].execution
        shown = self._describe(execution.machine, execution.revision, execution.machine.arn, 0.0, None)
        if found is not None:
            run = found[0].run
            shown["mapRunArn"], shown["label"] = run.arn, run.machine_arn.rpartition("/")[2]
        for name in ("status", "type", "creationDate"):
            shown.pop(name)
        return {**shown, "updateDate": execution.machine.updated}

    async def delete_state_machine(self, request: Request) -> Response:
        """DeleteStateMachine: a machine that is not there is gone already. Running executions end in peace."""
        arn = need(request, "stateMachineArn", str)
        if arn in self._machines.by_arn:
            await written(lambda then: self._engine.store.delete("machine", arn, then))
            self._machines.by_arn.pop(arn, None)
        return {}

    async def list_state_machines(self, request: Request) -> Response:
        """ListStateMachines, by name."""
        machines = sorted(self._machines.by_arn.values(), key=lambda machine: machine.name)
        return paged("stateMachines", page(request, machines, _summary))

    async def validate_state_machine_definition(self, request: Request) -> Response:
        """ValidateStateMachineDefinition: all problems, errors first."""
        text = bounded("definition", need(request, "definition", str), DEFINITION_LIMIT)
        found = validate_text(text, express=may(request, "type", str) == "EXPRESS")
        least = may(request, "severity", str) or "ERROR"
        if least == "ERROR":
            found = [problem for problem in found if problem.severity == "ERROR"]
        size = may(request, "maxResults", int) or 100
        return {
            "result": "FAIL" if any(problem.severity == "ERROR" for problem in found) else "OK",
            "diagnostics": [
                {
                    "severity": problem.severity,
                    "code": problem.code,
                    "message": problem.message,
                    "location": problem.location,
                }
                for problem in found[:size]
            ],
            "truncated": len(found) > size,
        }

    # -------------------------------------------------------------- versions

    async def publish_state_machine_version(self, request: Request) -> Response:
        """PublishStateMachineVersion: the same revision published again gives the version that it has."""
        machine = self._machines.get(need(request, "stateMachineArn", str))
        wanted = may(request, "revisionId", str)
        if wanted is not None and wanted != machine.revision.id:
            raise ApiError(
                "ConflictException",
                "Failed to publish the State Machine version for revision "
                f"{wanted}. The current State Machine revision is {machine.revision.id}.",
            )
        version = self._publish(machine, may(request, "description", str))
        await self._save(machine)
        return {"stateMachineVersionArn": version.arn, "creationDate": version.created}

    def _publish(self, machine: StateMachine, description: str | None) -> Version:
        last = machine.versions.get(machine.last_version)
        if last is not None and last.revision.id == machine.revision.id:
            return last
        if len(machine.versions) >= VERSION_LIMIT:
            raise over_quota(f"A state machine may have {VERSION_LIMIT} versions.")
        machine.last_version += 1
        number = machine.last_version
        version = Version(f"{machine.arn}:{number}", number, machine.revision, description, self._engine.clock.now())
        machine.versions[number] = version
        return version

    async def list_state_machine_versions(self, request: Request) -> Response:
        """ListStateMachineVersions, newest first."""
        machine = self._machines.get(need(request, "stateMachineArn", str))
        versions = sorted(machine.versions.values(), key=lambda version: -version.number)
        return paged(
            "stateMachineVersions",
            page(request, versions, lambda v: {"stateMachineVersionArn": v.arn, "creationDate": v.created}),
        )

    async def delete_state_machine_version(self, request: Request) -> Response:
        """DeleteStateMachineVersion, refused while an alias names it."""
        arn = need(request, "stateMachineVersionArn", str)
        base, _, number = arn.rpartition(":")
        machine = self._machines.by_arn.get(base)
        if machine is None or not number.isdigit() or int(number) not in machine.versions:
            return {}
        users = [alias.name for alias in machine.aliases.values() if arn in dict(alias.routing)]
        if users:
            raise ApiError(
                "ConflictException",
                "Version to be deleted must not be referenced by an alias. "
                f"Current list of aliases referencing this version: [{', '.join(users)}]",
            )
        del machine.versions[int(number)]
        await self._save(machine)
        return {}

    # -------------------------------------------------------------- aliases

    async def create_state_machine_alias(self, request: Request) -> Response:
        """CreateStateMachineAlias: idempotent for the same routing and description."""
        name = check_alias_name(need(request, "name", str))
        routing = self._machines.check_routing(None, need(request, "routingConfiguration", list))
        machine = self._machines.version(routing[0][0])[0]
        description = may(request, "description", str)
        existing = machine.aliases.get(name)
        if existing is not None:
            if existing.routing != routing or existing.description != description:
                raise ApiError(
                    "ConflictException",
                    "Failed to create alias because an alias with the same name and a different routing "
                    "configuration already exists.",
                )
            return {"stateMachineAliasArn": existing.arn, "creationDate": existing.created}
        if len(machine.aliases) >= ALIAS_LIMIT:
            raise over_quota(f"A state machine may have {ALIAS_LIMIT} aliases.")
        now = self._engine.clock.now()
        alias = Alias(f"{machine.arn}:{name}", name, description, routing, now, now)
        machine.aliases[name] = alias
        await self._save(machine)
        return {"stateMachineAliasArn": alias.arn, "creationDate": now}

    async def describe_state_machine_alias(self, request: Request) -> Response:
        """DescribeStateMachineAlias."""
        _, alias = self._machines.alias(need(request, "stateMachineAliasArn", str))
        return without_nones(
            {
                "stateMachineAliasArn": alias.arn,
                "name": alias.name,
                "description": alias.description,
                "routingConfiguration": [
                    {"stateMachineVersionArn": arn, "weight": weight} for arn, weight in alias.routing
                ],
                "creationDate": alias.created,
                "updateDate": alias.updated,
            }
        )

    async def update_state_machine_alias(self, request: Request) -> Response:
        """UpdateStateMachineAlias."""
        machine, alias = self._machines.alias(need(request, "stateMachineAliasArn", str))
        routing, description = may(request, "routingConfiguration", list), may(request, "description", str)
        if routing is None and description is None:
            raise ApiError(
                "MissingRequiredParameter", "Either the description or the routingConfiguration must be specified"
            )
        if routing is not None:
            alias.routing = self._machines.check_routing(machine.arn, routing)
        if description is not None:
            alias.description = description
        alias.updated = self._engine.clock.now()
        await self._save(machine)
        return {"updateDate": alias.updated}

    async def delete_state_machine_alias(self, request: Request) -> Response:
        """DeleteStateMachineAlias."""
        machine, alias = self._machines.alias(need(request, "stateMachineAliasArn", str))
        del machine.aliases[alias.name]
        await self._save(machine)
        return {}

    async def list_state_machine_aliases(self, request: Request) -> Response:
        """ListStateMachineAliases, of a machine or of one of its versions."""
        arn = need(request, "stateMachineArn", str)
        machine = self._machines.by_arn.get(arn)
        if machine is None:
            machine, _ = self._machines.version(arn)
        aliases = [a for a in machine.aliases.values() if arn == machine.arn or arn in dict(a.routing)]
        return paged(
            "stateMachineAliases",
            page(request, aliases, lambda a: {"stateMachineAliasArn": a.arn, "creationDate": a.created}),
        )

    async def _save(self, machine: StateMachine) -> None:
        await save_machine(self._engine, machine)


def _summary(machine: StateMachine) -> Response:
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "type": machine.type,
        "creationDate": machine.created,
    }
