"""The Lambda entry point: events in, JSON out, errors by name, and what logs, metrics and traces show."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from pydantic import BaseModel

from handlers import entry as entries
from handlers.counts import count
from handlers.entry import entry
from handlers.errors import InvalidInput, InvalidReading, InvalidResult, ResultTooLarge, Unavailable
from handlers.models import Model
from payloads.limits import RESULT_BYTES
from tests.handlers.messages import record


@dataclass
class Context:
    """What the Lambda runtime hands to a function, as far as it is read."""

    function_name: str = "dev-validate"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:dev-validate:7"
    aws_request_id: str = "4c9d3f7e"

    def get_remaining_time_in_millis(self) -> int:
        return 9_000


class Number(Model):
    value: float


def event(value: Any, attempt: int = 0) -> dict[str, Any]:
    return {
        "input": value,
        "execution": "arn:aws:states:::express:telemetry:1",
        "state": "Validate",
        "attempt": attempt,
    }


def call(function: Any, given: Any) -> Any:
    return entry(function)(given, Context())  # type: ignore[arg-type]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the entry point logs; its handler keeps the stream that it found at first."""
    (handler,) = (h for h in entries.logger.handlers if isinstance(h, logging.StreamHandler))
    stream = StringIO()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def test_the_runtimes_look_up_builds_the_entry_point_once() -> None:
    found = entries.validate
    result = found(event(record().model_dump()), Context())  # type: ignore[arg-type]
    assert result["id"] == "fridge-7#m-1"
    assert json.loads(json.dumps(result)) == result
    assert entries.validate is found


@pytest.mark.parametrize("name", ["nothing", "models", "clients", "envelope", "entry_", "_private", "__path__"])
def test_what_is_no_handler_is_not_found(name: str) -> None:
    with pytest.raises(AttributeError):
        getattr(entries, name)


def test_a_handler_that_lacks_a_module_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    def importing(name: str) -> None:
        raise ModuleNotFoundError("No module named 'boto3'", name="boto3")

    monkeypatch.setattr("importlib.import_module", importing)
    with pytest.raises(ModuleNotFoundError, match="boto3"):
        entries.__getattr__("anything")


def test_models_lists_and_text_go_in_and_out() -> None:
    def double(number: Number) -> Number:
        return Number(value=number.value * 2)

    def split(text: str) -> list[Number]:
        return [Number(value=float(part)) for part in text.split()]

    def total(numbers: list[Number]) -> float | None:
        return sum(number.value for number in numbers) or None

    assert call(double, event({"value": 2})) == {"value": 4.0}
    assert call(split, event("1 2")) == [{"value": 1.0}, {"value": 2.0}]
    assert call(total, event([{"value": 1}, {"value": 2}])) == 3.0
    assert call(total, event([])) is None


def test_results_go_out_under_their_json_names() -> None:
    from pydantic import Field

    class Named(BaseModel):
        inner: int = Field(serialization_alias="outer")

    def make(number: Number) -> Named:
        return Named(inner=int(number.value))

    assert call(make, event({"value": 3})) == {"outer": 3}


def test_a_second_parameter_gets_lambdas_context() -> None:
    def remaining(number: Number, context: Any) -> int:
        milliseconds: int = context.get_remaining_time_in_millis()
        return milliseconds

    assert call(remaining, event({"value": 1})) == 9_000


def test_an_event_of_no_workflow_is_the_input() -> None:
    def value(number: Number) -> float:
        return number.value

    assert call(value, {"value": 5, "version": "0", "detail-type": "Scheduled Event"}) == 5


def two(a: Number, b: Number) -> Number:
    return a


def none() -> Number:
    return Number(value=1)


def untyped(a) -> Number:  # type: ignore[no-untyped-def]
    return Number(value=1)


def silent(a: Number):  # type: ignore[no-untyped-def]
    return a


async def later(a: Number) -> Number:
    return a


@pytest.mark.parametrize("function", [two, none, untyped, silent, later])
def test_a_function_of_another_form_is_refused(function: Any) -> None:
    with pytest.raises(TypeError, match=function.__name__):
        entry(function)


SECRET = "<script>4f1c"  # noqa: S105


def test_an_input_that_does_not_fit_is_refused_without_quoting_it(log: StringIO) -> None:
    class Deep(Model):
        by_name: dict[str, Number]

    def read(deep: Deep) -> float:
        return 0.0

    with pytest.raises(InvalidInput) as caught:
        call(read, event({"by_name": {SECRET: {"value": SECRET}}}))
    assert str(caught.value) == "read cannot read its input: input.by_name.?script?4f1c.value: float_parsing"
    assert "InvalidInput" in log.getvalue() and SECRET not in log.getvalue()
    assert caught.value.__suppress_context__  # or a logger prints what it came from


def test_a_result_that_does_not_fit_is_refused_without_quoting_it(log: StringIO) -> None:
    def wrong(number: Number) -> Number:
        return SECRET  # type: ignore[return-value]

    def endless(number: Number) -> Number:
        return Number(value=float("inf"))

    for function in (wrong, endless):
        with pytest.raises(InvalidResult) as caught:
            call(function, event({"value": 1}))
        assert SECRET not in str(caught.value)
    assert "InvalidResult" in log.getvalue() and SECRET not in log.getvalue()


@pytest.mark.parametrize("character", ["a", "é", '"'])
def test_a_result_that_a_state_could_not_carry_is_an_error_of_its_own(character: str) -> None:
    each = len(json.dumps(character, ensure_ascii=False).encode()) - 2
    fitting = character * ((RESULT_BYTES - 2) // each)

    def long(number: Number) -> str:
        return fitting + character * int(number.value)

    assert len(call(long, event({"value": 0}))) == len(fitting)
    with pytest.raises(ResultTooLarge, match=r"long returned 2\d{5} bytes of JSON; a state may pass on 258048"):
        call(long, event({"value": 1}))


def test_every_line_says_execution_state_and_attempt(log: StringIO) -> None:
    def chatty(number: Number) -> float:
        logging.getLogger("handlers.chatty").warning("from the handler")
        if number.value < 0:
            raise InvalidReading("temperature: missing")
        return 1 / number.value

    call(chatty, event({"value": 1}, attempt=2))
    with pytest.raises(InvalidReading):
        call(chatty, event({"value": -1}))
    with pytest.raises(ZeroDivisionError):
        call(chatty, event({"value": 0}))
    with pytest.raises(InvalidInput):
        call(chatty, event("no number", attempt=1))
    logged = lines(log.getvalue())
    assert [(line["message"], line["attempt"]) for line in logged] == [
        ("from the handler", 2),
        ("from the handler", 0),
        ("refused", 0),
        ("from the handler", 0),
        ("failed", 0),
        ("refused", 1),
    ]
    assert {(line["execution"], line["state"]) for line in logged} == {(event(0)["execution"], "Validate")}
    assert logged[2]["error"] == "InvalidReading" and logged[2]["reason"] == "temperature: missing"
    assert logged[4]["exception_name"] == "ZeroDivisionError"


def test_keys_of_one_call_do_not_reach_the_next(log: StringIO) -> None:
    def refuse(number: Number) -> float:
        raise InvalidReading("no")

    for given in (event({"value": 1}, attempt=3), {"value": 1}):
        with pytest.raises(InvalidReading):
            call(refuse, given)
    logged = lines(log.getvalue())
    assert [(line["execution"], line["attempt"]) for line in logged] == [(event(0)["execution"], 3), ("", 0)]


def test_calls_and_counts_become_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    def counting(number: Number) -> float:
        count("Quarantined", number.value)
        count("Quarantined")
        if number.value == 7:
            raise Unavailable("DynamoDB: throttled")
        return 0.0

    call(counting, event({"value": 2}))
    with pytest.raises(Unavailable):
        call(counting, event({"value": 7}))
    with pytest.raises(InvalidInput):
        call(counting, event({}))
    emitted = [line for line in lines(capsys.readouterr().out) if "_aws" in line]
    shown = [
        {k: v for k, v in line.items() if k in ("Quarantined", "Handled", "Refused", "Failed")} for line in emitted
    ]
    assert shown == [
        {"Quarantined": [3.0], "Handled": [1.0]},
        {"Quarantined": [8.0], "Failed": [1.0]},
        {"Refused": [1.0]},
    ]
    for line in emitted:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Symphony" and set(directive["Dimensions"][0]) == {"function", "service"}
        assert line["function"] == "counting"


def test_a_count_outside_a_call_is_nothing() -> None:
    count("Quarantined")
