"""Each recipe runs: what it is for happens, and what may go wrong goes where the recipe says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator import After, TaskCall, TaskFailed
from simulator.clock import VIRTUAL_START
from tests.cookbook.kitchen import Tables, entered, output, run
from tests.cookbook.recipes import MODULES

ORDER = {"id": "o1", "sku": "tea", "cents": 500}


def failing(error: Exception, times: int = 10**9) -> Any:
    """A handler that fails so often, then gives its argument."""
    left = [times]

    def handler(value: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return value

    return handler


def test_fan_out() -> None:
    lines = [{"sku": "tea", "count": 2}, {"sku": "sugar", "count": 1}]
    assert output(run("fan_out", {"id": "o1", "lines": lines})) == {"id": "o1", "price": 11}
    assert output(run("fan_out", {"id": "o1", "lines": []})) == {"id": "o1", "price": 0}
    assert output(run("fan_out", {"id": "o1", "lines": lines[:1]})) == {"id": "o1", "price": 6}


def test_saga_ships() -> None:
    done = run("saga", ORDER)
    assert output(done) == ORDER
    assert entered(done) == ["Reserve", "Charge", "Ship"]


def test_saga_undoes_in_reverse_order() -> None:
    done = run("saga", ORDER, lambdas={"ship": failing(OSError("no van"))})
    assert (done.status, done.error) == ("FAILED", "OrderUndone")
    assert entered(done) == ["Reserve", "Charge", "Ship", "Refund", "Release", "Undone"]


def test_saga_undoes_only_what_was_done_and_until_it_succeeds() -> None:
    release = failing(OSError("later"), times=3)
    done = run("saga", {**ORDER, "cents": 100_001}, lambdas={"release": release})
    assert (done.status, done.error) == ("FAILED", "OrderUndone")
    assert entered(done) == ["Reserve", "Charge", "Release", "Undone"]
    assert sum(event.type == "TaskFailed" for event in done.events) == 1 + 3


def test_retry_with_jitter() -> None:
    throttled = MODULES["retry_with_jitter"].Throttled("slowly")
    address = {"street": "Elm", "city": "Ulm"}
    locate = failing(throttled, times=5)
    position = MODULES["retry_with_jitter"].Position(1.0, 2.0)
    done = run("retry_with_jitter", address, lambdas={"locate": lambda a: position if locate(a) else position})
    assert output(done) == {"latitude": 1.0, "longitude": 2.0}
    done = run("retry_with_jitter", address, lambdas={"locate": failing(throttled)})
    assert output(done) == {"address": address, "why": "slowly"}
    assert sum(event.type == "TaskFailed" for event in done.events) == 6


def test_scatter() -> None:
    health = MODULES["scatter"].Health

    def check(host: str) -> Any:
        if host == "b":
            raise OSError("no route")
        return health(host, True)

    done = run("scatter", {"hosts": ["a", "b", "c"], "tolerated": 1}, lambdas={"check": check})
    assert output(done) == {
        "checked": [
            {"host": "a", "sound": True, "why": ""},
            {"host": "b", "sound": False, "why": "OSError"},
            {"host": "c", "sound": True, "why": ""},
        ],
        "failed": 1,
        "tolerated": 1,
    }
    done = run("scatter", {"hosts": ["a", "b"], "tolerated": 0}, lambdas={"check": check})
    assert (done.status, done.error) == ("FAILED", "Too many lost")


def test_polling() -> None:
    job = MODULES["polling"].Job
    statuses = iter(["running", "running", "done"])
    done = run("polling", {"report": "r"}, lambdas={"ask": lambda j: job(j.id, next(statuses))})
    assert output(done) == {"id": "r", "status": "done"}
    assert entered(done).count("Pause") == 2
    assert done.events[-1].timestamp - done.events[0].timestamp == pytest.approx(60, abs=1)
    done = run("polling", {"report": "r"}, lambdas={"ask": lambda j: job(j.id, "failed")})
    assert (done.status, done.error) == ("FAILED", "Job failed")
    done = run("polling", {"report": "r"}, lambdas={"ask": lambda j: job(j.id, "running")})
    assert done.status == "TIMED_OUT"


@pytest.mark.parametrize(("kind", "folder"), [("invoice", "invoices"), ("receipt", "receipts"), ("letter", "letters")])
def test_routing(kind: str, folder: str) -> None:
    assert output(run("routing", {"kind": kind, "text": "x" * 50})) == {"folder": folder, "text": "x" * 40}


def test_nested_parallel() -> None:
    assert output(run("nested_parallel", {"id": "c7"})) == {"name": "Customer c7", "orders": 2, "tickets": 0}


def test_guarded_batch() -> None:
    records = [{"messageId": "1", "body": "{}"}, {"messageId": "2", "body": "?"}, {"messageId": "3", "body": "{}"}]
    assert output(run("guarded_batch", records)) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert output(run("guarded_batch", [])) == {"batchItemFailures": []}
    assert output(run("guarded_batch", records[:1])) == {"batchItemFailures": []}


def test_idempotent() -> None:
    tables = Tables({"seen": "id"})
    payment = {"id": "p1", "account": "a", "cents": 5}
    assert output(run("idempotent", payment, aws=tables)) == {"id": "p1", "booked": True}
    assert output(run("idempotent", payment, aws=tables)) == {"id": "p1", "booked": False}


def test_fallback() -> None:
    tables = Tables({"prices": "sku"})
    ask = {"sku": "tea"}
    assert output(run("fallback", ask, aws=tables)) == {"cents": 100, "live": True}

    def late(_: Any) -> Any:
        return After(30, {"Payload": {"sku": "tea", "cents": 1}})

    done = run("fallback", ask, aws=tables, lambdas={"live_price": late})
    assert (done.status, done.error) == ("FAILED", "No price")
    tables.items["table.prices", '{"S": "tea"}'] = {"sku": {"S": "tea"}, "cents": {"N": "90"}}
    done = run("fallback", ask, aws=tables, lambdas={"live_price": late})
    assert output(done) == {"cents": 90, "live": False}
    assert done.events[-1].timestamp - done.events[0].timestamp == pytest.approx(2, abs=0.1)


def test_distributed_import() -> None:
    csv = "sku,count\n" + "".join(f"s{i},{i}\n" for i in range(250))
    written: dict[str, Any] = {}
    sizes: list[int] = []

    def s3(call: TaskCall) -> Any:
        if call.resource.action == "getObject":
            assert call.arguments["Key"] == "july.csv"
            return {"Body": csv}
        written[call.arguments["Key"]] = call.arguments
        return {}

    def import_rows(batch: Any) -> Any:
        sizes.append(len(batch.Items))
        assert batch.BatchInput == "acme"
        return MODULES["distributed_import"].Imported(len(batch.Items))

    done = run(
        "distributed_import", {"key": "july.csv", "tenant": "acme"}, aws=s3, lambdas={"import_rows": import_rows}
    )
    assert output(done)["results"].startswith("results/")
    assert sorted(sizes) == [50, 100, 100]
    assert written


def test_batch_window() -> None:
    opens = "2026-01-02T01:00:00Z"  # virtual time begins on the first of January 2026
    done = run("batch_window", {"id": "j", "opens": opens})
    assert output(done) == {"id": "j"}
    assert done.events[-1].timestamp == pytest.approx(VIRTUAL_START + 25 * 3600, abs=1)
    done = run("batch_window", {"id": "j", "opens": "2025-12-31T00:00:00Z"})
    assert done.events[-1].timestamp == pytest.approx(VIRTUAL_START, abs=1)


def test_rate_limit() -> None:
    done = run("rate_limit", {"addresses": list("abcdef"), "lanes": 2})
    assert output(done) == [{"address": a} for a in "abcdef"]
    assert done.events[-1].timestamp - done.events[0].timestamp == pytest.approx(3, abs=0.1)


def test_paging() -> None:
    done = run("paging", {"folder": "f"})
    assert output(done) == 14
    assert entered(done) == ["Begin", "Page", "More?", "Next page", "Page", "More?", "Total", "Counted"]


def test_circuit_breaker() -> None:
    tables = Tables({"circuits": "service"})
    order = {"id": "o1"}
    assert output(run("circuit_breaker", order, aws=tables)) == order
    done = run("circuit_breaker", order, aws=tables, lambdas={"call": failing(OSError("down"))})
    assert (done.status, done.error) == ("FAILED", "Service failed")
    done = run("circuit_breaker", order, aws=tables)
    assert (done.status, done.error) == ("FAILED", "Circuit open")
    assert output(run("circuit_breaker", order, aws=tables, start=VIRTUAL_START + 100)) == order


def test_debounce() -> None:
    tables = Tables({"edits": "page"})
    published: list[str] = []

    def publish(edit: Any) -> Any:
        published.append(edit.event)
        return edit

    edit = {"page": "home", "event": "1"}
    assert output(run("debounce", edit, aws=tables, lambdas={"publish": publish})) == edit

    def newer(call: TaskCall) -> Any:  # another edit arrives while this one waits
        if call.resource.action == "getItem":
            tables.items["table.edits", '{"S": "home"}'] = {"page": {"S": "home"}, "event": {"S": "2"}}
        return tables(call)

    assert output(run("debounce", edit, aws=newer, lambdas={"publish": publish})) == edit
    assert published == ["1"]


def test_human_approval() -> None:
    refund = {"order": "o1", "cents": 500}
    asked: list[Any] = []

    def desk(call: TaskCall) -> Any:
        assert call.resource.full_action == "sendMessage.waitForTaskToken"
        asked.append(call.arguments["MessageBody"])
        assert call.token == asked[-1]["token"]
        return {"approved": len(asked) == 1, "by": "ann"}

    decision = {"approved": True, "by": "ann"}
    assert output(run("human_approval", refund, aws=desk)) == {"refund": refund, "decision": decision}
    assert asked[0]["refund"] == refund
    done = run("human_approval", refund, aws=desk)
    assert (done.status, done.error) == ("FAILED", "Refused")
    done = run("human_approval", refund, aws=lambda call: After(10**7, decision))
    assert (done.status, done.error) == ("FAILED", "Nobody decided")
    assert done.events[-1].timestamp - done.events[0].timestamp == pytest.approx(3 * 24 * 3600, abs=1)


def test_nested() -> None:
    def states(call: TaskCall) -> Any:
        assert call.resource.full_action == "startExecution.sync:2"
        assert call.arguments["StateMachineArn"] == "workflow.payments"
        assert call.arguments["Name"] == "order-o1"
        assert call.arguments["Input"]["reference"] == "o1"
        return {"Status": "SUCCEEDED", "Output": {"reference": "paid o1"}}

    assert output(run("nested", {"id": "o1", "cents": 5}, aws=states)) == {
        "order": "o1",
        "receipt": {"reference": "paid o1"},
    }


def test_http_call() -> None:
    answers = ["429", "503", None]

    def bank(call: TaskCall) -> Any:
        assert call.arguments["QueryParameters"] == {"currency": "CHF"}
        if code := answers.pop(0):
            raise TaskFailed(f"States.Http.StatusCode.{code}", "later")
        return {"ResponseBody": {"currency": "CHF", "rate": 0.94}, "StatusCode": 200}

    assert output(run("http_call", {"currency": "CHF"}, aws=bank)) == {"currency": "CHF", "rate": 0.94}
    answers[:] = ["404"]
    assert output(run("http_call", {"currency": "CHF"}, aws=bank)) == {"currency": "CHF"}


def test_sdk_polling() -> None:
    statuses = ["IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED"]
    left = list(statuses)

    def textract(call: TaskCall) -> Any:
        assert call.resource.service == "aws-sdk:textract"
        if call.resource.action == "startDocumentTextDetection":
            assert call.arguments == {"DocumentLocation": {"S3Object": {"Bucket": "b", "Name": "k"}}}
            return {"JobId": "j1"}
        assert call.arguments["JobId"] == "j1"
        return {"JobStatus": left.pop(0)}

    done = run("sdk_polling", {"bucket": "b", "key": "k"}, aws=textract)
    assert output(done) == {"JobId": "j1"}
    assert done.events[-1].timestamp - done.events[0].timestamp == pytest.approx(20, abs=1)
    left[:] = ["FAILED"]
    done = run("sdk_polling", {"bucket": "b", "key": "k"}, aws=textract)
    assert (done.status, done.error) == ("FAILED", "Not read")


class Locks:
    """The one lock as DynamoDB would keep it: conditions as the recipe writes them."""

    def __init__(self) -> None:
        self.lock: dict[str, Any] | None = None
        self.frees_after = 10**9

    def __call__(self, call: TaskCall) -> Any:
        refused = TaskFailed("DynamoDB.ConditionalCheckFailedException", "The conditional request failed")
        if call.resource.action == "putItem":
            self.frees_after -= 1
            if self.frees_after < 0:
                self.lock = None
            now = int(call.arguments["ExpressionAttributeValues"][":now"]["N"])
            if self.lock is not None and not int(self.lock["until"]["N"]) < now:
                raise refused
            self.lock = dict(call.arguments["Item"])
        else:
            holder = next(iter(call.arguments["ExpressionAttributeValues"].values()))
            if self.lock is None or self.lock["holder"] != holder:
                raise refused
            self.lock = None
        return {}


def test_lock() -> None:
    locks, deployment = Locks(), {"service": "shop", "version": "v2"}
    done = run("lock", deployment, aws=locks)
    assert (output(done), locks.lock) == (deployment, None)
    done = run("lock", deployment, aws=locks, lambdas={"deploy": failing(OSError("no image"))})
    assert (done.status, done.error, locks.lock) == ("FAILED", "Not deployed", None)


def test_lock_waits_for_others_and_for_the_lease_of_the_dead() -> None:
    deployment = {"service": "shop", "version": "v2"}
    for until, frees_after, succeeds in ((10**11, 3, True), (10**11, 100, False), (10**9, 100, True)):
        locks = Locks()
        locks.lock = {"service": {"S": "shop"}, "holder": {"S": "v1"}, "until": {"N": str(until)}}
        locks.frees_after = frees_after
        done = run("lock", deployment, aws=locks)
        assert (done.status, done.error) == (("SUCCEEDED", None) if succeeds else ("FAILED", "Locked"))


def test_continue_as_new() -> None:
    started: list[Any] = []

    def states(call: TaskCall) -> Any:
        started.append(call.arguments)
        return {"ExecutionArn": "arn", "StartDate": "2026-01-01T00:00:00Z"}

    done = run("continue_as_new", {"cursor": 0, "rounds": 998}, aws=states)
    assert done.status == "SUCCEEDED"
    assert entered(done).count("Read") == 2
    (call,) = started
    assert call["Name"] == "from-20"
    assert call["Input"] == {"cursor": 20, "rounds": 0}
    assert call["StateMachineArn"].endswith(":stateMachine:simulated")


def test_rds_data() -> None:
    said: list[str] = []
    broken: set[str] = set()

    def database(call: TaskCall) -> Any:
        said.append(call.resource.action)
        if call.state in broken:
            raise TaskFailed("RdsData.BadRequestException", "no stock")
        return {"TransactionId": "t1"} if call.resource.action == "beginTransaction" else {}

    order = {"id": "o1", "sku": "tea"}
    assert output(run("rds_data", order, aws=database)) == order
    assert said == ["beginTransaction", "executeStatement", "executeStatement", "commitTransaction"]
    said.clear()
    broken.add("Move stock")
    done = run("rds_data", order, aws=database)
    assert (done.status, done.error) == ("FAILED", "Not written")
    assert said == ["beginTransaction", "executeStatement", "executeStatement", "rollbackTransaction"]


def test_from_eventbridge() -> None:
    put: list[Any] = []

    def events(call: TaskCall) -> Any:
        put.extend(call.arguments["Entries"])
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e1"}]}

    event = {"id": "1", "source": "shop", "detail-type": "Placed", "time": "2026-01-01T00:00:00Z",
             "detail": {"order": "o1", "cents": 5}}  # fmt: skip
    assert output(run("from_eventbridge", event, aws=events)) == {"order": "o1", "number": "R-o1"}
    (entry,) = put
    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == ("billing", "Invoiced", "bus.shop")
    assert entry["Detail"] == {"order": "o1", "number": "R-o1"}


def test_on_schedule() -> None:
    busy = [1]

    def glue(call: TaskCall) -> Any:
        assert call.resource.full_action == "startJobRun.sync"
        assert call.arguments == {"JobName": "nightly-load", "Arguments": {"--day": "2025-12-31"}}
        if busy:
            busy.pop()
            raise TaskFailed("Glue.ConcurrentRunsExceededException", "busy")
        return {"JobRunState": "SUCCEEDED"}

    done = run("on_schedule", {"due": "2026-01-01T02:00:00Z"}, aws=glue)
    assert output(done) == {"day": "2025-12-31", "state": "SUCCEEDED"}


def test_from_lambda() -> None:
    recipe = MODULES["from_lambda"]
    started: list[dict[str, str]] = []

    class Client:
        def start_execution(self, **arguments: str) -> Any:
            started.append(arguments)
            return {"executionArn": f"arn:{arguments['name']}"}

    said = recipe.post_order(recipe.Order("o1", 5), Client(), "arn:machine")
    assert said == {"execution": "arn:order-o1"}
    (call,) = started
    assert (call["stateMachineArn"], call["name"]) == ("arn:machine", "order-o1")
    assert output(run("from_lambda", json.loads(call["input"]))) == {"id": "o1", "cents": 5}
