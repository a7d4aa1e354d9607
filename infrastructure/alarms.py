"""The alarms: what somebody must know before customers tell them. All of them go to the alerts topic.

Stage: observation. Each alarm's description says what is wrong and what to do. Alarms stay quiet when there is no
traffic (no data is no trouble), except that they cannot see what AWS does not report: metrics come at best effort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infrastructure.settings import Settings

Dimensions = Mapping[str, pulumi.Input[str]]


@dataclass
class AlarmsArgs:
    """What is watched, and who is told."""

    settings: Settings
    topic_arn: pulumi.Input[str]
    state_machine_arn: pulumi.Input[str]
    pipe_name: pulumi.Input[str]
    queue_name: pulumi.Input[str]
    dead_letters_name: pulumi.Input[str]
    sweep_function_name: pulumi.Input[str]


@dataclass(frozen=True)
class Metric:
    """One CloudWatch metric, summed or otherwise reduced over a period."""

    namespace: str
    name: str
    dimensions: Dimensions
    stat: str = "Sum"


@dataclass(frozen=True)
class Watch:
    """An alarm: some metrics, an expression over them, and from where on it is too much."""

    name: str
    description: str
    metrics: Mapping[str, Metric]
    expression: str
    """Over the ids of `metrics`: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html"""
    above: float = 0
    period: int = 60
    """Seconds for each point. What is reported every few minutes needs as many, or its alarm flickers."""
    points: int = 1
    """How many points must be too high."""
    of: int = 1
    """Out of the last so many."""


class Alarms(pulumi.ComponentResource):
    """Every alarm of the stack."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("symphony:infrastructure:Alarms", name, {}, opts)
        self._args = args
        self.alarms = {watch.name: self._alarm(watch) for watch in watches(args)}
        self.register_outputs({each: alarm.arn for each, alarm in self.alarms.items()})

    @property
    def arns(self) -> list[pulumi.Input[str]]:
        """The alarms' ARNs."""
        return [alarm.arn for alarm in self.alarms.values()]

    def _alarm(self, watch: Watch) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            watch.name,
            name=self._args.settings.name(watch.name),
            alarm_description=watch.description,
            metric_queries=[
                *(_queried(key, metric, watch.period) for key, metric in watch.metrics.items()),
                aws.cloudwatch.MetricAlarmMetricQueryArgs(
                    id="watched", expression=watch.expression, label=watch.name, return_data=True
                ),
            ],
            comparison_operator="GreaterThanThreshold",
            threshold=watch.above,
            evaluation_periods=watch.of,
            datapoints_to_alarm=watch.points,
            treat_missing_data="notBreaching",
            alarm_actions=[self._args.topic_arn],
            ok_actions=[self._args.topic_arn],
            opts=pulumi.ResourceOptions(parent=self),
        )


def watches(args: AlarmsArgs) -> tuple[Watch, ...]:
    """What is watched, in words and numbers."""
    settings = args.settings
    sweeping = settings.sweep_minutes * 60
    machine = {"StateMachineArn": args.state_machine_arn}
    queue = {"QueueName": args.queue_name}
    dead_letters = {"QueueName": args.dead_letters_name}
    return (
        Watch(
            "executions-failed",
            "A whole batch failed or timed out: its messages come again. Look into the workflow's log.",
            {
                "failed": Metric("AWS/States", "ExecutionsFailed", machine),
                "late": Metric("AWS/States", "ExecutionsTimedOut", machine),
            },
            "FILL(failed, 0) + FILL(late, 0)",
        ),
        Watch(
            "dead-letters",
            "Messages failed for good or were too large. Read them, mend the cause, then redrive the queue.",
            {"dead": Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", dead_letters, "Maximum")},
            "FILL(dead, 0)",
        ),
        # AWS stops a pipe after lasting errors, and no metric says so; but then messages wait and none moves:
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
        Watch(
            "pipe-not-running",
            "Messages wait and the pipe takes none. Its StateReason says why: aws pipes describe-pipe.",
            {
                "waiting": Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, "Maximum"),
                "taken": Metric("AWS/EventBridge/Pipes", "Invocations", {"PipeName": args.pipe_name}),
            },
            "IF(FILL(waiting, 0) > 0 AND FILL(taken, 0) < 1, 1, 0)",
            points=5,
            of=5,
        ),
        Watch(
            "oldest-message",
            f"A message has waited for more than {settings.oldest_message_minutes} minutes: the workflow is too slow, "
            "or fails again and again.",
            {"age": Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", queue, "Maximum")},
            "FILL(age, 0)",
            above=settings.oldest_message_minutes * 60,
        ),
        Watch(
            "quarantined",
            f"More than {settings.quarantined_per_hour:,} messages were quarantined within an hour. The table's "
            "`reason` says why: a device that lost its way, or new firmware.",
            {
                "refused": Metric(
                    settings.metrics_namespace,
                    "Quarantined",
                    {"service": settings.service, "function": "quarantine"},
                )
            },
            "FILL(refused, 0)",
            above=settings.quarantined_per_hour,
            period=3600,
        ),
        Watch(
            "pending-alerts",
            "Alerts were stored and not sent; the sweeper found them. Look for failures of the state that publishes.",
            {
                "pending": Metric(
                    settings.metrics_namespace,
                    "PendingAlerts",
                    {"service": settings.service, "function": "sweep"},
                    "Maximum",
                )
            },
            "FILL(pending, 0)",
            period=sweeping,
        ),
        Watch(
            "sweep-failing",
            "The sweeper fails, so that alerts left pending are neither found nor sent. Look into its log.",
            {"errors": Metric("AWS/Lambda", "Errors", {"FunctionName": args.sweep_function_name})},
            "FILL(errors, 0)",
            period=sweeping,
            points=2,
            of=3,
        ),
    )


def _queried(key: str, metric: Metric, period: int) -> Any:
    return aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id=key,
        return_data=False,
        metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=metric.dimensions,
            period=period,
            stat=metric.stat,
        ),
    )
