"""What SDK integrations are to IAM: the actions of an operation, which are not always named like it.

Most operations are actions of the same name under the service's IAM prefix (`aws-sdk:sfn` is `states`,
`aws-sdk:cloudwatchlogs` is `logs`, `aws-sdk:efs` is `elasticfilesystem`). The rest stands here.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from ..aws.catalogue import Integration, sdk_services

ACTIONS: dict[str, tuple[str, ...]] = {
    "s3:headObject": ("s3:GetObject",),
    "s3:headBucket": ("s3:ListBucket",),
    "s3:listObjects": ("s3:ListBucket",),
    "s3:listObjectsV2": ("s3:ListBucket",),
    "s3:listObjectVersions": ("s3:ListBucketVersions",),
    "s3:listBuckets": ("s3:ListAllMyBuckets",),
    "s3:copyObject": ("s3:GetObject", "s3:PutObject"),
    "s3:deleteObjects": ("s3:DeleteObject",),
    "s3:createMultipartUpload": ("s3:PutObject",),
    "s3:completeMultipartUpload": ("s3:PutObject",),
    "s3:uploadPart": ("s3:PutObject",),
    "s3:uploadPartCopy": ("s3:GetObject", "s3:PutObject"),
    "s3:listParts": ("s3:ListMultipartUploadParts",),
    "s3:listMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "s3:deleteBucketTagging": ("s3:PutBucketTagging",),
    "s3:deleteBucketCors": ("s3:PutBucketCORS",),
    "s3:getBucketCors": ("s3:GetBucketCORS",),
    "s3:putBucketCors": ("s3:PutBucketCORS",),
    "s3:getBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "s3:putBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:deleteBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:getBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "s3:putBucketLifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "s3:deleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "s3:getBucketReplication": ("s3:GetReplicationConfiguration",),
    "s3:putBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3:deleteBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3:getPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "s3:putPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "s3:deletePublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "s3:getBucketNotificationConfiguration": ("s3:GetBucketNotification",),
    "s3:putBucketNotificationConfiguration": ("s3:PutBucketNotification",),
    "lambda:invoke": ("lambda:InvokeFunction",),
    "sqs:sendMessageBatch": ("sqs:SendMessage",),
    "sqs:deleteMessageBatch": ("sqs:DeleteMessage",),
    "sqs:changeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
    "sns:publishBatch": ("sns:Publish",),
    "kms:reEncrypt": ("kms:ReEncryptFrom", "kms:ReEncryptTo"),
    "dynamodb:transactGetItems": ("dynamodb:GetItem",),
    "dynamodb:transactWriteItems": (
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:ConditionCheckItem",
    ),
    "dynamodb:executeStatement": (
        "dynamodb:PartiQLSelect",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLUpdate",
        "dynamodb:PartiQLDelete",
    ),
    "bedrockruntime:converse": ("bedrock:InvokeModel",),
    "bedrockruntime:startAsyncInvoke": ("bedrock:InvokeModel",),
    "timestreamquery:query": ("timestream:Select",),
    "comprehendmedical:detectEntities": ("comprehendmedical:DetectEntitiesV2",),
    "iotdataplane:publish": ("iot:Publish",),
    "apigatewaymanagementapi:postToConnection": ("execute-api:ManageConnections",),
    "apigatewaymanagementapi:getConnection": ("execute-api:ManageConnections",),
    "apigatewaymanagementapi:deleteConnection": ("execute-api:ManageConnections",),
}
ACTIONS["dynamodb:batchExecuteStatement"] = ACTIONS["dynamodb:executeStatement"]
ACTIONS["dynamodb:executeTransaction"] = ACTIONS["dynamodb:executeStatement"]

BY_METHOD = ("apigateway", "apigatewayv2")
"""Services whose actions are HTTP methods. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html"""

NO_RESOURCES = frozenset(
    {
        "cloudwatch:PutMetricData",
        "cloudwatch:GetMetricData",
        "dynamodb:ListTables",
        "ecs:DescribeTaskDefinition",
        "s3:ListAllMyBuckets",
        "sts:GetCallerIdentity",
        "rekognition:DetectLabels",
        "rekognition:DetectText",
        "rekognition:DetectModerationLabels",
        "textract:DetectDocumentText",
        "textract:AnalyzeDocument",
        "translate:TranslateText",
        "comprehend:DetectSentiment",
        "polly:StartSpeechSynthesisTask",
        "transcribe:StartTranscriptionJob",
    }
)
"""Actions that know no resources, so that `*` is the least."""


def actions(integration: Integration) -> tuple[str, ...]:
    """The IAM actions of an SDK integration."""
    operation = integration.operation
    name = f"{integration.service}:{integration.action}"
    if operation is None or name in ACTIONS:
        return ACTIONS.get(name, ())
    prefix = sdk_services()[integration.service].iam
    if integration.service in BY_METHOD:
        return (f"{prefix}:{operation.method}",)
    return (f"{prefix}:{operation.name}",)
