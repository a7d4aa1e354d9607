"""What the optimized integrations need that answer at once: Lambda, DynamoDB, SNS, SQS, EventBridge, nested
executions, HTTP endpoints and others. Each rule is what AWS's page of the integration says.
https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import PARTITION, Symbol, Text
from .arns import SELF, arn, derived, is_arn, joined, literal, read
from .statement import Condition, Statement, allow
from .targets import Rule, bucket_of, objects, one, watch
from .uses import Use

VERSIONS = "https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html"


def function(text: Text) -> Text:
    """What a role may invoke of a function: all versions of one of ours, as running executions keep theirs."""
    if len(text.parts) == 1 and isinstance(text.parts[0], Symbol) and text.parts[0].key.startswith("function."):
        return joined(derived(text, "unqualified"), ":*")
    known = literal(text)
    if known is not None and not known.startswith("arn:"):
        return arn("lambda", f"function:{known}")
    return text


def _lambda(use: Use) -> Iterator[Statement]:
    text = use.text("FunctionName")
    action = ("lambda:InvokeFunction",)
    if text is None:
        every = arn("lambda", "function:*")
        yield allow(use.state, action, every, source=use.source, wide="FunctionName is computed")
        return
    qualifier = use.text("Qualifier")
    target = function(text)
    if use.given("Qualifier"):
        target = joined(derived(target, "unqualified"), ":", qualifier if qualifier is not None else "*")
    yield allow(use.state, action, target, source=use.source)


def _table(action: str) -> Rule:
    def rule(use: Use) -> Iterator[Statement]:
        yield one(use, (f"dynamodb:{action}",), "TableName", "dynamodb", "table/")

    return rule


def _publish(use: Use) -> Iterator[Statement]:
    if use.given("PhoneNumber"):  # a phone is no resource
        yield allow(use.state, ("sns:Publish",), source=use.source, wide="a phone number is no resource")
        return
    argument = "TopicArn" if use.given("TopicArn") else "TargetArn"
    text = use.text(argument)
    wide = "" if text is not None else f"{argument} is computed"
    yield allow(
        use.state, ("sns:Publish",), text if text is not None else arn("sns", "*"), source=use.source, wide=wide
    )


def _send(use: Use) -> Iterator[Statement]:
    text = use.text("QueueUrl")
    if text is None:
        every = arn("sqs", "*")
        yield allow(use.state, ("sqs:SendMessage",), every, source=use.source, wide="QueueUrl is computed")
        return
    yield allow(use.state, ("sqs:SendMessage",), queue(text), source=use.source)


def queue(text: Text) -> Text:
    """The ARN of a queue's URL."""
    known = literal(text)
    if known is None or is_arn(text):
        return derived(text, "queue")
    parts = known.rstrip("/").split("/")
    host = parts[2].split(".") if len(parts) > 2 else []
    if len(parts) > 4 and len(host) > 2 and host[0] == "sqs":
        return Text(("arn:", Symbol(PARTITION), f":sqs:{host[1]}:{parts[3]}:{parts[4]}"))
    return arn("sqs", parts[-1])


def _put_events(use: Use) -> Iterator[Statement]:
    entries = use.value("Entries")
    action = ("events:PutEvents",)
    if not isinstance(entries, list):
        every = arn("events", "event-bus/*")
        yield allow(use.state, action, every, source=use.source, wide="Entries is computed")
        return
    buses: dict[Text, str] = {}
    for entry in entries:
        named = entry.get("EventBusName", "default") if isinstance(entry, dict) else None
        text = read(named)
        if text is None:
            buses[arn("events", "event-bus/*")] = "EventBusName is computed"
        elif is_arn(text):
            buses[text] = ""
        else:
            buses[arn("events", joined("event-bus/", text))] = ""
    yield allow(use.state, action, *buses, source=use.source, wide=next((w for w in buses.values() if w), ""))


def start_execution(use: Use, argument: str = "StateMachineArn") -> Iterator[Statement]:
    """Starting an execution. IAM sees the state machine without its version or alias, which a condition may name."""
    text = use.text(argument)
    if text is None:
        every = arn("states", "stateMachine:*")
        wide = f"{argument} is computed"
        yield allow(use.state, ("states:StartExecution",), every, source=use.source, wide=wide)
        executions = arn("states", "execution:*")
    else:
        wide = ""
        condition: Condition = ()
        known = literal(text)
        qualifier = known.split(":")[7] if known is not None and known.count(":") == 7 else ""
        if qualifier:
            condition = (("ForAnyValue:StringEquals", "states:StateMachineQualifier", (Text((qualifier,)),)),)
        source = VERSIONS if qualifier else use.source
        machine = derived(text, "machine")
        yield allow(use.state, ("states:StartExecution",), machine, condition=condition, source=source)
        executions = joined(derived(text, "execution"), ":*")
    if use.waits:
        watched = ("states:DescribeExecution", "states:StopExecution")
        yield allow(use.state, watched, executions, source=use.source, wide=wide)
        yield watch(use, "StepFunctionsGetEventsForStepFunctionsExecutionRule")


def _http(use: Use) -> Iterator[Statement]:
    own = arn("states", joined("stateMachine:", Text((Symbol(SELF),))))
    endpoint, method = use.text("ApiEndpoint"), use.text("Method")
    condition: Condition = (
        *((("StringEquals", "states:HTTPMethod", (method,)),) if method is not None else ()),
        *((("StringLike", "states:HTTPEndpoint", (endpoint,)),) if endpoint is not None else ()),
    )
    wide = "" if endpoint is not None else "ApiEndpoint is computed"
    yield allow(use.state, ("states:InvokeHTTPEndpoint",), own, condition=condition, source=use.source, wide=wide)
    for path in (("Authentication", "ConnectionArn"), ("InvocationConfig", "ConnectionArn")):
        if use.given(*path):
            connection = use.text(*path)
            target = connection if connection is not None else arn("events", "connection/*")
            computed = "" if connection is not None else "ConnectionArn is computed"
            retrieve = ("events:RetrieveConnectionCredentials",)
            yield allow(use.state, retrieve, target, source=use.source, wide=computed)
            secrets = arn("secretsmanager", "secret:events!connection/*")
            read_secret = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
            yield allow(use.state, read_secret, secrets, source=use.source)


def _api_gateway(use: Use) -> Iterator[Statement]:
    auth = literal(use.text("AuthType"))
    if auth in (None, "NO_AUTH") and not use.given("AuthType"):
        return
    host = literal(use.text("ApiEndpoint"))
    api = host.split(".")[0] if host is not None else "*"
    stage, method, path = (literal(use.text(name)) for name in ("Stage", "Method", "Path"))
    place = f"{api}/{stage or '*'}/{method or '*'}/{(path or '*').lstrip('/')}"
    wide = "" if host is not None else "ApiEndpoint is computed"
    yield allow(use.state, ("execute-api:Invoke",), arn("execute-api", place), source=use.source, wide=wide)


def _invoke_model(use: Use) -> Iterator[Statement]:
    model = use.text("ModelId")
    action = ("bedrock:InvokeModel",)
    if model is None:
        every = arn("bedrock", "*", region=True, account=False)
        yield allow(use.state, action, every, source=use.source, wide="ModelId is computed")
    elif is_arn(model):
        yield allow(use.state, action, model, source=use.source)
    else:
        target = arn("bedrock", joined("foundation-model/", model), account=False)
        yield allow(use.state, action, target, source=use.source)
    for argument, read_or_write in (("Input", "s3:GetObject"), ("Output", "s3:PutObject")):
        if use.given(argument):
            bucket, key = bucket_of(use.value(argument, "S3Uri"))
            wide = "" if bucket is not None else f"{argument}.S3Uri is computed"
            yield allow(use.state, (read_or_write,), objects(bucket, key), source=use.source, wide=wide)


def _nothing(_: Use) -> Iterator[Statement]:
    """Kubernetes checks the role itself, by its own access entries."""
    return iter(())


RULES: dict[str, Rule] = {
    "lambda:invoke": _lambda,
    "dynamodb:getItem": _table("GetItem"),
    "dynamodb:putItem": _table("PutItem"),
    "dynamodb:updateItem": _table("UpdateItem"),
    "dynamodb:deleteItem": _table("DeleteItem"),
    "sns:publish": _publish,
    "sqs:sendMessage": _send,
    "events:putEvents": _put_events,
    "states:startExecution": start_execution,
    "http:invoke": _http,
    "apigateway:invoke": _api_gateway,
    "bedrock:invokeModel": _invoke_model,
    "eks:call": _nothing,
    "eks:runJob": _nothing,
}
