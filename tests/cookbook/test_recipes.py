"""Each recipe runs: what it is for happens, and what may go wrong goes where the recipe says."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import After, TaskCall
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
