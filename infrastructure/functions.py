"""The Lambda functions: one for each handler, all of one package, each with a role of its own.

Stage: code. Every update publishes a version, and definitions name versions, so that a running execution keeps the code
that it began with. A handler's function is `handlers.entry.NAME`; table names and the like reach it as environment
variables, read when it is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from infrastructure.account import Account
from infrastructure.iam import ServiceRole, Statement, allow, everywhere, service_role, trust
from infrastructure.settings import Settings

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"


@dataclass
class FunctionsArgs:
    """What to deploy and what each function may do beside logging and tracing."""

    settings: Settings
    account: Account
    names: Sequence[str]
    """The handlers."""
    code: pulumi.Archive
    environment: Mapping[str, pulumi.Input[str]]
    """For all functions; names only, nothing secret."""
    grants: Mapping[str, Sequence[Statement]] = field(default_factory=dict)
    """What single functions may do."""
    timeouts: Mapping[str, int] = field(default_factory=dict)
    """Seconds for functions that no workflow waits for; for all others settings say."""


class Functions(pulumi.ComponentResource):
    """All functions of one stack; `bindings` gives a workflow their versions."""

    def __init__(self, name: str, args: FunctionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("symphony:infrastructure:Functions", name, {}, opts)
        unknown = sorted({*args.grants, *args.timeouts} - set(args.names))
        if unknown:
            raise ValueError(f"grants or timeouts name functions that are not deployed: {', '.join(unknown)}")
        self._args = args
        self.functions = {each: self._function(each) for each in args.names}
        self.register_outputs({each: function.qualified_arn for each, function in self.functions.items()})

    @property
    def bindings(self) -> dict[str, pulumi.Input[str]]:
        """`function.validate` to the ARN of its newest version, for a workflow's definition."""
        return {f"function.{each}": function.qualified_arn for each, function in self.functions.items()}

    @property
    def arns(self) -> dict[str, pulumi.Input[str]]:
        """`function.validate` to every version of it: old ones run on after a new one is published."""
        account, settings = self._args.account, self._args.settings
        return {
            f"function.{each}": account.arn("lambda", f"function:{settings.name(each)}:*") for each in self.functions
        }

    def _function(self, name: str) -> aws.lambda_.Function:
        settings = self._args.settings
        physical = settings.name(name)
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/lambda/{physical}",
            retention_in_days=settings.log_retention_days,
            opts=pulumi.ResourceOptions(parent=self),
        )
        role = self._role(name)
        return aws.lambda_.Function(
            name,
            name=physical,
            description=f"Handler {name} of {settings.project}, stack {settings.stack}",
            role=role.arn,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            handler=f"handlers.entry.{name}",
            code=self._args.code,
            publish=True,
            memory_size=settings.function_memory_mb,
            timeout=self._args.timeouts.get(name, settings.function_timeout_seconds),
            environment=aws.lambda_.FunctionEnvironmentArgs(variables={**self._powertools(), **self._args.environment}),
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active" if settings.tracing else "PassThrough"),
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(
                log_format="JSON",
                log_group=logs.name,
                application_log_level="WARN" if settings.log_level == "WARNING" else settings.log_level,
                system_log_level="WARN",
            ),
            # Its log group first: else Lambda makes one without retention. Its policy first: else the first calls fail.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role.policy]),
        )

    def _powertools(self) -> dict[str, pulumi.Input[str]]:
        """https://docs.powertools.aws.dev/lambda/python/latest/#environment-variables"""
        settings = self._args.settings
        return {
            "POWERTOOLS_SERVICE_NAME": settings.service,
            "POWERTOOLS_LOG_LEVEL": settings.log_level,
            "POWERTOOLS_METRICS_NAMESPACE": settings.metrics_namespace,
            "POWERTOOLS_TRACE_DISABLED": "false" if settings.tracing else "true",
            # Results hold readings; traces are kept apart from them and longer.
            "POWERTOOLS_TRACER_CAPTURE_RESPONSE": "false",
            "POWERTOOLS_TRACER_CAPTURE_ERROR": "false",
            "POWERTOOLS_LOGGER_LOG_EVENT": "false",
        }

    def _role(self, name: str) -> ServiceRole:
        settings = self._args.settings
        streams = self._args.account.arn("logs", f"log-group:/aws/lambda/{settings.name(name)}:*")
        statements = [allow(["logs:CreateLogStream", "logs:PutLogEvents"], [streams], sid="WriteLogs")]
        if settings.tracing:
            statements.append(
                everywhere(
                    ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
                    sid="SendTraces",
                    because="X-Ray knows no resources for writing: "
                    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html",
                )
            )
        return service_role(
            name,
            physical_name=settings.name(name),
            description=f"What the function {settings.name(name)} may do",
            # Without a condition: Lambda documents no aws:SourceArn for execution roles, and a role that it cannot
            # assume stops every call. Who may give this role to a function is a matter of iam:PassRole.
            trusted=trust("lambda.amazonaws.com"),
            statements=[*statements, *self._args.grants.get(name, [])],
            parent=self,
        )
