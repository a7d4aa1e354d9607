"""From MQTT into a queue: IoT rule, queue, dead-letter queue.

Stage: ingestion. The rule does not look into payloads; it carries them, so that a malformed one arrives too and can be
quarantined. What the queue cannot take (too large, or it does not answer) goes to the dead-letter queue by the rule's
error action, in a document of its own; so does what failed too often, by redrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infrastructure.account import Account
from infrastructure.iam import (
    ServiceRole,
    Statement,
    acting_for,
    allow,
    document,
    insecure_transport_denied,
    service_role,
    trust,
)
from infrastructure.settings import Settings

DAY_SECONDS = 86_400

TELEMETRY_TOPIC = "devices/{deviceId}/telemetry"

SQL = (
    "SELECT encode(*, 'base64') AS payload, topic() AS topic, timestamp() AS receivedAt, clientid() AS clientId, "
    "traceid() AS traceId FROM 'devices/+/telemetry'"
)
"""`encode(*)` takes the payload whatever it is. `SELECT *` would parse it, and a payload that is no JSON object would
become an empty one: https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html"""

DEAD_LETTER_BYTES = 262_144
"""The largest payload of AWS IoT's MQTT, 128 KB, as Base64 in the error action's document, fits with room to spare."""


@dataclass
class IngestionArgs:
    """What ingestion needs to know."""

    settings: Settings
    account: Account


class Ingestion(pulumi.ComponentResource):
    """The rule and its two queues."""

    def __init__(self, name: str, args: IngestionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("symphony:infrastructure:Ingestion", name, {}, opts)
        self._args = args
        child = pulumi.ResourceOptions(parent=self)
        settings, account = args.settings, args.account
        queue_name, dead_letters_name = settings.name("telemetry"), settings.name("telemetry-dead-letters")
        self._queue_arn, self._dead_letters_arn = account.arn("sqs", queue_name), account.arn("sqs", dead_letters_name)
        self.dead_letters = aws.sqs.Queue(
            "dead-letters",
            name=dead_letters_name,
            message_retention_seconds=settings.dead_letter_retention_days * DAY_SECONDS,
            max_message_size=DEAD_LETTER_BYTES,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [self._queue_arn]}
            ),
            sqs_managed_sse_enabled=True,
            opts=child,
        )
        self.queue = aws.sqs.Queue(
            "telemetry",
            name=queue_name,
            visibility_timeout_seconds=settings.queue_visibility_seconds,
            message_retention_seconds=settings.queue_retention_days * DAY_SECONDS,
            max_message_size=settings.largest_message_bytes,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": self.dead_letters.arn, "maxReceiveCount": settings.max_receives}
            ),
            sqs_managed_sse_enabled=True,
            opts=child,
        )
        role = self._rule_role(name)
        self._queue_policy("telemetry", self.queue, role)
        self._queue_policy("dead-letters", self.dead_letters, role)
        self.rule = aws.iot.TopicRule(
            "rule",
            name=settings.rule_name("telemetry"),
            description="Carries what devices publish, unread, to the queue",
            enabled=True,
            sql=SQL,
            sql_version="2016-03-23",
            sqs=[aws.iot.TopicRuleSqsArgs(queue_url=self.queue.url, role_arn=role.arn, use_base64=False)],
            error_action=aws.iot.TopicRuleErrorActionArgs(
                sqs=aws.iot.TopicRuleErrorActionSqsArgs(
                    queue_url=self.dead_letters.url, role_arn=role.arn, use_base64=False
                )
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role.policy]),
        )
        self.register_outputs({"queue": self.queue.url, "dead_letters": self.dead_letters.url, "rule": self.rule.name})

    def may_take(self) -> Sequence[Statement]:
        """Taking messages out of the queue."""
        actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        return [allow(actions, [self._queue_arn], sid="TakeFromQueue")]

    def _rule_role(self, name: str) -> ServiceRole:
        settings, account = self._args.settings, self._args.account
        rule = account.arn("iot", f"rule/{settings.rule_name('telemetry')}")
        return service_role(
            name,
            physical_name=settings.name(name),
            description="What the rule for telemetry may do",
            trusted=trust("iot.amazonaws.com", acting_for(account, rule)),
            statements=[
                allow(["sqs:SendMessage"], [self._queue_arn], sid="Forward"),
                allow(["sqs:SendMessage"], [self._dead_letters_arn], sid="ParkWhatCannotBeForwarded"),
            ],
            parent=self,
        )

    def _queue_policy(self, name: str, queue: aws.sqs.Queue, sender: ServiceRole) -> aws.sqs.QueuePolicy:
        sends = allow(["sqs:SendMessage"], [queue.arn], sid="RuleSends") | {"Principal": {"AWS": sender.arn}}
        return aws.sqs.QueuePolicy(
            f"{name}-policy",
            queue_url=queue.url,
            policy=document([sends, insecure_transport_denied("sqs:*", queue.arn)]),
            opts=pulumi.ResourceOptions(parent=self),
        )
