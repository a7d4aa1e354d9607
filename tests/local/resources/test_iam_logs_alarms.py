"""Roles, log groups, alarms and dashboards, read back from the local AWS."""

import json
from collections.abc import Callable
from typing import Any

from .conftest import Make

Clients = Callable[[str], Any]
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def test_a_role_and_its_policy(make: Make, clients: Clients) -> None:
    role = make("aws:iam/role:Role", name="worker", description="Works", assumeRolePolicy=TRUST, tags={"team": "cold"})
    assert role.id == "worker"
    assert role.outputs["arn"] == "arn:aws:iam::000000000000:role/worker"
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    policy = make("aws:iam/rolePolicy:RolePolicy", name="inline", role=role.id, policy=document)
    assert policy.id == "worker:inline"
    iam = clients("iam")
    have = iam.get_role(RoleName="worker")["Role"]
    assert have["Description"] == "Works"
    assert have["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert iam.get_role_policy(RoleName="worker", PolicyName="inline")["PolicyDocument"] == json.loads(document)
    assert iam.list_role_tags(RoleName="worker")["Tags"] == [{"Key": "team", "Value": "cold"}]


def test_a_log_group_keeps_as_long_as_it_says(make: Make, clients: Clients) -> None:
    made = make("aws:cloudwatch/logGroup:LogGroup", name="/aws/lambda/a", retentionInDays=7, tags={"team": "cold"})
    forever = make("aws:cloudwatch/logGroup:LogGroup", name="/aws/lambda/b")
    groups = clients("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
    assert {group["logGroupName"]: group.get("retentionInDays") for group in groups} == {
        "/aws/lambda/a": 7,
        "/aws/lambda/b": None,
    }
    # Pulumi's ARN is the one without `:*`, which policies add.
    assert made.outputs["arn"] == "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/a"
    assert forever.outputs["retentionInDays"] == 0


def test_an_alarm_on_one_metric(make: Make, clients: Clients) -> None:
    made = make(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        name="dead-letters",
        alarmDescription="Something is parked",
        namespace="AWS/SQS",
        metricName="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": "dead"},
        statistic="Maximum",
        period=60,
        evaluationPeriods=2,
        datapointsToAlarm=1,
        threshold=0,
        comparisonOperator="GreaterThanThreshold",
        treatMissingData="notBreaching",
        alarmActions=["arn:aws:sns:us-east-1:000000000000:alerts"],
        okActions=["arn:aws:sns:us-east-1:000000000000:alerts"],
    )
    assert made.outputs["arn"] == "arn:aws:cloudwatch:us-east-1:000000000000:alarm:dead-letters"
    (alarm,) = clients("cloudwatch").describe_alarms(AlarmNames=["dead-letters"])["MetricAlarms"]
    assert alarm["AlarmArn"] == made.outputs["arn"]
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": "dead"}]
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (60, 2, 1)
    assert alarm["Threshold"] == 0.0
    assert alarm["AlarmActions"] == ["arn:aws:sns:us-east-1:000000000000:alerts"]


def test_an_alarm_on_an_expression(make: Make, clients: Clients) -> None:
    make(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        name="not-running",
        comparisonOperator="GreaterThanThreshold",
        evaluationPeriods=1,
        threshold=0.5,
        metricQueries=[
            {"id": "e1", "expression": "m1 / 2", "label": "Half", "returnData": True},
            {
                "id": "m1",
                "metric": {
                    "namespace": "AWS/Pipes",
                    "metricName": "ExecutionFailed",
                    "dimensions": {"PipeName": "p"},
                    "period": 60,
                    "stat": "Sum",
                },
            },
        ],
    )
    (alarm,) = clients("cloudwatch").describe_alarms(AlarmNames=["not-running"])["MetricAlarms"]
    assert alarm["Threshold"] == 0.5


def test_a_dashboard(make: Make, clients: Clients) -> None:
    body = json.dumps({"widgets": []})
    made = make("aws:cloudwatch/dashboard:Dashboard", dashboardName="cold", dashboardBody=body)
    assert made.outputs["dashboardArn"] == "arn:aws:cloudwatch::000000000000:dashboard/cold"
    assert json.loads(clients("cloudwatch").get_dashboard(DashboardName="cold")["DashboardBody"]) == {"widgets": []}
