"""What docs/reference has pages for: the table that the generator reads, the order of its index included."""

from __future__ import annotations

from dataclasses import dataclass

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/"


@dataclass(frozen=True)
class Page:
    """One page. `name` is its file's, `example` its module's; `shows` are names of `workflow`, `.` before a method."""

    name: str
    shows: tuple[str, ...]
    aws: str
    """AWS's page, below GUIDE unless it is elsewhere."""
    constants: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """The module in tests/docs/examples."""
        plain = self.name.replace("-", "_")
        return f"{plain}_" if plain in ("pass", "return", "try") else plain

    @property
    def url(self) -> str:
        """AWS's page."""
        return self.aws if self.aws.startswith("https:") else GUIDE + self.aws


STATES = (
    Page("task", ("Task",), "connect-lambda.html", ("TRANSIENT",)),
    Page("choice", ("Choice", "Choice.when", "Choice.given", "Branches.otherwise"), "state-choice.html"),
    Page("parallel", ("Parallel", "Parallel.arguments"), "state-parallel.html"),
    Page("map", ("Map",), "state-map-inline.html"),
    Page(
        "distributed-map",
        ("DistributedMap", "Listed", "Csv", "JsonLines", "JsonArray", "Manifest", "Objects", "Source.select")
        + ("Source.batched", "Results", "Batched", "S3Object", "Written"),
        "state-map-distributed.html",
    ),
    Page("try", ("Try", "Try.arguments"), "concepts-error-handling.html"),
    Page("pass", ("Pass", "Pass.assign"), "state-pass.html"),
    Page("same", ("Same",), "state-pass.html"),
    Page("wait", ("Wait",), "state-wait.html"),
    Page("succeed", ("Succeed",), "state-succeed.html"),
    Page("fail", ("Fail",), "state-fail.html"),
    Page("return", ("Return",), "state-succeed.html"),
    Page("back-to", ("back_to",), "concepts-states.html"),
)

INTEGRATIONS = (
    Page("get-item", ("GetItem",), "connect-ddb.html"),
    Page("put-item", ("PutItem",), "connect-ddb.html", ("EXISTS",)),
    Page("update-item", ("UpdateItem",), "connect-ddb.html", ("ABSENT",)),
    Page("delete-item", ("DeleteItem",), "connect-ddb.html", ("ABSENT",)),
    Page("query", ("Query",), "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html"),
    Page("publish", ("Publish",), "connect-sns.html"),
    Page("send-message", ("SendMessage",), "connect-sqs.html"),
    Page("put-event", ("PutEvent",), "connect-eventbridge.html", ("FAILED_ENTRY",)),
    Page("start-execution", ("StartExecution", "Started"), "connect-stepfunctions.html", ("EXECUTION_EXISTS",)),
    Page("run-execution", ("RunExecution",), "connect-stepfunctions.html"),
    Page("call-express", ("CallExpress",), "concepts-express-synchronous.html"),
    Page("invoke", ("Invoke",), "connect-lambda.html"),
    Page("call-http", ("CallHttp",), "call-https-apis.html"),
    Page("run-activity", ("RunActivity",), "concepts-activities.html"),
    Page("get-object", ("GetObject",), "supported-services-awssdk.html", ("NO_OBJECT",)),
    Page("put-object", ("PutObject",), "supported-services-awssdk.html"),
    Page("sdk", ("sdk",), "supported-services-awssdk.html"),
    Page("optimized", ("optimized",), "integrate-optimized.html"),
)

REST = (
    Page(
        "methods",
        ("Working.retry", "Working.output", "Working.assign", "Service.timeout", "Service.heartbeat", "Service.assume")
        + ("Guarded.catch", "Caught", "State.end", "State.accept", "State.prefixed", "Calling.wait_for_token")
        + ("Calling.allow",),
        "concepts-error-handling.html",
    ),
    Page(
        "workflow",
        ("Workflow.express", "Workflow.standard", "Workflow.from_asl", "Workflow.definition", "Workflow.to_json")
        + ("Workflow.permissions", "Workflow.longest_seconds", "ExpressWorkflow", "StandardWorkflow", "WorkflowWarning")
        + ("WorkflowError",),
        "choosing-workflow-type.html",
    ),
    Page("variable", ("Variable",), "workflow-variables.html"),
    Page("context", ("context",), "input-output-contextobject.html"),
    Page("jsonata", ("jsonata",), "transforming-data.html"),
    Page(
        "resources",
        ("Table", "Topic", "Queue", "Bucket", "Bus", "Connection", "Activity", "External", "Role"),
        "integrate-services.html",
    ),
)

SECTIONS = (("States", STATES), ("Integrations", INTEGRATIONS), ("What they share", REST))
PAGES = STATES + INTEGRATIONS + REST

TYPES = ("End", "Guarded", "Service", "State", "Step", "Working", "Workflow")
"""Names of `workflow` that are types of composition: annotations, explained in docs/language.md."""

MEANINGS = {
    "Working.output.fn": "a lambda of the result, or of the result and the input",
    "State.prefixed.prefix": "what the states' names begin with",
    "Working.assign.value": "a lambda of what the state passes on",
    "Pass.assign.value": "a lambda of what the state passes on",
    "Source.select.make": "a lambda of the Map's input and the item",
    "Table.name": "the table's name in the program",
    "Table.of": "the model of its items",
    "Variable.name": "its name: letters, digits and `_`",
    "Variable.of": "its type",
    "Pass.output": "a lambda of the input",
    "Return.output": "a lambda of the input",
    "Choice.when.c": "the condition: a lambda of the input",
    "Choice.given.c": "a lambda of the input whose value may be None",
    "Choice.given.output": "a lambda of the input and the value",
    "Map.items": "a lambda that finds the list in the input",
    "DistributedMap.items": "the source of the items",
    "Listed.items": "a lambda that finds the list in the input",
    "JsonLines.item": "the model of an item",
    "JsonArray.item": "the model of an item",
    "Csv.key": "the file's key, a text or a lambda",
    "JsonLines.key": "the file's key, a text or a lambda",
    "JsonArray.key": "the file's key, a text or a lambda",
    "Manifest.key": "the manifest's key, a text or a lambda",
    "Csv.headers": "the names of the columns, where the first row does not have them",
    "Workflow.from_asl.name": "the workflow's name",
    "Workflow.express.name": "the workflow's name",
    "Workflow.standard.name": "the workflow's name",
    "name": "the state's name, unique in the workflow",
    "of": "the type of the state's input",
    "fn": "the handler; its annotations are the state's types",
    "then": "the state or chain that comes next",
    "assign": "what variables become: a dict of Variable and lambda",
    "output": "a lambda that makes what is passed on",
    "each": "the state or chain that runs for every item",
    "items": "the items",
    "flow": "the state or chain",
    "table": "the Table",
    "topic": "the Topic",
    "queue": "the Queue",
    "bus": "the Bus; the account's default bus if not given",
    "bucket": "the Bucket, or a name, or a lambda that gives one",
    "connection": "the Connection, which holds the credentials",
    "activity": "the Activity",
    "workflow": "the other Workflow; the input that is made for it is checked against what it takes",
    "key": "a lambda that gives the key",
    "item": "a lambda that makes the item",
    "value": "a lambda that gives the value",
    "input": "a lambda that makes what the other side gets",
    "returns": "the type of the answer",
    "method": "the HTTP method",
    "headers": "HTTP headers, texts or lambdas",
    "query": "the query's parameters, texts or lambdas",
    "body": "a lambda that makes the body",
    "error": "the error's name",
    "cause": "a text for people",
    "seconds": "whole seconds, or a lambda that gives them",
    "until": "a datetime with its timezone, or a lambda that gives one",
    "a": "a branch",
    "b": "a branch",
    "c": "a lambda of the input",
    "d": "a branch",
    "e": "a branch",
    "f": "a branch",
    "g": "a branch, and any number after it",
    "size": "bytes of a batch at most",
    "execution": "a lambda that makes the execution's name, at most 80 characters",
    "backoff": "what the interval is multiplied by each time",
    "max_delay": "the longest pause, in seconds",
    "branches": "two states or chains, or more, over the same input",
    "results": "where results are written to, instead of being passed on",
    "state": "the state to go on with",
    "text": "the JSONata",
    "row": "the model of a row, all of text",
    "max_items": "how many items at most are read",
    "prefix": "what the keys begin with",
    "make": "a lambda that makes it",
    "operation": "`service:operation`",
    "arguments": "by the API's names: values, resources or lambdas of the input",
    "source": "the event's source",
    "type": "the event's type",
    "detail": "a lambda that makes the event's data",
    "message": "the message",
    "subject": "the subject of a mail",
    "attributes": "the message's attributes, texts or lambdas",
    "on": "exception classes, names of errors, or TRANSIENT",
    "variable": "the Variable",
    "role": "the role's ARN, a Role, or a lambda that gives the ARN",
    "resources": "ARNs",
    "page": "the warning's page under docs/errors",
    "because": "the reason",
    "comment": "the definition's comment",
    "timeout": "seconds",
    "path": "the file",
    "express": "whether it is an Express workflow",
    "bindings": "what symbols stand for, by key; without them the definition has readable placeholders",
    "problems": "all that is wrong",
    "url": "the address, `https://`",
    "label": "begins the names of the child executions",
    "delimiter": "what stands between columns",
}
"""What parameters mean whose docstrings say no more than their names; of one entry, or everywhere."""
