"""The whole program in dev, prod and local, resource by resource, as a preview sees it."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from local.engine import Plan
from tests.infrastructure.plans import policies, statements

PlanOf = Callable[[str], Plan]

TYPES = {
    "symphony:infrastructure:Alarms": 1,
    "symphony:infrastructure:Alerts": 1,
    "symphony:infrastructure:Dashboard": 1,
    "symphony:infrastructure:DevicePolicy": 1,
    "symphony:infrastructure:Functions": 1,
    "symphony:infrastructure:Ingestion": 1,
    "symphony:infrastructure:Pipe": 1,
    "symphony:infrastructure:StateMachine": 1,
    "symphony:infrastructure:Sweep": 1,
    "symphony:infrastructure:Tables": 1,
    "aws:cloudwatch/dashboard:Dashboard": 1,
    "aws:cloudwatch/logGroup:LogGroup": 6,
    "aws:cloudwatch/metricAlarm:MetricAlarm": 7,
    "aws:dynamodb/table:Table": 4,
    "aws:iam/role:Role": 8,
    "aws:iam/rolePolicy:RolePolicy": 8,
    "aws:iot/policy:Policy": 1,
    "aws:iot/topicRule:TopicRule": 1,
    "aws:lambda/function:Function": 4,
    "aws:pipes/pipe:Pipe": 1,
    "aws:scheduler/schedule:Schedule": 1,
    "aws:sfn/alias:Alias": 1,
    "aws:sfn/stateMachine:StateMachine": 1,
    "aws:sns/topic:Topic": 1,
    "aws:sns/topicPolicy:TopicPolicy": 1,
    "aws:sqs/queue:Queue": 2,
    "aws:sqs/queuePolicy:QueuePolicy": 2,
}

LOGS = {
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}
TRACES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
SAMPLED_TRACES = {*TRACES, "xray:GetSamplingRules", "xray:GetSamplingTargets"}

ON_EVERYTHING = {
    ("telemetry-policy", "Logs"): LOGS,
    ("telemetry-policy", "Traces"): SAMPLED_TRACES,
    **{(f"{name}-policy", "SendTraces"): TRACES for name in ("validate", "summarise", "quarantine", "sweep")},
}
"""What may be granted on all resources: AWS knows no resources for these actions."""

GRANTED = {
    "telemetry-policy": {
        ("dynamodb:GetItem", "dynamodb:table/{}-devices"),
        ("dynamodb:GetItem", "dynamodb:table/{}-readings"),
        ("dynamodb:PutItem", "dynamodb:table/{}-readings"),
        ("dynamodb:PutItem", "dynamodb:table/{}-repeats"),
        ("lambda:InvokeFunction", "lambda:function:{}-quarantine:*"),
        ("lambda:InvokeFunction", "lambda:function:{}-summarise:*"),
        ("lambda:InvokeFunction", "lambda:function:{}-validate:*"),
        ("sns:Publish", "sns:{}-alerts"),
    },
    "validate-policy": {("logs:CreateLogStream logs:PutLogEvents", "logs:log-group:/aws/lambda/{}-validate:*")},
    "summarise-policy": {("logs:CreateLogStream logs:PutLogEvents", "logs:log-group:/aws/lambda/{}-summarise:*")},
    "quarantine-policy": {
        ("logs:CreateLogStream logs:PutLogEvents", "logs:log-group:/aws/lambda/{}-quarantine:*"),
        ("dynamodb:PutItem", "dynamodb:table/{}-quarantine"),
    },
    "sweep-policy": {
        ("logs:CreateLogStream logs:PutLogEvents", "logs:log-group:/aws/lambda/{}-sweep:*"),
        ("dynamodb:Query", "dynamodb:table/{}-readings/index/pending"),
        ("dynamodb:UpdateItem", "dynamodb:table/{}-readings"),
        ("sns:Publish", "sns:{}-alerts"),
    },
    "ingestion-policy": {
        ("sqs:SendMessage", "sqs:{}-telemetry"),
        ("sqs:SendMessage", "sqs:{}-telemetry-dead-letters"),
    },
    "pipe-policy": {
        ("sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes", "sqs:{}-telemetry"),
        ("states:StartSyncExecution", "states:stateMachine:{}-telemetry"),
    },
    "sweeper-schedule-policy": {("lambda:InvokeFunction", "lambda:function:{}-sweep:*")},
}
"""What each role may do: adding an action to one fails until it is accepted here."""

TRUSTED = {
    "ingestion-role": ("iot.amazonaws.com", ["iot:rule/{_}_telemetry"]),
    "pipe-role": ("pipes.amazonaws.com", ["pipes:pipe/{}-telemetry"]),
    "telemetry-role": (
        "states.amazonaws.com",
        ["states:stateMachine:{}-telemetry", "states:stateMachine:{}-telemetry:*"],
    ),
    "sweeper-schedule-role": ("scheduler.amazonaws.com", ["scheduler:schedule-group/default"]),
}

FUNCTIONS = ("validate", "summarise", "quarantine", "sweep")


def short(arn: str) -> str:
    """`arn:aws:sqs:REGION:ACCOUNT:x` as `sqs:x`; the partition, region and account must be there."""
    head, partition, service, region, account, resource = arn.split(":", 5)
    assert (head, partition) == ("arn", "aws"), arn
    assert region and account.isdigit() and len(account) == 12, arn
    return f"{service}:{resource}"


def inputs(plan: Plan, kind: str, name: str) -> dict[str, Any]:
    return dict(plan.one(kind, name).inputs)


# ---- the whole


def test_each_stack_has_exactly_these_resources(plan: Plan) -> None:
    assert Counter(r.type for r in plan.resources if not r.type.startswith("pulumi:")) == TYPES


def test_nothing_is_deprecated_or_doubtful(plan: Plan) -> None:
    assert plan.messages == ()


def test_every_resource_belongs_to_its_component(plan: Plan) -> None:
    for resource in plan.resources:
        if resource.type.startswith("aws:"):
            assert resource.parent is not None and "symphony:infrastructure:" in resource.parent, resource.urn


def test_physical_names_carry_the_stack(plan: Plan, stack: str) -> None:
    for resource in plan.resources:
        name = resource.inputs.get("name")
        if resource.type.startswith("aws:") and isinstance(name, str) and name not in ("least", "live"):
            assert f"symphony-{stack}-" in name or name == f"symphony_{stack}_telemetry", resource.urn


def test_operators_find_their_way(plan: Plan) -> None:
    assert set(plan.outputs) == {
        "mqttEndpoint",
        "telemetryTopic",
        "readingsTable",
        "devicesTable",
        "repeatsTable",
        "quarantineTable",
        "alertsTopic",
        "telemetryQueue",
        "deadLetterQueue",
        "stateMachine",
        "pipe",
        "dashboard",
    }
    assert plan.outputs["telemetryTopic"] == "devices/{deviceId}/telemetry"


def test_dev_and_prod_differ_where_they_should(plan_of: PlanOf) -> None:
    """The same resources under the same names; only their settings differ."""
    dev, prod = (
        {(r.type, r.name) for r in plan_of(stack).resources if r.type[:4] == "aws:"} for stack in ("dev", "prod")
    )
    assert dev == prod


# ---- ingestion


def test_the_rule_carries_payloads_unread(plan: Plan) -> None:
    rule = inputs(plan, "aws:iot/topicRule:TopicRule", "rule")
    assert rule["sql"] == (
        "SELECT encode(*, 'base64') AS payload, topic() AS topic, timestamp() AS receivedAt, clientid() AS clientId, "
        "traceid() AS traceId FROM 'devices/+/telemetry'"
    )
    assert (rule["enabled"], rule["sqlVersion"]) == (True, "2016-03-23")
    assert [action["useBase64"] for action in rule["sqs"]] == [False]
    assert rule["errorAction"]["sqs"]["useBase64"] is False


def test_the_rule_waits_for_its_permissions(plan: Plan) -> None:
    urns = set(plan.one("aws:iot/topicRule:TopicRule", "rule").dependencies)
    assert plan.one("aws:iam/rolePolicy:RolePolicy", "ingestion-policy").urn in urns


def test_the_queue_holds_what_a_batch_can_carry(plan: Plan, stack: str) -> None:
    queue = inputs(plan, "aws:sqs/queue:Queue", "telemetry")
    batch = inputs(plan, "aws:pipes/pipe:Pipe", "pipe")["sourceParameters"]["sqsQueueParameters"]
    assert batch["batchSize"] * (2 * queue["maxMessageSize"] + 1_024) <= 262_144
    assert (queue["visibilityTimeoutSeconds"], queue["messageRetentionSeconds"]) == (300, 4 * 86_400)
    assert queue["sqsManagedSseEnabled"] is True
    assert batch["maximumBatchingWindowInSeconds"] == (0 if stack == "local" else 1)


def test_dead_letters_take_whatever_a_device_can_send(plan: Plan, stack: str) -> None:
    queue = inputs(plan, "aws:sqs/queue:Queue", "dead-letters")
    assert queue["maxMessageSize"] == 262_144 > 128 * 1_024 * 4 / 3
    assert queue["messageRetentionSeconds"] == 14 * 86_400
    allowed = json.loads(queue["redriveAllowPolicy"])
    assert allowed["redrivePermission"] == "byQueue"
    assert [short(arn) for arn in allowed["sourceQueueArns"]] == [f"sqs:symphony-{stack}-telemetry"]


def test_the_pipe_waits_for_the_workflows_answer(plan: Plan) -> None:
    pipe = inputs(plan, "aws:pipes/pipe:Pipe", "pipe")
    assert pipe["targetParameters"] == {"stepFunctionStateMachineParameters": {"invocationType": "REQUEST_RESPONSE"}}
    assert pipe["desiredState"] == "RUNNING"
    assert pipe["logConfiguration"]["level"] == "ERROR"
    urns = set(plan.one("aws:pipes/pipe:Pipe", "pipe").dependencies)
    assert {
        plan.one("aws:sfn/alias:Alias", "telemetry-live").urn,
        plan.one("aws:sqs/queue:Queue", "telemetry").urn,
        plan.one("aws:iam/rolePolicy:RolePolicy", "pipe-policy").urn,
    } <= urns


# ---- the workflow


def test_the_workflow_is_express_published_and_logged(plan: Plan, stack: str) -> None:
    machine = inputs(plan, "aws:sfn/stateMachine:StateMachine", "telemetry")
    assert (machine["type"], machine["publish"]) == ("EXPRESS", True)
    logging = machine["loggingConfiguration"]
    assert (logging["level"], logging["includeExecutionData"]) == ("ALL", stack != "prod")
    assert machine["tracingConfiguration"] == {"enabled": stack != "local"}


def test_the_definition_waits_for_the_functions_versions(plan: Plan) -> None:
    urns = set(plan.one("aws:sfn/stateMachine:StateMachine", "telemetry").dependencies)
    for name in ("validate", "summarise", "quarantine"):
        assert plan.one("aws:lambda/function:Function", name).urn in urns
    assert plan.one("aws:iam/rolePolicy:RolePolicy", "telemetry-policy").urn in urns


def test_the_alias_follows_the_version(plan: Plan) -> None:
    alias = plan.one("aws:sfn/alias:Alias", "telemetry-live")
    (route,) = alias.inputs["routingConfigurations"]
    assert (alias.inputs["name"], route["weight"]) == ("live", 100)
    assert plan.one("aws:sfn/stateMachine:StateMachine", "telemetry").urn in set(alias.dependencies)


def test_log_groups_are_where_they_must_be_and_expire(plan: Plan, stack: str) -> None:
    days = {"dev": 7, "prod": 90, "local": 30}[stack]
    groups = {r.inputs["name"]: r.inputs["retentionInDays"] for r in plan.of("aws:cloudwatch/logGroup:LogGroup")}
    assert groups == {
        **{f"/aws/lambda/symphony-{stack}-{name}": days for name in FUNCTIONS},
        f"/aws/vendedlogs/states/symphony-{stack}-telemetry": days,
        f"/aws/vendedlogs/pipes/symphony-{stack}-telemetry": days,
    }


# ---- functions


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_versions_of_one_package(plan: Plan, stack: str, name: str) -> None:
    function = inputs(plan, "aws:lambda/function:Function", name)
    assert function["handler"] == f"handlers.entry.{name}"
    assert (function["runtime"], function["architectures"], function["publish"]) == ("python3.13", ["arm64"], True)
    assert function["memorySize"] == (512 if stack == "prod" else 256)
    assert function["timeout"] == (60 if name == "sweep" else 10)
    assert function["tracingConfig"] == {"mode": "PassThrough" if stack == "local" else "Active"}
    assert function["loggingConfig"]["logFormat"] == "JSON"
    assert function["loggingConfig"]["applicationLogLevel"] == ("DEBUG" if stack == "dev" else "INFO")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_learn_names_from_their_environment(plan: Plan, stack: str, name: str) -> None:
    variables = inputs(plan, "aws:lambda/function:Function", name)["environment"]["variables"]
    assert set(variables) == {
        "ALERTS_TOPIC",
        "DEDUPLICATION_DAYS",
        "QUARANTINE_TABLE",
        "READINGS_INDEX",
        "READINGS_TABLE",
        "POWERTOOLS_LOGGER_LOG_EVENT",
        "POWERTOOLS_LOG_LEVEL",
        "POWERTOOLS_METRICS_NAMESPACE",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_TRACER_CAPTURE_ERROR",
        "POWERTOOLS_TRACER_CAPTURE_RESPONSE",
        "POWERTOOLS_TRACE_DISABLED",
    }
    assert variables["POWERTOOLS_TRACER_CAPTURE_RESPONSE"] == "false", "results hold readings"
    assert variables["POWERTOOLS_LOGGER_LOG_EVENT"] == "false", "events hold readings"
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "Symphony"
    assert variables["DEDUPLICATION_DAYS"] == "400"
    assert variables["READINGS_INDEX"] == "pending"


def test_every_handler_that_is_deployed_exists(plan: Plan) -> None:
    import handlers.entry

    for function in plan.of("aws:lambda/function:Function"):
        module, _, name = function.inputs["handler"].rpartition(".")
        assert module == "handlers.entry"
        assert callable(getattr(handlers.entry, name))


# ---- tables


def test_tables_keys(plan: Plan, stack: str) -> None:
    tables = {r.inputs["name"]: r.inputs["hashKey"] for r in plan.of("aws:dynamodb/table:Table")}
    assert tables == {
        f"symphony-{stack}-devices": "device_id",
        f"symphony-{stack}-readings": "id",
        f"symphony-{stack}-repeats": "trace",
        f"symphony-{stack}-quarantine": "trace",
    }


def test_tables_are_paid_by_use_encrypted_and_protected_in_production(plan: Plan, stack: str) -> None:
    for table in plan.of("aws:dynamodb/table:Table"):
        assert table.inputs["billingMode"] == "PAY_PER_REQUEST"
        assert table.inputs["serverSideEncryption"] == {"enabled": True}
        assert table.inputs["pointInTimeRecovery"] == {"enabled": stack == "prod"}
        assert table.inputs["deletionProtectionEnabled"] is (stack == "prod")


def test_what_is_received_expires_and_devices_stay(plan: Plan) -> None:
    expiring = {r.name: r.inputs.get("ttl") for r in plan.of("aws:dynamodb/table:Table")}
    assert expiring.pop("devices") is None
    assert expiring == dict.fromkeys(
        ("readings", "repeats", "quarantine"), {"attributeName": "expires", "enabled": True}
    )


def test_pending_alerts_can_be_asked_for(plan: Plan) -> None:
    (index,) = inputs(plan, "aws:dynamodb/table:Table", "readings")["globalSecondaryIndexes"]
    assert (index["name"], index["projectionType"]) == ("pending", "ALL")
    keys = [(key["attributeName"], key["keyType"]) for key in index["keySchemas"]]
    assert keys == [("alert", "HASH"), ("pending_since", "RANGE")]


def test_tables_and_models_agree() -> None:
    """The keys that tables are made with are those of the models that the workflow stores."""
    from handlers.models import Item, Quarantined
    from pipelines.telemetry import telemetry

    assert {table.name: table.partition_key for table in telemetry.tables} == {
        "devices": "device_id",
        "readings": "id",
        "repeats": "trace",
    }
    assert {"alert", "pending_since", "expires"} <= set(Item.model_fields)
    assert {"trace", "expires"} <= set(Quarantined.model_fields)


# ---- who may do what


def test_roles_may_do_exactly_this(plan: Plan, stack: str) -> None:
    granted: dict[str, set[tuple[str, str]]] = {}
    for name, statement in policies(plan):
        assert statement["Effect"] == "Allow"
        if statement["Resource"] == "*":
            assert set(statement["Action"]) == ON_EVERYTHING[name, statement["Sid"]], name
            continue
        for arn in statement["Resource"]:
            generic = short(arn).replace(f"symphony-{stack}", "{}")
            granted.setdefault(name, set()).add((" ".join(statement["Action"]), generic))
    assert granted == GRANTED


def test_no_action_is_a_pattern(plan: Plan) -> None:
    for name, statement in policies(plan):
        assert not [action for action in statement["Action"] if "*" in action], name


def test_services_assume_roles_only_for_one_resource_of_this_account(plan: Plan, stack: str) -> None:
    for role in plan.of("aws:iam/role:Role"):
        (statement,) = statements(role.inputs["assumeRolePolicy"])
        assert statement["Action"] == "sts:AssumeRole"
        if role.name not in TRUSTED:
            assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}, role.name
            assert "Condition" not in statement, "Lambda sends no source: a condition would lock it out"
            continue
        service, sources = TRUSTED[role.name]
        assert statement["Principal"] == {"Service": service}
        condition = statement["Condition"]
        names = [source.replace("{}", f"symphony-{stack}").replace("{_}", f"symphony_{stack}") for source in sources]
        assert [short(arn) for arn in condition["ArnLike"]["aws:SourceArn"]] == names
        assert condition["StringEquals"]["aws:SourceAccount"] == condition["ArnLike"]["aws:SourceArn"][0].split(":")[4]


def test_every_role_has_one_policy(plan: Plan) -> None:
    roles = {role.name.removesuffix("-role") for role in plan.of("aws:iam/role:Role")}
    assert {policy.name.removesuffix("-policy") for policy in plan.of("aws:iam/rolePolicy:RolePolicy")} == roles


def test_alarms_of_this_stack_may_publish_and_nobody_in_clear(plan: Plan, stack: str) -> None:
    alarms, clear = statements(inputs(plan, "aws:sns/topicPolicy:TopicPolicy", "topic-policy")["policy"])
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert [short(arn) for arn in alarms["Condition"]["ArnLike"]["aws:SourceArn"]] == [
        f"cloudwatch:alarm:symphony-{stack}-*"
    ]
    assert (clear["Effect"], clear["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_devices_are_who_their_certificate_says(plan: Plan) -> None:
    connect, publish = statements(inputs(plan, "aws:iot/policy:Policy", "device")["policy"])
    assert (connect["Action"], short(connect["Resource"])) == (
        "iot:Connect",
        "iot:client/${iot:Connection.Thing.ThingName}",
    )
    assert connect["Condition"] == {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}
    assert (publish["Action"], short(publish["Resource"])) == (
        "iot:Publish",
        "iot:topic/devices/${iot:Connection.Thing.ThingName}/telemetry",
    )


# ---- what watches over it


def test_alarms_watch_what_matters_and_tell_somebody(plan: Plan) -> None:
    alarms = {r.name: r.inputs for r in plan.of("aws:cloudwatch/metricAlarm:MetricAlarm")}
    assert set(alarms) == {
        "executions-failed",
        "dead-letters",
        "pipe-not-running",
        "oldest-message",
        "quarantined",
        "pending-alerts",
        "sweep-failing",
    }
    topic = plan.one("aws:sns/topic:Topic", "topic").urn
    for alarm in plan.of("aws:cloudwatch/metricAlarm:MetricAlarm"):
        assert topic in set(alarm.dependencies)
        assert len(alarm.inputs["alarmActions"]) == 1
        assert len(alarm.inputs["alarmDescription"]) > 40
        assert alarm.inputs["comparisonOperator"] == "GreaterThanThreshold"
        (watched,) = [query for query in alarm.inputs["metricQueries"] if query.get("returnData")]
        for query in alarm.inputs["metricQueries"]:
            assert query is watched or query["id"] in watched["expression"]


def test_alarm_thresholds(plan: Plan, stack: str) -> None:
    alarms = {r.name: r.inputs for r in plan.of("aws:cloudwatch/metricAlarm:MetricAlarm")}
    assert alarms["oldest-message"]["threshold"] == 15 * 60
    assert alarms["dead-letters"]["threshold"] == 0
    assert (alarms["pipe-not-running"]["datapointsToAlarm"], alarms["pipe-not-running"]["evaluationPeriods"]) == (5, 5)
    minutes = 1 if stack == "local" else 5
    (pending,) = [q["metric"] for q in alarms["pending-alerts"]["metricQueries"] if "metric" in q]
    assert pending["period"] == minutes * 60, "the metric comes once a sweep"


def test_the_alarm_on_quarantined_messages_watches_what_the_handler_counts(plan: Plan) -> None:
    alarm = inputs(plan, "aws:cloudwatch/metricAlarm:MetricAlarm", "quarantined")
    (metric,) = [q["metric"] for q in alarm["metricQueries"] if "metric" in q]
    variables = inputs(plan, "aws:lambda/function:Function", "quarantine")["environment"]["variables"]
    assert (metric["namespace"], metric["metricName"]) == (variables["POWERTOOLS_METRICS_NAMESPACE"], "Quarantined")
    assert metric["dimensions"] == {"service": variables["POWERTOOLS_SERVICE_NAME"], "function": "quarantine"}
    assert (alarm["threshold"], metric["period"]) == (100, 3600)


def test_the_alarm_on_pending_alerts_watches_what_the_sweeper_counts(plan: Plan, stack: str) -> None:
    alarm = inputs(plan, "aws:cloudwatch/metricAlarm:MetricAlarm", "pending-alerts")
    (metric,) = [q["metric"] for q in alarm["metricQueries"] if "metric" in q]
    variables = inputs(plan, "aws:lambda/function:Function", "sweep")["environment"]["variables"]
    assert metric["namespace"] == variables["POWERTOOLS_METRICS_NAMESPACE"]
    assert metric["dimensions"] == {"service": variables["POWERTOOLS_SERVICE_NAME"], "function": "sweep"}
    assert metric["metricName"] == "PendingAlerts"


def test_the_sweeper_runs_on_schedule(plan: Plan, stack: str) -> None:
    schedule = inputs(plan, "aws:scheduler/schedule:Schedule", "sweeper")
    assert schedule["scheduleExpression"] == ("rate(1 minute)" if stack == "local" else "rate(5 minutes)")
    assert json.loads(schedule["target"]["input"]) == {"older_than_minutes": 1 if stack == "local" else 15}
    assert schedule["target"]["retryPolicy"]["maximumRetryAttempts"] == 0
    assert schedule["state"] == "ENABLED"


def test_the_sweeper_understands_what_the_schedule_sends(plan: Plan, stack: str) -> None:
    from handlers.models import Sweep

    schedule = inputs(plan, "aws:scheduler/schedule:Schedule", "sweeper")
    assert Sweep.model_validate_json(schedule["target"]["input"], extra="forbid").older_than_minutes in (1, 15)
