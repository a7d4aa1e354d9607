"""What the optimized integrations need that start jobs, and wait for them with `.sync`: describe, stop, and a rule.

https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Text
from .arns import arn, is_arn, joined, literal, named
from .statement import Condition, Statement, allow
from .targets import Rule, bucket_of, everywhere, objects, one, passed, watch
from .uses import Use


def _batch(use: Use) -> Iterator[Statement]:
    targets = []
    wide = ""
    for argument, kind in (("JobDefinition", "job-definition/"), ("JobQueue", "job-queue/")):
        text = use.text(argument)
        if text is None:
            targets.append(arn("batch", f"{kind}*"))
            wide = f"{argument} is computed"
        else:
            known = literal(text)
            revisions = "*" if kind == "job-definition/" and known is not None and ":" not in known else ""
            targets.append(joined(named(text, "batch", kind), f":{revisions}" if revisions else ""))
    yield allow(use.state, ("batch:SubmitJob",), *targets, source=use.source, wide=wide)
    if use.waits:
        yield everywhere(use, "batch:DescribeJobs")
        yield allow(use.state, ("batch:TerminateJob",), arn("batch", "job/*"), source=use.source)
        yield watch(use, "StepFunctionsGetEventsForBatchJobsRule")


def _ecs(use: Use) -> Iterator[Statement]:
    task = use.text("TaskDefinition")
    cluster = use.text("Cluster")
    condition: Condition = ()
    if cluster is not None:
        condition = (("ArnEquals", "ecs:cluster", (named(cluster, "ecs", "cluster/"),)),)
    if task is None:
        every = arn("ecs", "task-definition/*")
        wide = "TaskDefinition is computed"
        yield allow(use.state, ("ecs:RunTask",), every, condition=condition, source=use.source, wide=wide)
    else:
        known = literal(task)
        without_revision = known is not None and not known.rsplit("/", 1)[-1].partition(":")[2]
        target = joined(named(task, "ecs", "task-definition/"), ":*" if without_revision else "")
        yield allow(use.state, ("ecs:RunTask",), target, condition=condition, source=use.source)
    yield from passed(use, "ecs-tasks.amazonaws.com", ("Overrides", "TaskRoleArn"), ("Overrides", "ExecutionRoleArn"))
    if use.given("Tags"):
        created: Condition = (("StringEquals", "ecs:CreateAction", (Text(("RunTask",)),)),)
        yield allow(use.state, ("ecs:TagResource",), arn("ecs", "task/*"), condition=created, source=use.source)
    if use.waits:
        yield allow(use.state, ("ecs:StopTask", "ecs:DescribeTasks"), arn("ecs", "task/*"), source=use.source)
        yield watch(use, "StepFunctionsGetEventsForECSTaskRule")


def _glue(use: Use) -> Iterator[Statement]:
    watched = ("glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun") if use.waits else ()
    yield one(use, ("glue:StartJobRun", *watched), "JobName", "glue", "job/")


def _databrew(use: Use) -> Iterator[Statement]:
    watched = ("databrew:ListJobRuns", "databrew:StopJobRun") if use.waits else ()
    yield one(use, ("databrew:StartJobRun", *watched), "Name", "databrew", "job/")


def _build(use: Use) -> Iterator[Statement]:
    batch = "Batch" in use.integration.action
    action = use.integration.action
    start = f"codebuild:{action[0].upper()}{action[1:]}"
    watched = (f"codebuild:StopBuild{'Batch' * batch}", f"codebuild:BatchGetBuild{'Batches' if batch else 's'}")
    argument = "ProjectName" if action.startswith("start") else "Id"
    actions = (start, *(watched if use.waits else ()))
    if argument == "Id" or use.text(argument) is None:
        every = arn("codebuild", "project/*")
        wide = f"the project of `{argument}` is known only when the state runs"
        yield allow(use.state, actions, every, source=use.source, wide=wide)
    else:
        yield one(use, actions, argument, "codebuild", "project/")
    if use.waits:
        yield watch(use, f"StepFunctionsGetEventForCodeBuildStartBuild{'Batch' * batch}Rule")


def _codebuild_other(use: Use) -> Iterator[Statement]:
    action = use.integration.action
    kind = "report-group/*" if action == "batchGetReports" else "project/*"
    wide = "builds belong to projects that are known only when the state runs"
    name = f"codebuild:{action[0].upper()}{action[1:]}"
    yield allow(use.state, (name,), arn("codebuild", kind), source=use.source, wide=wide)


def _athena(use: Use) -> Iterator[Statement]:
    watched = ("athena:StopQueryExecution", "athena:GetQueryExecution") if use.waits else ()
    group = use.text("WorkGroup")
    wide = "" if group is not None or not use.given("WorkGroup") else "WorkGroup is computed"
    name = group if group is not None else Text(("*",) if wide else ("primary",))
    actions = ("athena:StartQueryExecution", *watched)
    workgroup = arn("athena", joined("workgroup/", name))
    yield allow(use.state, actions, workgroup, source=use.source, wide=wide)
    catalog = use.text("QueryExecutionContext", "Catalog")
    catalogs = joined("datacatalog/", catalog if catalog is not None else "*")
    yield allow(use.state, ("athena:GetDataCatalog",), arn("athena", catalogs), source=use.source)
    bucket, _ = bucket_of(use.value("ResultConfiguration", "OutputLocation"))
    data = "which data the query reads stands in its text"
    reads = ("s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket")
    yield allow(use.state, reads, arn("s3", "*", region=False, account=False), source=use.source, wide=data)
    writes = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
    where = "" if bucket is not None else "where results go is the workgroup's setting"
    yield allow(use.state, writes, objects(bucket, None), source=use.source, wide=where)
    tables = [arn("glue", kind) for kind in ("catalog", "database/*", "table/*")]
    catalog_reads = (
        "glue:GetDatabase",
        "glue:GetDatabases",
        "glue:GetTable",
        "glue:GetTables",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:BatchGetPartition",
    )
    yield allow(use.state, catalog_reads, *tables, source=use.source, wide=data)
    yield everywhere(use, "lakeformation:GetDataAccess")


def _athena_other(use: Use) -> Iterator[Statement]:
    name = use.integration.action
    every = arn("athena", "workgroup/*")
    wide = "the query's workgroup is known only when the state runs"
    yield allow(use.state, (f"athena:{name[0].upper()}{name[1:]}",), every, source=use.source, wide=wide)
    if name == "getQueryResults":
        reads = arn("s3", "*", region=False, account=False)
        yield allow(use.state, ("s3:GetObject",), reads, source=use.source, wide="where results are is not known")


SAGEMAKER = {
    # operation: (resource type, its name's argument, what .sync needs beside, rule)
    "createTrainingJob": ("training-job", "TrainingJobName", "TrainingJob", "TrainingJobs"),
    "createTransformJob": ("transform-job", "TransformJobName", "TransformJob", "TransformJobs"),
    "createProcessingJob": ("processing-job", "ProcessingJobName", "ProcessingJob", "ProcessingJobs"),
    "createHyperParameterTuningJob": (
        "hyper-parameter-tuning-job",
        "HyperParameterTuningJobName",
        "HyperParameterTuningJob",
        "TuningJobs",
    ),
    "createLabelingJob": ("labeling-job", "LabelingJobName", "LabelingJob", "LabelingJobs"),
    "createEndpoint": ("endpoint", "EndpointName", "", ""),
    "updateEndpoint": ("endpoint", "EndpointName", "", ""),
    "createEndpointConfig": ("endpoint-config", "EndpointConfigName", "", ""),
    "createModel": ("model", "ModelName", "", ""),
}


def _sagemaker(use: Use) -> Iterator[Statement]:
    action = use.integration.action
    kind, argument, job, rule = SAGEMAKER[action]
    watched = (f"sagemaker:Describe{job}", f"sagemaker:Stop{job}") if use.waits and job else ()
    # Step Functions tags the jobs that it waits for
    tags = ("sagemaker:AddTags",) if use.given("Tags") or use.waits else ()
    name = f"sagemaker:{action[0].upper()}{action[1:]}"
    yield one(use, (name, *watched, *tags), argument, "sagemaker", f"{kind}/")
    if action in ("createEndpoint", "updateEndpoint"):
        yield one(use, (name,), "EndpointConfigName", "sagemaker", "endpoint-config/")
    yield from passed(use, "sagemaker.amazonaws.com", ("RoleArn",), ("ExecutionRoleArn",))
    if use.waits and job:
        yield everywhere(use, "sagemaker:ListTags")
        yield watch(use, f"StepFunctionsGetEventsForSageMaker{rule}Rule")


def _mediaconvert(use: Use) -> Iterator[Statement]:
    targets = []
    for argument, kind in (("Queue", "queues/"), ("JobTemplate", "jobTemplates/")):
        text = use.text(argument)
        if text is not None:
            targets.append(named(text, "mediaconvert", kind))
        elif argument == "Queue":
            targets.append(arn("mediaconvert", "queues/*"))
    yield allow(use.state, ("mediaconvert:CreateJob",), *targets, source=use.source)
    if use.given("Tags"):
        yield allow(use.state, ("mediaconvert:TagResource",), arn("mediaconvert", "jobs/*"), source=use.source)
    yield from passed(use, "mediaconvert.amazonaws.com", ("Role",))
    if use.waits:
        watched = ("mediaconvert:GetJob", "mediaconvert:CancelJob")
        yield allow(use.state, watched, arn("mediaconvert", "jobs/*"), source=use.source)
        yield watch(use, "StepFunctionsGetEventsForMediaConvertJobRule")


def _customize(use: Use) -> Iterator[Statement]:
    base = use.text("BaseModelIdentifier")
    if base is None:
        model = arn("bedrock", "foundation-model/*", account=False)
    else:
        model = base if is_arn(base) else arn("bedrock", joined("foundation-model/", base), account=False)
    wide = "" if base is not None else "BaseModelIdentifier is computed"
    jobs, models = arn("bedrock", "model-customization-job/*"), arn("bedrock", "custom-model/*")
    actions = ("bedrock:CreateModelCustomizationJob", "bedrock:TagResource")
    yield allow(use.state, actions, model, models, jobs, source=use.source, wide=wide)
    yield from passed(use, "bedrock.amazonaws.com", ("RoleArn",))
    if use.waits:
        watched = ("bedrock:GetModelCustomizationJob", "bedrock:StopModelCustomizationJob")
        yield allow(use.state, watched, jobs, source=use.source)


RULES: dict[str, Rule] = {
    "batch:submitJob": _batch,
    "ecs:runTask": _ecs,
    "glue:startJobRun": _glue,
    "databrew:startJobRun": _databrew,
    "codebuild:startBuild": _build,
    "codebuild:startBuildBatch": _build,
    "codebuild:retryBuildBatch": _build,
    "codebuild:stopBuild": _codebuild_other,
    "codebuild:batchDeleteBuilds": _codebuild_other,
    "codebuild:batchGetReports": _codebuild_other,
    "codebuild:stopBuildBatch": _codebuild_other,
    "codebuild:deleteBuildBatch": _codebuild_other,
    "athena:startQueryExecution": _athena,
    "athena:stopQueryExecution": _athena_other,
    "athena:getQueryExecution": _athena_other,
    "athena:getQueryResults": _athena_other,
    "mediaconvert:createJob": _mediaconvert,
    "bedrock:createModelCustomizationJob": _customize,
    **{f"sagemaker:{action}": _sagemaker for action in SAGEMAKER},
}
