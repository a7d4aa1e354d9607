"""The optimized integrations of Step Functions, as one table: which operations there are, and how a state may wait.

Data only; `catalogue` reads it. Express workflows have request-response alone.
https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
"""

from __future__ import annotations

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/"

REQUEST = ""
SYNC = ".sync"
SYNC_2 = ".sync:2"
TOKEN = ".waitForTaskToken"  # noqa: S105  (a suffix)

ONCE = (REQUEST,)
JOB = (REQUEST, SYNC)
CALLBACK = (REQUEST, TOKEN)
EVERY = (REQUEST, SYNC, TOKEN)

# service in a Resource: (page of the guide, botocore's name, {operation: ways to wait})
TABLE: dict[str, tuple[str, str | None, dict[str, tuple[str, ...]]]] = {
    "apigateway": ("connect-api-gateway", None, {"invoke": CALLBACK}),
    "athena": (
        "connect-athena",
        "athena",
        {"startQueryExecution": JOB, "stopQueryExecution": ONCE, "getQueryExecution": ONCE, "getQueryResults": ONCE},
    ),
    "batch": ("connect-batch", "batch", {"submitJob": JOB}),
    "bedrock": ("connect-bedrock", "bedrock", {"createModelCustomizationJob": JOB, "invokeModel": CALLBACK}),
    "codebuild": (
        "connect-codebuild",
        "codebuild",
        {
            "startBuild": JOB,
            "stopBuild": ONCE,
            "batchDeleteBuilds": ONCE,
            "batchGetReports": ONCE,
            "startBuildBatch": JOB,
            "stopBuildBatch": ONCE,
            "retryBuildBatch": JOB,
            "deleteBuildBatch": ONCE,
        },
    ),
    "databrew": ("connect-databrew", "databrew", {"startJobRun": JOB}),
    "dynamodb": (
        "connect-ddb",
        "dynamodb",
        {"getItem": ONCE, "putItem": ONCE, "updateItem": ONCE, "deleteItem": ONCE},
    ),
    "ecs": ("connect-ecs", "ecs", {"runTask": EVERY}),
    "eks": (
        "connect-eks",
        "eks",
        {
            "call": CALLBACK,
            "runJob": EVERY,
            "createCluster": JOB,
            "deleteCluster": JOB,
            "createFargateProfile": JOB,
            "deleteFargateProfile": JOB,
            "createNodegroup": JOB,
            "deleteNodegroup": JOB,
        },
    ),
    "elasticmapreduce": (
        "connect-emr",
        "emr",
        {
            "createCluster": JOB,
            "setClusterTerminationProtection": ONCE,
            "terminateCluster": JOB,
            "addStep": JOB,
            "cancelStep": ONCE,
            "modifyInstanceFleetByName": ONCE,
            "modifyInstanceGroupByName": ONCE,
        },
    ),
    "emr-containers": (
        "connect-emr-eks",
        "emr-containers",
        {"createVirtualCluster": ONCE, "deleteVirtualCluster": JOB, "startJobRun": JOB},
    ),
    "emr-serverless": (
        "connect-emr-serverless",
        "emr-serverless",
        {
            "createApplication": JOB,
            "startApplication": JOB,
            "stopApplication": JOB,
            "deleteApplication": JOB,
            "startJobRun": JOB,
            "cancelJobRun": JOB,
        },
    ),
    "events": ("connect-eventbridge", "events", {"putEvents": CALLBACK}),
    "glue": ("connect-glue", "glue", {"startJobRun": JOB}),
    "http": ("call-https-apis", None, {"invoke": ONCE}),
    "lambda": ("connect-lambda", "lambda", {"invoke": CALLBACK}),
    "mediaconvert": ("connect-mediaconvert", "mediaconvert", {"createJob": JOB}),
    "sagemaker": (
        "connect-sagemaker",
        "sagemaker",
        {
            "createEndpoint": ONCE,
            "createEndpointConfig": ONCE,
            "createHyperParameterTuningJob": JOB,
            "createLabelingJob": JOB,
            "createModel": ONCE,
            "createProcessingJob": JOB,
            "createTrainingJob": JOB,
            "createTransformJob": JOB,
            "updateEndpoint": ONCE,
        },
    ),
    "sns": ("connect-sns", "sns", {"publish": CALLBACK}),
    "sqs": ("connect-sqs", "sqs", {"sendMessage": CALLBACK}),
    "states": ("connect-stepfunctions", "stepfunctions", {"startExecution": (REQUEST, SYNC, SYNC_2, TOKEN)}),
}

ALIASES = {"emr": "elasticmapreduce", "stepfunctions": "states", "sfn": "states", "eventbridge": "events"}
"""What people call services whose name in a Resource is another."""

OWN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "apigateway:invoke": (
        ("ApiEndpoint", "Method"),
        ("Headers", "Stage", "Path", "QueryParameters", "RequestBody", "AllowNullValues", "AuthType"),
    ),
    "http:invoke": (
        ("ApiEndpoint", "Method"),
        ("Authentication", "InvocationConfig", "Headers", "QueryParameters", "RequestBody", "Transform"),
    ),
    "eks:call": (
        ("ClusterName", "CertificateAuthority", "Endpoint", "Method", "Path"),
        ("QueryParameters", "RequestBody"),
    ),
    "eks:runJob": (("ClusterName", "CertificateAuthority", "Endpoint", "Job"), ("Namespace", "LogOptions")),
    "elasticmapreduce:setClusterTerminationProtection": (("ClusterId", "TerminationProtected"), ()),
    "elasticmapreduce:terminateCluster": (("ClusterId",), ()),
    "elasticmapreduce:addStep": (("ClusterId", "Step"), ("ExecutionRoleArn",)),
    "elasticmapreduce:cancelStep": (("ClusterId", "StepId"), ()),
    "elasticmapreduce:modifyInstanceFleetByName": (("ClusterId", "InstanceFleetName", "InstanceFleet"), ()),
    "elasticmapreduce:modifyInstanceGroupByName": (("ClusterId", "InstanceGroupName", "InstanceGroup"), ()),
    "bedrock:invokeModel": (
        ("ModelId",),
        ("Body", "Input", "Output", "ContentType", "Accept", "GuardrailIdentifier", "GuardrailVersion", "Trace"),
    ),
}
"""Operations that Step Functions made itself: the arguments that they need, and those that they may have."""

RENAMED = {"elasticmapreduce:createCluster": "RunJobFlow"}
"""Operations that take what another operation of the API takes."""
