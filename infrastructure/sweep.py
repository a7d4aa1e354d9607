"""The schedule of the sweeper, which sends alerts that were stored as pending and never sent.

Stage: beside the workflow. A reading whose alert failed for good keeps it pending; the schedule calls the Lambda
function `sweep`, which publishes it and reports how many it found.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infrastructure.account import Account
from infrastructure.iam import acting_for, allow, service_role, trust
from infrastructure.settings import Settings

GROUP = "default"

TIMEOUT_SECONDS = 60
"""Longest run of the sweeper: it works through some hundred alerts, and ends before the next run begins."""


@dataclass
class SweepArgs:
    """What is called, and how often."""

    settings: Settings
    account: Account
    function_version_arn: pulumi.Input[str]
    """The version that is called; the schedule moves on in the same `up` that publishes it."""
    function_arns: pulumi.Input[str]
    """Every version of it, for the role."""


class Sweep(pulumi.ComponentResource):
    """The schedule and its role."""

    def __init__(self, name: str, args: SweepArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("symphony:infrastructure:Sweep", name, {}, opts)
        settings, account = args.settings, args.account
        role = service_role(
            f"{name}-schedule",
            physical_name=settings.name(f"{name}-schedule"),
            description="What the schedule of the sweeper may do",
            # Scheduler names the group, never the schedule:
            # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
            trusted=trust(
                "scheduler.amazonaws.com", acting_for(account, account.arn("scheduler", f"schedule-group/{GROUP}"))
            ),
            statements=[allow(["lambda:InvokeFunction"], [args.function_arns], sid="Sweep")],
            parent=self,
        )
        minutes = settings.sweep_minutes
        self.schedule = aws.scheduler.Schedule(
            name,
            name=settings.name(name),
            description="Looks for alerts left pending",
            group_name=GROUP,
            schedule_expression=f"rate({minutes} minute{'s' if minutes > 1 else ''})",
            state="ENABLED",
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            target=aws.scheduler.ScheduleTargetArgs(
                arn=args.function_version_arn,
                role_arn=role.arn,
                input=json.dumps({"older_than_minutes": settings.pending_minutes}),
                # The next run finds what this one missed: retrying it would only overlap.
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_retry_attempts=0, maximum_event_age_in_seconds=60
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role.policy]),
        )
        self.register_outputs({"schedule": self.schedule.name})
