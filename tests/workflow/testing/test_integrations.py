"""Every kind of task is answered by what it gives to the next state, and by memory where memory knows it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from tests.workflow.testing.shop import Item, Order, Outcome, Price, batch, items, price
from workflow import Bucket, DistributedMap, JsonLines, Pass, Task, Workflow, WorkflowError
from workflow.aws.activities import RunActivity
from workflow.aws.dynamodb_query import Query
from workflow.aws.dynamodb_write import DeleteItem, UpdateItem
from workflow.aws.executions import CallExpress
from workflow.aws.functions import Invoke
from workflow.aws.http import CallHttp
from workflow.aws.s3 import GetObject, PutObject
from workflow.aws.sdk import sdk
from workflow.aws.symbols import Activity, Connection, External
from workflow.testing import Environment, Unanswered, fails, run

TEA = Order(id="o-1", sku="tea")
files = Bucket("files")


class Reply(BaseModel):
    ok: bool


def flow(state: Any) -> Any:
    return Workflow.standard("flow", state)


http = CallHttp("Ask", Connection("shop"), of=Order, returns=Reply, url="https://example.com/").timeout(10)
external = Invoke("Ask", External("other"), of=Order, returns=Reply)
query = Query("Ask", items, of=Order, value=lambda o: o.id)
read = GetObject("Ask", files, of=Order, key=lambda o: o.id, returns=Reply)
text = GetObject("Ask", files, of=Order, key=lambda o: o.id)
express = CallExpress("Ask", batch, of=Order, input=lambda o: [o])


@pytest.mark.parametrize(
    "state, answer",
    [
        (http, Reply(ok=True)),
        (external, Reply(ok=False)),
        (query, [Item(id="o-1", cents=1, tags=["a"]), Item(id="o-2", cents=2)]),
        (query, []),
        (read, Reply(ok=True)),
        (text, "a text"),
        (express, [Outcome(id="o-1", said="so")]),
    ],
)
def test_a_task_is_answered_by_what_it_passes_on(state: Any, answer: Any) -> None:
    assert run(flow(state), TEA, answers={"Ask": answer}).output == answer


@pytest.mark.parametrize("state", [http, external, query, read, express])
def test_anything_else_is_refused(state: Any) -> None:
    with pytest.raises(WorkflowError, match="`Ask` is answered with "):
        run(flow(state), TEA, answers={"Ask": [3]})


def test_an_operation_of_the_sdk_is_answered_by_the_members_that_are_read() -> None:
    class Names(BaseModel):
        Buckets: list[str]

    any_: Any = sdk
    state = any_("Ask", "s3:listBuckets", of=Order)
    assert run(flow(state), TEA, answers={"Ask": {"Owner": {"Id": "x"}}}).json["Owner"] == {"Id": "x"}
    assert Names(Buckets=[]).Buckets == []


def test_tables_are_updated_queried_and_emptied_in_memory() -> None:
    environment = Environment()
    environment.table(items).put(Item(id="o-1", cents=1))
    more = UpdateItem("More", items, of=Order, key=lambda o: o.id, add={"cents": 5}, append={"tags": lambda o: o.sku})
    gone = DeleteItem("Gone", items, of=Order, key=lambda o: o.id, must_exist=True)
    environment.run(flow(more), TEA)
    assert environment.table(items).all() == [Item(id="o-1", cents=6, tags=["tea"])]
    assert environment.run(flow(query), TEA).output == [Item(id="o-1", cents=6, tags=["tea"])]
    environment.run(flow(gone), TEA)
    assert environment.run(flow(gone), TEA).error == "DynamoDB.ConditionalCheckFailedException"
    assert environment.run(flow(query), TEA).output == []


def test_objects_are_written_and_read_in_memory() -> None:
    environment = Environment()
    write = PutObject("Write", files, of=Order, key=lambda o: o.id, body=lambda o: Reply(ok=o.count == 1))
    environment.run(flow(write), TEA)
    assert json.loads(environment.bucket(files)["o-1"]) == {"ok": True}
    assert environment.run(flow(read), TEA).output == Reply(ok=True)
    assert environment.run(flow(text), Order(id="none", sku="x")).error == "S3.NoSuchKeyException"


def test_a_distributed_map_reads_its_items_from_a_bucket() -> None:
    each = Task("Price", price) >> Pass("Costs", Price, lambda p: p.cents)
    source = JsonLines(Order, of=Order, bucket=files, key=lambda o: f"{o.id}.jsonl")
    whole = Workflow.standard("import", DistributedMap("Import", each, items=source))
    environment = Environment()
    lines = [Order(id=f"o-{n}", sku="tea", count=n).model_dump_json() for n in (1, 2)]
    environment.bucket(files)["o-1.jsonl"] = "\n".join(lines)
    result = environment.run(whole, TEA)
    assert result.output == [250, 500] and result.path == ["Import"]
    assert [item.path for item in result.items("Import")] == [["Price", "Costs"]] * 2
    assert result.state("Price", 1).input["count"] == 2
    failed = environment.run(whole, TEA, answers={"Price": fails("Boom")})
    assert failed.error == "States.ExceedToleratedFailureThreshold"


def test_a_worker_of_an_activity_may_answer() -> None:
    work = RunActivity("Pack", Activity("packers"), of=Order, returns=Reply).timeout(3600)
    execution = Environment().start(flow(work), TEA)
    assert execution.waiting == ["Pack"]
    execution.advance(minutes=59)
    execution.succeed("Pack", Reply(ok=True))
    assert execution.finish().output == Reply(ok=True)
    assert run(flow(work), TEA, answers={"Pack": Reply(ok=False)}).output == Reply(ok=False)


def test_what_nothing_in_memory_knows_has_to_be_answered() -> None:
    with pytest.raises(Unanswered, match=r"`Ask` \(http:invoke\) has nothing that answers it"):
        run(flow(http), TEA)
    with pytest.raises(Unanswered, match=r"`Ask` \(lambda:invoke\)"):
        run(flow(external), TEA)
