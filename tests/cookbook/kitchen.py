"""Runs a recipe on the simulator, on virtual time: its handlers as Lambda would run them, AWS as the test says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from simulator import Run, StateError, TaskCall, TaskFailed, simulate
from simulator.clock import VIRTUAL_START
from tests.cookbook.recipes import RECIPES

Answer = Callable[[TaskCall], Any]


def run(
    name: str,
    value: Any,
    *,
    lambdas: Mapping[str, Callable[..., Any]] | None = None,
    aws: Answer | None = None,
    start: float = VIRTUAL_START,
) -> Run:
    """One execution of the recipe `name`. `lambdas` stand in for handlers of that name; `aws` answers other calls."""
    recipe = RECIPES[name]
    functions = {f.key: f.fn for f in recipe.functions}
    for own, stand_in in (lambdas or {}).items():
        assert f"function.{own}" in functions, f"{name} has no handler {own}"

    def answer(call: TaskCall) -> Any:
        if call.resource.service != "lambda":
            assert aws is not None, f"nothing answers {call.resource.arn}"
            return aws(call)
        key = call.arguments["FunctionName"]
        return call_handler(functions[key], (lambdas or {}).get(key.removeprefix("function.")), call)

    definition = recipe.definition({key: "aws" if key == "aws.partition" else key for key in recipe.symbols})
    return simulate(definition, json.loads(json.dumps(value)), answer, start=start)


def call_handler(handler: Callable[..., Any], stand_in: Callable[..., Any] | None, call: TaskCall) -> Any:
    """What Lambda gives for a handler: the argument and the result as JSON, an exception as an error of its class."""
    hints = get_type_hints(handler)
    result = hints.pop("return")
    argument = TypeAdapter(next(iter(hints.values()))).validate_python(
        json.loads(json.dumps(call.arguments["Payload"]["input"]))
    )
    try:
        made = (stand_in or handler)(argument)
    except StateError:
        raise
    except Exception as error:
        cause = {"errorMessage": str(error), "errorType": type(error).__name__}
        raise TaskFailed(type(error).__name__, json.dumps(cause)) from error
    if type(made).__name__ == "After":
        return made
    return {"Payload": json.loads(TypeAdapter(result).dump_json(made)), "StatusCode": 200}


def output(run: Run) -> Any:
    """The output of an execution that succeeded."""
    assert run.status == "SUCCEEDED", (run.status, run.error, run.cause)
    return json.loads(json.dumps(run.output))


def entered(run: Run) -> list[str]:
    """The states in the order in which they were entered."""
    return [event.details["name"] for event in run.events if event.type.endswith("StateEntered")]


class Tables:
    """DynamoDB as these recipes use it: items by table and key, in memory; conditions on whether the key exists."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self.keys = {f"table.{table}": key for table, key in keys.items()}
        self.items: dict[tuple[str, str], dict[str, Any]] = {}

    def __call__(self, call: TaskCall) -> Any:
        """Answer one call."""
        arguments = json.loads(json.dumps(call.arguments))
        table = arguments["TableName"]
        item = arguments.get("Item") or arguments["Key"]
        at = (table, json.dumps(item[self.keys[table]]))
        match call.resource.action:
            case "getItem":
                return {"Item": self.items[at]} if at in self.items else {}
            case "putItem":
                if "attribute_not_exists" in arguments.get("ConditionExpression", "") and at in self.items:
                    raise TaskFailed("DynamoDB.ConditionalCheckFailedException", "The conditional request failed")
                self.items[at] = item
            case "deleteItem":
                self.items.pop(at, None)
            case other:
                raise AssertionError(f"these tables know no {other}")
        return {}
