"""The workflow as a state machine, its role, its log, and the alias by which callers name it.

Stage: orchestration. The definition names exact versions of its functions; publishing it and moving the alias happen in
the same `up`, so callers of the alias see the old workflow with the old code or the new one with the new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infrastructure.account import Account
from infrastructure.iam import ServiceRole, Statement, acting_for, allow, service_role, trust
from infrastructure.settings import Limits, Settings
from workflow import ExpressWorkflow
from workflow.permissions import ACCOUNT, REGION, SELF

ALIAS = "live"


@dataclass
class StateMachineArgs:
    """One Express workflow and what it is bound to."""

    settings: Settings
    account: Account
    workflow: ExpressWorkflow[Any, Any]
    """Express: a pipe can wait for no other kind."""
    bindings: Mapping[str, pulumi.Input[str]]
    """What the definition calls each function, table and topic: `table.readings` to its name."""
    arns: Mapping[str, pulumi.Input[str]]
    """The same for the role, where it must be known before the resource exists: a preview shows policies whole."""


class StateMachine(pulumi.ComponentResource):
    """A state machine; `alias` is what callers use."""

    def __init__(self, name: str, args: StateMachineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("symphony:infrastructure:StateMachine", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        settings = args.settings
        self.physical_name = settings.name(name)
        self._arn = args.account.arn("states", f"stateMachine:{self.physical_name}")
        # Vended log groups share one line of the account's resource policy; any other takes a line of its 5,120
        # characters, and deploying fails when they are full:
        # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
        self.logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/vendedlogs/states/{self.physical_name}",
            retention_in_days=settings.log_retention_days,
            opts=child,
        )
        role = self._role(name, args)
        self.machine = aws.sfn.StateMachine(
            name,
            name=self.physical_name,
            type=args.workflow.kind,
            role_arn=role.arn,
            definition=definition_of(args),
            publish=True,
            # Express keeps no history of its own: of what this level leaves out there is none.
            logging_configuration=aws.sfn.StateMachineLoggingConfigurationArgs(
                level=settings.workflow_log_level,
                include_execution_data=settings.include_execution_data,
                log_destination=pulumi.Output.concat(self.logs.arn, ":*"),
            ),
            tracing_configuration=aws.sfn.StateMachineTracingConfigurationArgs(enabled=settings.tracing),
            # AWS checks on creation that the role may write to the log.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role.policy]),
        )
        self.alias = aws.sfn.Alias(
            f"{name}-{ALIAS}",
            name=ALIAS,
            description="The version that callers get",
            routing_configurations=[
                aws.sfn.AliasRoutingConfigurationArgs(
                    state_machine_version_arn=self.machine.state_machine_version_arn, weight=100
                )
            ],
            opts=child,
        )
        self.register_outputs({"arn": self.machine.arn, "alias": self.alias.arn, "log": self.logs.name})

    def may_run(self) -> Sequence[Statement]:
        """Starting it and waiting for the answer. IAM decides by the state machine's own ARN, alias or not:
        https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html"""
        return [allow(["states:StartSyncExecution"], [self._arn], sid="RunWorkflow")]

    def _role(self, name: str, args: StateMachineArgs) -> ServiceRole:
        return service_role(
            name,
            physical_name=self.physical_name,
            description=f"What the workflow {self.physical_name} may do",
            trusted=trust(
                "states.amazonaws.com", acting_for(args.account, self._arn, pulumi.Output.concat(self._arn, ":*"))
            ),
            statements=statements_of(args, self.physical_name),
            parent=self,
        )


def limits_of(workflow: ExpressWorkflow[Any, Any]) -> Limits:
    """What a workflow says about time, for settings to compare."""
    definition = workflow.definition()
    lambdas = [state for _, state in tasks(definition) if str(state["Resource"]).endswith(":lambda:invoke")]
    return Limits(
        longest=workflow.longest_seconds(),
        timeout=int(definition["TimeoutSeconds"]),
        shortest_task=min((int(state["TimeoutSeconds"]) for state in lambdas), default=None),
        place=str(workflow.place),
    )


def tasks(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every Task of a definition with its name, those inside Parallel and Map included."""
    for name, state in definition["States"].items():
        if state["Type"] == "Task":
            yield name, state
        for inner in (*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else ())):
            yield from tasks(inner)


def definition_of(args: StateMachineArgs) -> pulumi.Output[str]:
    """The definition as JSON, as soon as every symbol in it is known."""
    _deployed(args, args.workflow.symbols, args.bindings)
    used = {symbol: args.bindings[symbol] for symbol in args.workflow.symbols if symbol != "aws.partition"}
    known: pulumi.Output[dict[str, str]] = pulumi.Output.all(**used, **{"aws.partition": args.account.partition})
    return known.apply(args.workflow.to_json)


def statements_of(args: StateMachineArgs, physical_name: str) -> pulumi.Output[list[Statement]]:
    """What the role may do: what `workflow.permissions()` derives, each statement named after the states that need it.

    physical_name: of the state machine. Raises ValueError for a Task of which it is not known what it needs, or whose
    resource is computed when it runs, so that the role would have to reach more than one.
    """
    workflow = args.workflow
    permissions = workflow.permissions(logs=True, traces=args.settings.tracing)
    doubtful = [f"state {unread.state!r}: {unread.what}" for unread in permissions.unread]
    doubtful += [f"{', '.join(statement.states)}: {why}" for statement, why in permissions.wide]
    if doubtful:
        raise ValueError(
            f"the role of workflow {workflow.name} cannot be the least: {'; '.join(doubtful)}; "
            "say by .allow(...) of the state what it reaches"
        )
    place = {
        "aws.partition": args.account.partition,
        REGION: args.account.region,
        ACCOUNT: args.account.id,
        SELF: physical_name,
    }
    bindings = {**args.bindings, **args.arns, **place}
    _deployed(args, permissions.symbols, bindings)
    known: pulumi.Output[dict[str, str]] = pulumi.Output.all(**{key: bindings[key] for key in permissions.symbols})
    return known.apply(lambda bound: list(permissions.document(bound)["Statement"]))


def _deployed(args: StateMachineArgs, symbols: Sequence[str], bindings: Mapping[str, Any]) -> None:
    """Raises ValueError for symbols without a binding."""
    missing = sorted(set(symbols) - {"aws.partition"} - set(bindings))
    if missing:
        raise ValueError(f"workflow {args.workflow.name} uses {', '.join(missing)}, which this stack does not deploy")
