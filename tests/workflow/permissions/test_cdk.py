"""What the CDK is known to have got wrong, each by its issue: https://github.com/aws/aws-cdk/issues/<number>."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflow.permissions.lint import lint
from tests.workflow.permissions.samples import machine
from workflow.permissions import Permissions, derive

OWN = "arn:${aws.partition}:states:${aws.region}:${aws.account}"


def statements(permissions: Permissions) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = permissions.document()["Statement"]
    assert list(lint(found)) == []
    return found


def distributed(**more: Any) -> dict[str, Any]:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Nothing",
        "States": {"Nothing": {"Type": "Pass", "End": True}},
    }
    return {"Type": "Map", "ItemProcessor": processor, "End": True, **more}


def in_parallel(state: dict[str, Any]) -> dict[str, Any]:
    branch = {"StartAt": "Each file", "States": {"Each file": state}}
    parallel = {"Type": "Parallel", "Branches": [branch], "End": True}
    return {"StartAt": "Both", "States": {"Both": parallel}}


SELF = [
    {
        "Sid": "EachFile",
        "Effect": "Allow",
        "Action": ["states:StartExecution"],
        "Resource": [f"{OWN}:stateMachine:${{self.name}}"],
    },
    {
        "Sid": "EachFile2",
        "Effect": "Allow",
        "Action": ["states:DescribeExecution", "states:StopExecution"],
        "Resource": [f"{OWN}:execution:${{self.name}}:*"],
    },
    {
        "Sid": "EachFile3",
        "Effect": "Allow",
        "Action": ["states:RedriveExecution"],
        "Resource": [f"{OWN}:execution:${{self.name}}/*:*"],
    },
]


def test_28820_a_distributed_map_may_start_executions_of_its_own_machine() -> None:
    permissions = derive({"StartAt": "Each file", "States": {"Each file": distributed()}})
    assert statements(permissions) == SELF
    # by the machine's name, not its ARN, which would make the role depend on what needs the role
    assert permissions.symbols == ("aws.account", "aws.partition", "aws.region", "self.name")


def test_35390_it_may_watch_executions_and_start_failed_ones_again() -> None:
    labelled = distributed(Label="files")
    found = statements(derive({"StartAt": "Each file", "States": {"Each file": labelled}}))
    assert found[1]["Resource"] == [f"{OWN}:execution:${{self.name}}:*"]
    assert found[2] == {**SELF[2], "Resource": [f"{OWN}:execution:${{self.name}}/files:*"]}


def test_express_children_are_not_started_again() -> None:
    express = distributed()
    express["ItemProcessor"]["ProcessorConfig"]["ExecutionType"] = "EXPRESS"
    found = statements(derive({"StartAt": "Each file", "States": {"Each file": express}}))
    assert [s["Action"] for s in found] == [s["Action"] for s in SELF[:2]]


@pytest.mark.parametrize("nested", [in_parallel, lambda s: in_parallel({"Type": "Map", "Iterator": in_parallel(s)})])
def test_35391_wherever_the_map_stands(nested: Any) -> None:
    assert statements(derive(nested(distributed()))) == SELF


def test_a_map_inside_a_distributed_map_needs_the_same() -> None:
    inner = distributed()
    outer = distributed()
    outer["ItemProcessor"]["States"] = {"Each line": inner}
    found = derive({"StartAt": "Each file", "States": {"Each file": outer}}).statements
    assert [s.states for s in found] == [("Each file", "Each line")] * 3


def test_30265_an_alias_is_started_by_the_machines_arn() -> None:
    child = "arn:aws:states:us-west-2:123456789012:stateMachine:child"
    found = statements(derive(machine("states:startExecution.sync:2", {"StateMachineArn": f"{child}:PROD"})))
    assert found == [
        {
            "Sid": "DoIt",
            "Effect": "Allow",
            "Action": ["states:StartExecution"],
            "Resource": [child],
            "Condition": {"ForAnyValue:StringEquals": {"states:StateMachineQualifier": "PROD"}},
        },
        {
            "Sid": "DoIt2",
            "Effect": "Allow",
            "Action": ["states:DescribeExecution", "states:StopExecution"],
            "Resource": ["arn:aws:states:us-west-2:123456789012:execution:child:*"],
        },
        {
            "Sid": "DoIt3",
            "Effect": "Allow",
            "Action": ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
            "Resource": [
                "arn:${aws.partition}:events:${aws.region}:${aws.account}:"
                "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
            ],
        },
    ]


def test_30265_an_alias_that_is_bound_later() -> None:
    permissions = derive(machine("states:startExecution", {"StateMachineArn": "${workflow.child}"}))
    assert permissions.document()["Statement"][0]["Resource"] == ["${workflow.child.machine}"]
    bound = permissions.document({"workflow.child": "arn:aws-cn:states:cn-north-1:1:stateMachine:child:7"})
    assert bound["Statement"][0]["Resource"] == ["arn:aws-cn:states:cn-north-1:1:stateMachine:child"]


@pytest.mark.parametrize(
    ("issue", "resource", "arguments", "action"),
    [
        (23824, "sfn:startExecution", {"StateMachineArn": "${workflow.child}"}, "states:StartExecution"),
        (27573, "cloudwatchlogs:createLogStream", {"LogGroupName": "g", "LogStreamName": "s"}, "logs:CreateLogStream"),
        (28081, "mwaa:getEnvironment", {"Name": "e"}, "airflow:GetEnvironment"),
        (28774, "mediapackagevod:deleteAsset", {"Id": "a"}, "mediapackage-vod:DeleteAsset"),
        (30862, "efs:tagResource", {"ResourceId": "r", "Tags": []}, "elasticfilesystem:TagResource"),
        (32417, "elasticloadbalancingv2:describeTargetGroups", {}, "elasticloadbalancing:DescribeTargetGroups"),
        (35146, "bedrockagent:startIngestionJob", {"KnowledgeBaseId": "k"}, "bedrock:StartIngestionJob"),
    ],
)
def test_actions_have_iams_names(issue: int, resource: str, arguments: dict[str, Any], action: str) -> None:
    permissions = derive(machine(f"aws-sdk:{resource}", arguments))
    assert permissions.statements[0].actions == (action,), issue


def test_27573_a_log_stream_is_named_with_its_group() -> None:
    group = "arn:${aws.partition}:logs:${aws.region}:${aws.account}:log-group:g"
    stream = {"LogGroupName": "g", "LogStreamName": "{% $states.context.Execution.Name %}"}
    found = statements(derive(machine("aws-sdk:cloudwatchlogs:createLogStream", stream)))
    assert found[0]["Resource"] == [f"{group}:log-stream:*"]
    found = statements(derive(machine("aws-sdk:cloudwatchlogs:describeLogStreams", {"LogGroupName": "g"})))
    assert found[0]["Resource"] == [f"{group}:*"]


def test_22006_objects_that_a_service_reads_for_its_caller() -> None:
    image = {"Image": {"S3Object": {"Bucket": "${bucket.photos}", "Name": "{% $states.input.key %}"}}}
    found = statements(derive(machine("aws-sdk:rekognition:detectLabels", image)))
    assert [(s["Action"], s["Resource"]) for s in found] == [
        (["rekognition:DetectLabels"], "*"),
        (["s3:GetObject"], ["arn:${aws.partition}:s3:::${bucket.photos}/*"]),
    ]


def test_31714_a_task_definition_is_named_with_its_revisions() -> None:
    found = statements(derive(machine("ecs:runTask", {"TaskDefinition": "import", "Cluster": "jobs"})))
    assert found[0]["Resource"] == ["arn:${aws.partition}:ecs:${aws.region}:${aws.account}:task-definition/import:*"]
    assert found[0]["Condition"] == {
        "ArnEquals": {"ecs:cluster": "arn:${aws.partition}:ecs:${aws.region}:${aws.account}:cluster/jobs"}
    }


def test_24842_a_cluster_with_tags_may_be_tagged() -> None:
    tagged = {"Name": "c", "Tags": [{"Key": "a", "Value": "b"}]}
    found = statements(derive(machine("elasticmapreduce:createCluster", tagged)))
    assert found[0]["Action"] == ["elasticmapreduce:RunJobFlow", "elasticmapreduce:AddTags"]


def test_32294_a_training_job_that_is_waited_for_may_be_tagged() -> None:
    found = statements(derive(machine("sagemaker:createTrainingJob.sync", {"TrainingJobName": "t"})))
    assert "sagemaker:AddTags" in found[0]["Action"]


def test_11503_partitions_are_symbols() -> None:
    found = derive(machine("elasticmapreduce:cancelStep", {"ClusterId": "j-1"})).document(
        {"aws.partition": "aws-cn", "aws.region": "cn-north-1", "aws.account": "1"}
    )
    assert found["Statement"][0]["Resource"] == ["arn:aws-cn:elasticmapreduce:cn-north-1:1:cluster/j-1"]
