"""From the queue into the workflow: an EventBridge pipe that sends batches and waits for the answer.

Stage: ingestion's second half. The workflow answers with `batchItemFailures`; the pipe leaves those messages in the
queue: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html

The target is the state machine's alias. A pipe's Target may be any ARN, and the pipe calls StartSyncExecution with it,
which takes qualified ARNs: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infrastructure.account import Account
from infrastructure.iam import Statement, acting_for, service_role, trust
from infrastructure.settings import Settings


@dataclass
class PipeArgs:
    """What the pipe connects."""

    settings: Settings
    account: Account
    queue_arn: pulumi.Input[str]
    workflow_arn: pulumi.Input[str]
    """The alias that is started."""
    grants: Sequence[Statement]
    """Taking from that queue and starting that workflow."""


class Pipe(pulumi.ComponentResource):
    """One pipe with its role and its log of errors."""

    def __init__(self, name: str, args: PipeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("symphony:infrastructure:Pipe", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        settings, account = args.settings, args.account
        physical_name = settings.name("telemetry")
        role = service_role(
            name,
            physical_name=settings.name(name),
            description=f"What the pipe {physical_name} may do",
            trusted=trust("pipes.amazonaws.com", acting_for(account, account.arn("pipes", f"pipe/{physical_name}"))),
            statements=args.grants,
            parent=self,
        )
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/vendedlogs/pipes/{physical_name}",
            retention_in_days=settings.log_retention_days,
            opts=child,
        )
        self.pipe = aws.pipes.Pipe(
            name,
            name=physical_name,
            description="Batches of telemetry into the workflow",
            desired_state="RUNNING",
            role_arn=role.arn,
            source=args.queue_arn,
            source_parameters=aws.pipes.PipeSourceParametersArgs(
                sqs_queue_parameters=aws.pipes.PipeSourceParametersSqsQueueParametersArgs(
                    batch_size=settings.batch_size,
                    maximum_batching_window_in_seconds=settings.batch_window_seconds,
                )
            ),
            target=args.workflow_arn,
            target_parameters=aws.pipes.PipeTargetParametersArgs(
                step_function_state_machine_parameters=aws.pipes.PipeTargetParametersStepFunctionStateMachineParametersArgs(
                    invocation_type="REQUEST_RESPONSE"
                )
            ),
            log_configuration=aws.pipes.PipeLogConfigurationArgs(
                level="ERROR",
                cloudwatch_logs_log_destination=aws.pipes.PipeLogConfigurationCloudwatchLogsLogDestinationArgs(
                    log_group_arn=logs.arn
                ),
            ),
            # A pipe that may not read its queue yet fails to start, and stays so.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role.policy]),
        )
        self.register_outputs({"name": self.pipe.name})
