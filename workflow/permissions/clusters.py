"""What the optimized integrations of clusters need: EMR, EMR on EKS, EMR Serverless and EKS.

https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Text
from .arns import arn, joined
from .statement import Condition, Statement, allow
from .targets import Rule, everywhere, one, passed, watch
from .uses import Use


def _create_cluster(use: Use) -> Iterator[Statement]:
    tags = ("elasticmapreduce:AddTags",) if use.given("Tags") else ()
    yield everywhere(use, "elasticmapreduce:RunJobFlow", *tags)
    yield from passed(use, "elasticmapreduce.amazonaws.com", ("ServiceRole",), ("AutoScalingRole",))
    yield from passed(use, "ec2.amazonaws.com", ("JobFlowRole",))
    if use.waits:
        actions = ("elasticmapreduce:DescribeCluster", "elasticmapreduce:TerminateJobFlows")
        yield allow(use.state, actions, arn("elasticmapreduce", "cluster/*"), source=use.source)
        yield watch(use, "StepFunctionsGetEventForEMRRunJobFlowRule")


def _cluster(*actions: str, watched: tuple[str, ...] = (), rule: str = "") -> Rule:
    def statements(use: Use) -> Iterator[Statement]:
        names = (*actions, *(watched if use.waits else ()))
        full = tuple(f"elasticmapreduce:{name}" for name in names)
        yield one(use, full, "ClusterId", "elasticmapreduce", "cluster/")
        if use.waits:
            yield watch(use, rule)

    return statements


def _create_virtual(use: Use) -> Iterator[Statement]:
    yield everywhere(use, "emr-containers:CreateVirtualCluster")
    yield _linked_role(use, "emr-containers.amazonaws.com", "AWSServiceRoleForAmazonEMRContainers")


def _delete_virtual(use: Use) -> Iterator[Statement]:
    watched = ("emr-containers:DescribeVirtualCluster",) if use.waits else ()
    yield one(use, ("emr-containers:DeleteVirtualCluster", *watched), "Id", "emr-containers", "/virtualclusters/")


def _start_virtual(use: Use) -> Iterator[Statement]:
    role = use.text("ExecutionRoleArn")
    condition: Condition = ()
    if role is not None:
        condition = (("StringEquals", "emr-containers:ExecutionRoleArn", (role,)),)
    place = ("VirtualClusterId", "emr-containers", "/virtualclusters/")
    yield one(use, ("emr-containers:StartJobRun",), *place, condition=condition)
    if use.waits:
        watched = ("emr-containers:DescribeJobRun", "emr-containers:CancelJobRun")
        yield one(use, watched, *place, suffix="/jobruns/*")


def _create_application(use: Use) -> Iterator[Statement]:
    yield everywhere(use, "emr-serverless:CreateApplication")
    yield _linked_role(use, "ops.emr-serverless.amazonaws.com", "AWSServiceRoleForAmazonEMRServerless")
    if use.waits:
        watched = ("emr-serverless:GetApplication", "emr-serverless:DeleteApplication")
        yield allow(use.state, watched, arn("emr-serverless", "/applications/*"), source=use.source)
        yield watch(use, "StepFunctionsGetEventsForEMRServerlessApplicationRule")


def _application(action: str, *watched: str) -> Rule:
    def statements(use: Use) -> Iterator[Statement]:
        names = tuple(f"emr-serverless:{name}" for name in (action, *(watched if use.waits else ())))
        yield one(use, names, "ApplicationId", "emr-serverless", "/applications/")
        if use.waits:
            yield watch(use, "StepFunctionsGetEventsForEMRServerlessApplicationRule")

    return statements


def _serverless_job(use: Use) -> Iterator[Statement]:
    yield one(use, ("emr-serverless:StartJobRun",), "ApplicationId", "emr-serverless", "/applications/")
    yield from passed(use, "emr-serverless.amazonaws.com", ("ExecutionRoleArn",))
    if use.waits:
        watched = ("emr-serverless:GetJobRun", "emr-serverless:CancelJobRun")
        yield one(use, watched, "ApplicationId", "emr-serverless", "/applications/", suffix="/jobruns/*")
        yield watch(use, "StepFunctionsGetEventsForEMRServerlessJobRule")


def _cancel_serverless(use: Use) -> Iterator[Statement]:
    watched = ("emr-serverless:GetJobRun",) if use.waits else ()
    application, run = use.text("ApplicationId"), use.text("JobRunId")
    names = ("emr-serverless:CancelJobRun", *watched)
    if application is None:
        yield one(use, names, "ApplicationId", "emr-serverless", "/applications/")
    else:
        place = joined("/applications/", application, "/jobruns/", run if run is not None else "*")
        yield allow(use.state, names, arn("emr-serverless", place), source=use.source)
    if use.waits:
        yield watch(use, "StepFunctionsGetEventsForEMRServerlessJobRule")


def _linked_role(use: Use, service: str, role: str) -> Statement:
    """The role that a service makes for itself at its first use."""
    condition: Condition = (("StringLike", "iam:AWSServiceName", (Text((service,)),)),)
    target = arn("iam", f"role/aws-service-role/{service}/{role}*", region=False)
    return allow(use.state, ("iam:CreateServiceLinkedRole",), target, condition=condition, source=use.source)


def _eks(kind: str, named_by: str, *roles: tuple[str, ...]) -> Rule:
    """Creating and deleting of clusters, node groups and Fargate profiles."""

    def statements(use: Use) -> Iterator[Statement]:
        action = use.integration.action
        creates = action.startswith("create")
        what = action.removeprefix("create").removeprefix("delete")
        cluster = use.text("Name" if kind == "cluster/" else "ClusterName")
        name = use.text(named_by)
        wide = "" if cluster is not None else "the cluster's name is computed"
        cluster_name: Text | str = cluster if cluster is not None else "*"
        if kind == "cluster/":
            own = joined(kind, cluster_name)
        else:
            own = joined(kind, cluster_name, "/", name if name is not None else "*", "/*")
        asked = f"eks:{action[0].upper()}{action[1:]}"
        if not creates:
            known = (asked, *((f"eks:Describe{what}",) if use.waits else ()))
            yield allow(use.state, known, arn("eks", own), source=use.source, wide=wide)
            return
        if kind == "cluster/":
            yield everywhere(use, asked)
        else:
            yield allow(use.state, (asked,), arn("eks", joined("cluster/", cluster_name)), source=use.source, wide=wide)
        if use.waits:
            watched = (f"eks:Describe{what}", f"eks:Delete{what}")
            yield allow(use.state, watched, arn("eks", own), source=use.source, wide=wide)
        if what == "Nodegroup":
            yield everywhere(use, "ec2:DescribeSubnets")
            role = use.text("NodeRole")
            node_roles = role if role is not None else arn("iam", "role/*", region=False)
            reads = ("iam:GetRole", "iam:ListAttachedRolePolicies")
            yield allow(use.state, reads, node_roles, source=use.source)
        yield from passed(use, "eks.amazonaws.com", *roles)

    return statements


RULES: dict[str, Rule] = {
    "elasticmapreduce:createCluster": _create_cluster,
    "elasticmapreduce:setClusterTerminationProtection": _cluster("SetTerminationProtection"),
    "elasticmapreduce:terminateCluster": _cluster(
        "TerminateJobFlows", watched=("DescribeCluster",), rule="StepFunctionsGetEventForEMRTerminateJobFlowsRule"
    ),
    "elasticmapreduce:addStep": _cluster(
        "AddJobFlowSteps",
        watched=("DescribeStep", "CancelSteps"),
        rule="StepFunctionsGetEventForEMRAddJobFlowStepsRule",
    ),
    "elasticmapreduce:cancelStep": _cluster("CancelSteps"),
    "elasticmapreduce:modifyInstanceFleetByName": _cluster("ModifyInstanceFleet", "ListInstanceFleets"),
    "elasticmapreduce:modifyInstanceGroupByName": _cluster("ModifyInstanceGroups", "ListInstanceGroups"),
    "emr-containers:createVirtualCluster": _create_virtual,
    "emr-containers:deleteVirtualCluster": _delete_virtual,
    "emr-containers:startJobRun": _start_virtual,
    "emr-serverless:createApplication": _create_application,
    "emr-serverless:startApplication": _application("StartApplication", "GetApplication", "StopApplication"),
    "emr-serverless:stopApplication": _application("StopApplication", "GetApplication"),
    "emr-serverless:deleteApplication": _application("DeleteApplication", "GetApplication"),
    "emr-serverless:startJobRun": _serverless_job,
    "emr-serverless:cancelJobRun": _cancel_serverless,
    "eks:createCluster": _eks("cluster/", "Name", ("RoleArn",)),
    "eks:deleteCluster": _eks("cluster/", "Name"),
    "eks:createNodegroup": _eks("nodegroup/", "NodegroupName", ("NodeRole",)),
    "eks:deleteNodegroup": _eks("nodegroup/", "NodegroupName"),
    "eks:createFargateProfile": _eks("fargateprofile/", "FargateProfileName", ("PodExecutionRoleArn",)),
    "eks:deleteFargateProfile": _eks("fargateprofile/", "FargateProfileName"),
}
