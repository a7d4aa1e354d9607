"""Definitions to derive permissions of: one for each optimized integration, with arguments that AWS's guide shows."""

from __future__ import annotations

from typing import Any

from workflow.aws import catalogue

ROLE = "arn:aws:iam::111122223333:role/job"

ARGUMENTS: dict[str, dict[str, Any]] = {
    "apigateway:invoke": {
        "ApiEndpoint": "abc123.execute-api.eu-central-1.amazonaws.com",
        "Method": "GET",
        "Stage": "prod",
        "Path": "/bills",
        "AuthType": "IAM_ROLE",
    },
    "athena:startQueryExecution": {
        "QueryString": "SELECT 1",
        "WorkGroup": "reports",
        "ResultConfiguration": {"OutputLocation": "s3://results/athena/"},
    },
    "athena:stopQueryExecution": {"QueryExecutionId": "{% $states.input.id %}"},
    "athena:getQueryExecution": {"QueryExecutionId": "{% $states.input.id %}"},
    "athena:getQueryResults": {"QueryExecutionId": "{% $states.input.id %}"},
    "batch:submitJob": {"JobName": "nightly", "JobDefinition": "nightly", "JobQueue": "spot"},
    "bedrock:invokeModel": {
        "ModelId": "amazon.titan-text-express-v1",
        "Body": {"inputText": "{% $states.input.question %}"},
        "Output": {"S3Uri": "s3://answers/out.json"},
    },
    "bedrock:createModelCustomizationJob": {
        "JobName": "tune",
        "CustomModelName": "tuned",
        "RoleArn": ROLE,
        "BaseModelIdentifier": "amazon.titan-text-express-v1",
    },
    "codebuild:startBuild": {"ProjectName": "site"},
    "codebuild:startBuildBatch": {"ProjectName": "site"},
    "codebuild:retryBuildBatch": {"Id": "{% $states.input.id %}"},
    "codebuild:stopBuild": {"Id": "{% $states.input.id %}"},
    "codebuild:stopBuildBatch": {"Id": "{% $states.input.id %}"},
    "codebuild:deleteBuildBatch": {"Id": "{% $states.input.id %}"},
    "codebuild:batchDeleteBuilds": {"Ids": ["{% $states.input.id %}"]},
    "codebuild:batchGetReports": {"ReportArns": ["{% $states.input.arn %}"]},
    "databrew:startJobRun": {"Name": "clean"},
    "dynamodb:getItem": {"TableName": "${table.readings}", "Key": {"id": {"S": "{% $states.input.id %}"}}},
    "dynamodb:putItem": {"TableName": "${table.readings}", "Item": {}},
    "dynamodb:updateItem": {"TableName": "readings", "Key": {}},
    "dynamodb:deleteItem": {"TableName": "{% $states.input.table %}", "Key": {}},
    "ecs:runTask": {"TaskDefinition": "import", "Cluster": "jobs", "LaunchType": "FARGATE"},
    "eks:call": {"ClusterName": "k", "CertificateAuthority": "c", "Endpoint": "e", "Method": "GET", "Path": "/"},
    "eks:runJob": {"ClusterName": "k", "CertificateAuthority": "c", "Endpoint": "e", "Job": {}},
    "eks:createCluster": {"Name": "k", "RoleArn": ROLE, "ResourcesVpcConfig": {}},
    "eks:deleteCluster": {"Name": "k"},
    "eks:createNodegroup": {"ClusterName": "k", "NodegroupName": "n", "NodeRole": ROLE, "Subnets": ["s"]},
    "eks:deleteNodegroup": {"ClusterName": "k", "NodegroupName": "n"},
    "eks:createFargateProfile": {"ClusterName": "k", "FargateProfileName": "f", "PodExecutionRoleArn": ROLE},
    "eks:deleteFargateProfile": {"ClusterName": "k", "FargateProfileName": "f"},
    "elasticmapreduce:createCluster": {
        "Name": "c",
        "ServiceRole": "EMR_DefaultRole",
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "Tags": [{"Key": "team", "Value": "data"}],
    },
    "elasticmapreduce:setClusterTerminationProtection": {"ClusterId": "j-1", "TerminationProtected": True},
    "elasticmapreduce:terminateCluster": {"ClusterId": "j-1"},
    "elasticmapreduce:addStep": {"ClusterId": "{% $states.input.ClusterId %}", "Step": {}},
    "elasticmapreduce:cancelStep": {"ClusterId": "j-1", "StepId": "s-1"},
    "elasticmapreduce:modifyInstanceFleetByName": {
        "ClusterId": "j-1",
        "InstanceFleetName": "f",
        "InstanceFleet": {},
    },
    "elasticmapreduce:modifyInstanceGroupByName": {
        "ClusterId": "j-1",
        "InstanceGroupName": "g",
        "InstanceGroup": {},
    },
    "emr-containers:createVirtualCluster": {"Name": "v", "ContainerProvider": {}},
    "emr-containers:deleteVirtualCluster": {"Id": "v-1"},
    "emr-containers:startJobRun": {"VirtualClusterId": "v-1", "ExecutionRoleArn": ROLE, "ReleaseLabel": "r"},
    "emr-serverless:createApplication": {"Name": "a", "ReleaseLabel": "r", "Type": "SPARK", "ClientToken": "t"},
    "emr-serverless:startApplication": {"ApplicationId": "a-1"},
    "emr-serverless:stopApplication": {"ApplicationId": "a-1"},
    "emr-serverless:deleteApplication": {"ApplicationId": "a-1"},
    "emr-serverless:startJobRun": {"ApplicationId": "a-1", "ExecutionRoleArn": ROLE, "ClientToken": "t"},
    "emr-serverless:cancelJobRun": {"ApplicationId": "a-1", "JobRunId": "{% $states.input.run %}"},
    "events:putEvents": {"Entries": [{"Source": "s", "DetailType": "d", "Detail": {}, "EventBusName": "orders"}]},
    "glue:startJobRun": {"JobName": "nightly"},
    "http:invoke": {
        "ApiEndpoint": "https://api.example.org/orders",
        "Method": "POST",
        "Authentication": {"ConnectionArn": "${connection.orders}"},
    },
    "lambda:invoke": {"FunctionName": "${function.validate}", "Payload": {}},
    "mediaconvert:createJob": {"Role": ROLE, "Settings": {}, "Queue": "Default"},
    "sagemaker:createEndpoint": {"EndpointName": "e", "EndpointConfigName": "c"},
    "sagemaker:updateEndpoint": {"EndpointName": "e", "EndpointConfigName": "c"},
    "sagemaker:createEndpointConfig": {"EndpointConfigName": "c", "ProductionVariants": []},
    "sagemaker:createModel": {"ModelName": "m", "ExecutionRoleArn": ROLE},
    "sagemaker:createTrainingJob": {"TrainingJobName": "t", "RoleArn": ROLE},
    "sagemaker:createTransformJob": {"TransformJobName": "t", "ModelName": "m"},
    "sagemaker:createProcessingJob": {"ProcessingJobName": "p", "RoleArn": ROLE},
    "sagemaker:createHyperParameterTuningJob": {
        "HyperParameterTuningJobName": "h",
        "TrainingJobDefinition": {"RoleArn": ROLE},
    },
    "sagemaker:createLabelingJob": {"LabelingJobName": "l", "RoleArn": ROLE},
    "sns:publish": {"TopicArn": "${topic.alerts}", "Message": "hello"},
    "sqs:sendMessage": {"QueueUrl": "${queue.jobs}", "MessageBody": "hello"},
    "states:startExecution": {"StateMachineArn": "${workflow.child}", "Input": {}},
}


def machine(resource: str, arguments: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition of one Task."""
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": arguments, "End": True, **more}
    return {"QueryLanguage": "JSONata", "StartAt": "Do it", "States": {"Do it": task}}


def every() -> list[tuple[str, dict[str, Any]]]:
    """A definition for each optimized operation and pattern."""
    return [
        (name + way, machine(name + way, ARGUMENTS[name]))
        for name, ways in catalogue.optimized_operations().items()
        for way in ways
    ]
