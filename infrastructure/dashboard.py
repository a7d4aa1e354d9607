"""The dashboard: is it flowing, how fast, and what went wrong. One screen.

Stage: observation. Body structure: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infrastructure.account import Account
from infrastructure.settings import Settings

WIDTH, HEIGHT = 8, 6
COLUMNS = 24 // WIDTH


@dataclass
class DashboardArgs:
    """What is shown."""

    settings: Settings
    account: Account
    state_machine_arn: pulumi.Input[str]
    pipe_name: pulumi.Input[str]
    queue_name: pulumi.Input[str]
    dead_letters_name: pulumi.Input[str]
    alarm_arns: Sequence[pulumi.Input[str]]


class Dashboard(pulumi.ComponentResource):
    """One CloudWatch dashboard; `url` opens it."""

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("symphony:infrastructure:Dashboard", name, {}, opts)
        self.dashboard = aws.cloudwatch.Dashboard(
            name,
            dashboard_name=args.settings.name("telemetry"),
            dashboard_body=pulumi.Output.json_dumps({"widgets": _placed(_widgets(args))}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        region = args.account.region
        self.url: pulumi.Output[str] = pulumi.Output.concat(
            *("https://", region, ".console.aws.amazon.com/cloudwatch/home?region=", region, "#dashboards/dashboard/"),
            self.dashboard.dashboard_name,
        )
        self.register_outputs({"url": self.url})


def _widgets(args: DashboardArgs) -> list[dict[str, Any]]:
    queue = ["QueueName", args.queue_name]
    dead = ["QueueName", args.dead_letters_name]
    machine = ["StateMachineArn", args.state_machine_arn]
    pipe = ["PipeName", args.pipe_name]
    own = args.settings.metrics_namespace
    service = ["service", args.settings.service, "function"]
    return [
        {"type": "alarm", "properties": {"title": "Alarms", "alarms": list(args.alarm_arns)}},
        _graph(
            args,
            "Messages",
            ["AWS/SQS", "NumberOfMessagesSent", *queue, {"label": "arrived"}],
            ["AWS/SQS", "NumberOfMessagesDeleted", *queue, {"label": "done"}],
            ["AWS/EventBridge/Pipes", "EventCount", *pipe, {"label": "taken by the pipe"}],
        ),
        _graph(
            args,
            "Waiting and dead letters",
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", *queue, {"label": "waiting", "stat": "Maximum"}],
            ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", *queue, {"label": "in work", "stat": "Maximum"}],
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", *dead, {"label": "dead letters", "stat": "Maximum"}],
        ),
        _graph(
            args,
            "Batches",
            ["AWS/States", "ExecutionsStarted", *machine, {"label": "started"}],
            ["AWS/States", "ExecutionsFailed", *machine, {"label": "failed"}],
            ["AWS/States", "ExecutionsTimedOut", *machine, {"label": "timed out"}],
        ),
        _graph(
            args,
            "Duration of a batch (ms)",
            ["AWS/States", "ExecutionTime", *machine, {"label": "p50", "stat": "p50"}],
            ["AWS/States", "ExecutionTime", *machine, {"label": "p95", "stat": "p95"}],
        ),
        _graph(
            args,
            "Quarantined, refused, swept",
            [own, "Quarantined", *service, "quarantine", {"label": "quarantined"}],
            [own, "Refused", *service, "validate", {"label": "refused"}],
            [own, "PendingAlerts", *service, "sweep", {"label": "alerts left pending", "stat": "Maximum"}],
        ),
    ]


def _graph(args: DashboardArgs, title: str, *metrics: list[Any]) -> dict[str, Any]:
    return {
        "type": "metric",
        "properties": {
            "title": title,
            "region": args.account.region,
            "metrics": list(metrics),
            "stat": "Sum",
            "period": 60,
            "view": "timeSeries",
        },
    }


def _placed(widgets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Row by row from the left."""
    return [
        widget | {"x": at % COLUMNS * WIDTH, "y": at // COLUMNS * HEIGHT, "width": WIDTH, "height": HEIGHT}
        for at, widget in enumerate(widgets)
    ]
