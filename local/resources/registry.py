"""Which module handles which resource type. Handlers are loaded when a program uses them.

Stage: the engine's way to the handlers.
"""

from __future__ import annotations

import importlib

from local.resources.base import Handler

MODULES = {
    "aws:cloudwatch/dashboard:Dashboard": "dashboard",
    "aws:cloudwatch/logGroup:LogGroup": "log_group",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "metric_alarm",
    "aws:dynamodb/table:Table": "table",
    "aws:iam/role:Role": "role",
    "aws:iam/rolePolicy:RolePolicy": "role_policy",
    "aws:iot/policy:Policy": "iot_policy",
    "aws:iot/topicRule:TopicRule": "topic_rule",
    "aws:lambda/function:Function": "function",
    "aws:pipes/pipe:Pipe": "pipe",
    "aws:scheduler/schedule:Schedule": "schedule",
    "aws:sfn/alias:Alias": "state_machine_alias",
    "aws:sfn/stateMachine:StateMachine": "state_machine",
    "aws:sns/topic:Topic": "topic",
    "aws:sns/topicPolicy:TopicPolicy": "topic_policy",
    "aws:sns/topicSubscription:TopicSubscription": "topic_subscription",
    "aws:sqs/queue:Queue": "queue",
    "aws:sqs/queuePolicy:QueuePolicy": "queue_policy",
}


def handler_of(type_: str) -> Handler | None:
    """The handler of a resource type, or None if the local AWS does not have it."""
    module = MODULES.get(type_)
    if module is None:
        return None
    handler: Handler = importlib.import_module(f"local.resources.{module}").HANDLER
    return handler
