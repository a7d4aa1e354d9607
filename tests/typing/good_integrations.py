"""What both type checkers must accept of integrations, and the types that they must infer."""

from __future__ import annotations

from typing import Any, assert_type

from pydantic import BaseModel

from tests.workflow.models import Item, Reading, Summary
from workflow import Bucket, ExpressWorkflow, Pass, StandardWorkflow, Table, Workflow
from workflow.integrations import (
    Activity,
    Bus,
    CallExpress,
    CallHttp,
    Calling,
    Connection,
    DeleteItem,
    External,
    GetObject,
    Invoke,
    PutEvent,
    PutObject,
    Query,
    Queue,
    RunActivity,
    RunExecution,
    SendMessage,
    Started,
    StartExecution,
    UpdateItem,
    optimized,
    sdk,
)


class Tasks(BaseModel):
    TaskArns: list[str]


class Answer(BaseModel):
    yes: bool


items = Table("items", Item)
queue = Queue("jobs")
bucket = Bucket("raw")
bank = Connection("bank")
child = Workflow.standard("child", Pass("Text", Reading, lambda r: Summary(text=r.id)))
quick = Workflow.express("quick", Pass("Text", Reading, lambda r: Summary(text=r.id)), timeout=10)

listed = sdk("List", "ecs:listTasks", of=Reading, returns=Tasks, cluster=lambda r: r.device_id, maxResults=10)
assert_type(listed, Calling[Reading, Tasks])
assert_type(sdk("Describe", "dynamodb:describeTable", of=Reading, TableName=items), Calling[Reading, Any])
tagged = sdk("Tag", "sns:tagResource", of=Reading, ResourceArn="a", Tags=lambda r: [{"Key": "id", "Value": r.id}])
assert_type(tagged.timeout(5), Calling[Reading, Any])
ran = optimized("Run", "glue:startJobRun.sync", of=Reading, returns=Summary, JobName="nightly")
assert_type(ran.assume("arn:aws:iam::1:role/r").allow("arn:aws:glue:*:*:job/*"), Calling[Reading, Summary])

sent = SendMessage("Send", queue, of=Reading, body=lambda r: {"id": r.id}, attributes={"id": lambda r: r.id})
assert_type(sent, SendMessage[Reading, Reading])
asked = SendMessage("Ask", queue, of=Reading).wait_for_token(
    returns=Answer, body=lambda r, token: {"id": r.id, "token": token}
)
assert_type(asked, Calling[Reading, Answer])
told = PutEvent("Tell", Bus("b"), of=Reading, source="s", type=lambda r: r.id, detail=lambda r: r)
assert_type(told, PutEvent[Reading, Reading])

marked = UpdateItem(
    "Mark", items, of=Reading, key=lambda r: r.id, set={"alert": "sent", "celsius": lambda r: r.celsius}
)
assert_type(marked, UpdateItem[Reading, Reading])
assert_type(DeleteItem("Drop", items, of=Reading, key=lambda r: r.id), DeleteItem[Reading, Reading])
assert_type(Query("Find", items, of=Reading, value=lambda r: r.id), Query[Reading, list[Item]])

assert_type(child, StandardWorkflow[Reading, Summary])
assert_type(quick, ExpressWorkflow[Reading, Summary])
assert_type(StartExecution("Start", child, of=Reading, input=lambda r: r), StartExecution[Reading, Started])
assert_type(RunExecution("Run", child, of=Reading, input=lambda r: r), RunExecution[Reading, Summary])
assert_type(CallExpress("Call", quick, of=Reading, input=lambda r: r), CallExpress[Reading, Summary])

assert_type(
    Invoke("Call", External("f"), of=Reading, returns=Summary, payload=lambda r: r.id), Invoke[Reading, Summary]
)
assert_type(GetObject("Read", bucket, of=Reading, key=lambda r: r.id), GetObject[Reading, str])
assert_type(GetObject("Read", bucket, of=Reading, key=lambda r: r.id, returns=Item), GetObject[Reading, Item])
assert_type(PutObject("Keep", bucket, of=Reading, key=lambda r: r.id, body=lambda r: r), PutObject[Reading, Reading])
charged = CallHttp(
    "Charge", bank, of=Reading, returns=Summary, url=lambda r: r.id, method="POST", body=lambda r: {"sum": r.celsius}
)
assert_type(charged, CallHttp[Reading, Summary])
assert_type(
    RunActivity("Review", Activity("a"), of=Reading, returns=Answer, input=lambda r: r.id),
    RunActivity[Reading, Answer],
)

assert_type(Workflow.from_asl("machine.asl.json"), StandardWorkflow[Any, Any])
assert_type(Workflow.from_asl("machine.asl.json", express=True), ExpressWorkflow[Any, Any])
