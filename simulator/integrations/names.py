"""Names of services and errors, as Step Functions spells them.

Optimised integrations report errors as `DynamoDB.ConditionalCheckFailedException`; those of `aws-sdk:dynamodb` by the
Java SDK's names: `DynamoDb.ConditionalCheckFailedException`. What a service's model does not name is the service's own
exception: `DynamoDB.AmazonDynamoDBException`, `DynamoDb.DynamoDbException`.
"""

from __future__ import annotations

from typing import NamedTuple


class Optimised(NamedTuple):
    """An optimised integration: boto3's service, the prefix of its errors, the service's name in causes, and the
    exception for errors that have no name of their own."""

    boto: str
    errors: str
    java: str
    generic: str


OPTIMISED = {
    "dynamodb": Optimised("dynamodb", "DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException"),
    "sns": Optimised("sns", "SNS", "AmazonSNS", "AmazonSNSException"),
    "sqs": Optimised("sqs", "SQS", "AmazonSQS", "AmazonSQSException"),
    "events": Optimised("events", "EventBridge", "AmazonEventBridge", "AmazonEventBridgeException"),
    "states": Optimised("stepfunctions", "StepFunctions", "AWSStepFunctions", "AWSStepFunctionsException"),
    "lambda": Optimised("lambda", "Lambda", "AWSLambda", "AWSLambdaException"),
    "s3": Optimised("s3", "S3", "AmazonS3", "AmazonS3Exception"),
    "batch": Optimised("batch", "Batch", "AWSBatch", "AWSBatchException"),
    "ecs": Optimised("ecs", "ECS", "AmazonECS", "AmazonECSException"),
    "glue": Optimised("glue", "Glue", "AWSGlue", "AWSGlueException"),
    "codebuild": Optimised("codebuild", "CodeBuild", "AWSCodeBuild", "AWSCodeBuildException"),
    "athena": Optimised("athena", "Athena", "AmazonAthena", "AmazonAthenaException"),
    "bedrock": Optimised("bedrock-runtime", "Bedrock", "BedrockRuntime", "BedrockRuntimeException"),
}

# Services whose name in `aws-sdk:` is not boto3's.
_BOTO = {
    "sfn": "stepfunctions",
    "eventbridge": "events",
    "cloudwatch": "cloudwatch",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "cognitoidentity": "cognito-identity",
    "elasticloadbalancingv2": "elbv2",
    "dynamodbstreams": "dynamodbstreams",
    "configservice": "config",
    "sagemakerruntime": "sagemaker-runtime",
    "bedrockruntime": "bedrock-runtime",
    "databasemigration": "dms",
    "costexplorer": "ce",
    "docdb": "docdb",
    "ses": "ses",
    "sesv2": "sesv2",
    "iotdataplane": "iot-data",
    "resourcegroupstaggingapi": "resourcegroupstaggingapi",
    "scheduler": "scheduler",
    "servicediscovery": "servicediscovery",
}

# How the Java SDK spells services in exception names, where capitalising does not do it.
_JAVA = {
    "dynamodb": "DynamoDb",
    "sfn": "Sfn",
    "sqs": "Sqs",
    "sns": "Sns",
    "s3": "S3",
    "ssm": "Ssm",
    "sts": "Sts",
    "iam": "Iam",
    "kms": "Kms",
    "ec2": "Ec2",
    "ecs": "Ecs",
    "ecr": "Ecr",
    "eks": "Eks",
    "rds": "Rds",
    "lambda": "Lambda",
    "eventbridge": "EventBridge",
    "secretsmanager": "SecretsManager",
    "cloudwatch": "CloudWatch",
    "cloudwatchlogs": "CloudWatchLogs",
    "cloudformation": "CloudFormation",
    "apigateway": "ApiGateway",
    "cognitoidentityprovider": "CognitoIdentityProvider",
    "iotdataplane": "IotDataPlane",
    "scheduler": "Scheduler",
    "sesv2": "SesV2",
    "ses": "Ses",
    "bedrockruntime": "BedrockRuntime",
}


def sdk_service(name: str) -> str:
    """boto3's name of a service of `arn:aws:states:::aws-sdk:NAME:action`."""
    return _BOTO.get(name.lower(), name.lower())


def error_name(service: str, code: str, *, modelled: bool) -> str:
    """An error's full name. `service` is "dynamodb" or "aws-sdk:dynamodb"; `modelled`: its model names the code."""
    if service.startswith("aws-sdk:"):
        key = service.removeprefix("aws-sdk:").lower()
        prefix = _JAVA.get(key, key[:1].upper() + key[1:])
        if not modelled:
            return f"{prefix}.{prefix}Exception"
        return f"{prefix}.{code if code.endswith('Exception') else code + 'Exception'}"
    known = OPTIMISED[service]
    if service == "sns" and not code.endswith("Exception"):
        code, modelled = f"{code}Exception", True
    if service == "states" and not code.endswith("Exception"):
        code, modelled = f"{code}Exception", True
    return f"{known.errors}.{code if modelled else known.generic}"


def error_cause(service: str, name: str, message: str, code: str, status: int | None, request_id: str) -> str:
    """The cause of an error `name` that a service answered with: its message, and where it came from."""
    if service.startswith("aws-sdk:"):
        return f"{message} (Service: {name.partition('.')[0]}, Status Code: {status}, Request ID: {request_id})"
    return (
        f"{message} (Service: {OPTIMISED[service].java}; Status Code: {status}; Error Code: {code}; "
        f"Request ID: {request_id}; Proxy: null)"
    )
