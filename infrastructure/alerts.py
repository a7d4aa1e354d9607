"""The topic that people listen to: alerts about readings, and alarms about the system itself.

Stage: storage's neighbour; workflow, sweeper and alarms publish to it. It carries no KMS key: CloudWatch alarms cannot
publish to a topic under the AWS managed key, and what alerts say is sent on by mail anyway.
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infrastructure.account import Account
from infrastructure.iam import Statement, acting_for, allow, document, insecure_transport_denied
from infrastructure.settings import Settings


@dataclass
class AlertsArgs:
    """Where alerts go."""

    settings: Settings
    account: Account


class Alerts(pulumi.ComponentResource):
    """The topic, who may publish to it, and one subscription by mail."""

    def __init__(self, name: str, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("symphony:infrastructure:Alerts", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        settings, account = args.settings, args.account
        topic_name = settings.name("alerts")
        self._arn = account.arn("sns", topic_name)
        self.topic = aws.sns.Topic("topic", name=topic_name, display_name=f"Cold chain ({settings.stack})", opts=child)
        alarms = account.arn("cloudwatch", f"alarm:{settings.name('')}*")
        aws.sns.TopicPolicy(
            "topic-policy",
            arn=self.topic.arn,
            policy=document(
                [
                    allow(["sns:Publish"], [self._arn], sid="Alarms", condition=acting_for(account, alarms))
                    | {"Principal": {"Service": "cloudwatch.amazonaws.com"}},
                    insecure_transport_denied("sns:Publish", self._arn),
                ]
            ),
            opts=child,
        )
        if settings.alert_email:  # its owner must confirm
            aws.sns.TopicSubscription(
                "email", topic=self.topic.arn, protocol="email", endpoint=settings.alert_email, opts=child
            )
        self.register_outputs({"topic": self.topic.arn})

    @property
    def bindings(self) -> dict[str, pulumi.Input[str]]:
        """`topic.alerts` to the topic's ARN, for a workflow's definition."""
        return {"topic.alerts": self.topic.arn}

    @property
    def arns(self) -> dict[str, pulumi.Input[str]]:
        """The same for a workflow's role."""
        return {"topic.alerts": self._arn}

    def may_publish(self) -> Sequence[Statement]:
        """Publishing an alert."""
        return [allow(["sns:Publish"], [self._arn], sid="PublishAlert")]
