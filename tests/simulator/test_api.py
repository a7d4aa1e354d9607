"""The Step Functions API, by boto3 over HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from simulator import Engine, VirtualClock
from simulator.api import create_app
from tests.simulator.conftest import Call, Tasks
from tests.simulator.support import LAMBDA, denied, machine

ROLE = "arn:aws:iam::000000000000:role/r"
PASS = json.dumps(machine({"P": {"Type": "Pass"}}))


async def create(call: Call, name: str = "m", definition: str = PASS, **more: Any) -> str:
    made = await call("create_state_machine", name=name, definition=definition, roleArn=ROLE, **more)
    return str(made["stateMachineArn"])


async def ended(call: Call, arn: str) -> dict[str, Any]:
    for _ in range(500):
        described = await call("describe_execution", executionArn=arn)
        if described["status"] != "RUNNING":
            return described
    raise AssertionError("it never ended")


async def test_a_machine_is_made_described_updated_listed_and_deleted(call: Call) -> None:
    arn = await create(call, tags=[{"key": "team", "value": "a"}])
    assert arn == "arn:aws:states:us-east-1:123456789012:stateMachine:m"
    assert await create(call) == arn
    code, message = await denied(create(call, definition=json.dumps(machine({"Q": {"Type": "Pass"}}))))
    assert (code, message) == ("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
    described = await call("describe_state_machine", stateMachineArn=arn)
    assert (described["name"], described["type"], described["status"]) == ("m", "STANDARD", "ACTIVE")
    assert described["definition"] == PASS
    updated = await call("update_state_machine", stateMachineArn=arn, roleArn=ROLE + "2")
    assert updated["revisionId"]
    assert (await call("describe_state_machine", stateMachineArn=arn))["roleArn"] == ROLE + "2"
    assert (await call("list_tags_for_resource", resourceArn=arn))["tags"] == [{"key": "team", "value": "a"}]
    await call("tag_resource", resourceArn=arn, tags=[{"key": "env", "value": "dev"}])
    await call("untag_resource", resourceArn=arn, tagKeys=["team"])
    assert (await call("list_tags_for_resource", resourceArn=arn))["tags"] == [{"key": "env", "value": "dev"}]
    await create(call, "a")
    listed = await call("list_state_machines", maxResults=1)
    assert [entry["name"] for entry in listed["stateMachines"]] == ["a"]
    rest = await call("list_state_machines", nextToken=listed["nextToken"])
    assert [entry["name"] for entry in rest["stateMachines"]] == ["m"]
    await call("delete_state_machine", stateMachineArn=arn)
    await call("delete_state_machine", stateMachineArn=arn)
    code, message = await denied(call("describe_state_machine", stateMachineArn=arn))
    assert (code, message) == ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


async def test_bad_definitions_names_and_updates_are_refused(call: Call) -> None:
    code, message = await denied(create(call, definition='{"StartAt": "A", "States": {"B": {"Type": "Pass"}}}'))
    assert code == "InvalidDefinition"
    assert "MISSING_TRANSITION_TARGET" in message
    assert "/States/B" in message
    assert (await denied(create(call, definition="{")))[0] == "InvalidDefinition"
    assert (await denied(create(call, "a b")))[0] == "InvalidName"
    arn = await create(call)
    assert (await denied(call("update_state_machine", stateMachineArn=arn)))[0] == "MissingRequiredParameter"
    assert (await denied(create(call, "x", versionDescription="d")))[0] == "ValidationException"
    wait = {"T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}}
    assert (await denied(create(call, "x", json.dumps(machine(wait)), type="EXPRESS")))[0] == "InvalidDefinition"


async def test_definitions_are_validated(call: Call) -> None:
    good = await call("validate_state_machine_definition", definition=PASS)
    assert (good["result"], good["diagnostics"]) == ("OK", [])
    bad = await call("validate_state_machine_definition", definition='{"StartAt": "A", "States": {}}')
    assert bad["result"] == "FAIL"
    assert bad["diagnostics"][0]["code"] == "SCHEMA_VALIDATION_FAILED"


async def test_versions_and_aliases(call: Call) -> None:
    arn = await create(call, publish=True)
    first = f"{arn}:1"
    assert (await call("publish_state_machine_version", stateMachineArn=arn))["stateMachineVersionArn"] == first
    changed = json.dumps(machine({"P": {"Type": "Pass", "Output": 2}}))
    second = (await call("update_state_machine", stateMachineArn=arn, definition=changed, publish=True))[
        "stateMachineVersionArn"
    ]
    assert second == f"{arn}:2"
    listed = await call("list_state_machine_versions", stateMachineArn=arn)
    assert [v["stateMachineVersionArn"] for v in listed["stateMachineVersions"]] == [second, first]
    routing = [{"stateMachineVersionArn": first, "weight": 100}]
    alias = (await call("create_state_machine_alias", name="live", routingConfiguration=routing))[
        "stateMachineAliasArn"
    ]
    assert alias == f"{arn}:live"
    started = await call("start_execution", stateMachineArn=alias, input="1")
    described = await ended(call, started["executionArn"])
    assert (described["output"], described["stateMachineVersionArn"], described["stateMachineAliasArn"]) == (
        "1",
        first,
        alias,
    )
    moved = [{"stateMachineVersionArn": second, "weight": 100}]
    await call("update_state_machine_alias", stateMachineAliasArn=alias, routingConfiguration=moved)
    started = await call("start_execution", stateMachineArn=alias, input="1")
    assert (await ended(call, started["executionArn"]))["output"] == "2"
    shown = await call("describe_state_machine_alias", stateMachineAliasArn=alias)
    assert shown["routingConfiguration"] == moved
    code, message = await denied(call("delete_state_machine_version", stateMachineVersionArn=second))
    assert code == "ConflictException"
    assert "live" in message
    halves = [{"stateMachineVersionArn": first, "weight": 50}]
    code, _ = await denied(call("create_state_machine_alias", name="x", routingConfiguration=halves))
    assert code == "ValidationException"
    aliases = await call("list_state_machine_aliases", stateMachineArn=arn)
    assert [a["stateMachineAliasArn"] for a in aliases["stateMachineAliases"]] == [alias]
    await call("delete_state_machine_alias", stateMachineAliasArn=alias)
    await call("delete_state_machine_version", stateMachineVersionArn=second)
    assert (await denied(call("describe_state_machine", stateMachineArn=second)))[0] == "StateMachineDoesNotExist"


async def test_executions_are_described_with_their_history(call: Call) -> None:
    states = {
        "T": {"Type": "Task", "Resource": LAMBDA, "Arguments": {"x": "{% $states.input.x %}"}, "Assign": {"v": 1}}
    }
    arn = await create(call, definition=json.dumps(machine(states)))
    started = await call("start_execution", stateMachineArn=arn, name="one", input='{"x": [1, null]}')
    assert started["executionArn"] == "arn:aws:states:us-east-1:123456789012:execution:m:one"
    described = await ended(call, started["executionArn"])
    assert (described["status"], described["output"]) == ("SUCCEEDED", '{"x":[1,null]}')
    assert described["input"] == '{"x": [1, null]}'
    history = (await call("get_execution_history", executionArn=started["executionArn"]))["events"]
    assert [event["type"] for event in history] == [
        "ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited",
        "ExecutionSucceeded",
    ]  # fmt: skip
    assert history[2]["taskScheduledEventDetails"]["parameters"] == '{"x":[1,null]}'
    assert history[5]["stateExitedEventDetails"]["assignedVariables"] == {"v": "1"}
    page = await call("get_execution_history", executionArn=started["executionArn"], maxResults=2, reverseOrder=True)
    assert [event["id"] for event in page["events"]] == [7, 6]
    after = await call(
        "get_execution_history",
        executionArn=started["executionArn"],
        maxResults=2,
        reverseOrder=True,
        nextToken=page["nextToken"],
    )
    assert [event["id"] for event in after["events"]] == [5, 4]
    bare = (await call("get_execution_history", executionArn=started["executionArn"], includeExecutionData=False))[
        "events"
    ]
    assert "input" not in bare[0]["executionStartedEventDetails"]
    assert (await denied(call("get_execution_history", executionArn=started["executionArn"], nextToken="x")))[
        0
    ] == "InvalidToken"


async def test_starting_again_and_what_cannot_start(call: Call) -> None:
    waiting = json.dumps(
        machine({"T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}})
    )
    arn = await create(call, definition=waiting)
    first = await call("start_execution", stateMachineArn=arn, name="n", input="{}")
    assert await call("start_execution", stateMachineArn=arn, name="n", input="{ }") == first
    code, message = await denied(call("start_execution", stateMachineArn=arn, name="n", input="1"))
    assert (code, message) == ("ExecutionAlreadyExists", f"Execution Already Exists: '{first['executionArn']}'")
    assert (await denied(call("start_execution", stateMachineArn=arn, input="{")))[0] == "InvalidExecutionInput"
    assert (await denied(call("start_execution", stateMachineArn=arn + "x")))[0] == "StateMachineDoesNotExist"
    assert (await denied(call("describe_execution", executionArn=first["executionArn"] + "x")))[
        0
    ] == "ExecutionDoesNotExist"
    stopped = await call("stop_execution", executionArn=first["executionArn"], error="E", cause="C")
    described = await call("describe_execution", executionArn=first["executionArn"])
    assert (described["status"], described["error"], described["cause"]) == ("ABORTED", "E", "C")
    assert described["stopDate"] == stopped["stopDate"]


async def test_executions_are_listed_newest_first_and_by_status(call: Call) -> None:
    arn = await create(call)
    names = [f"e{number}" for number in range(5)]
    for name in names:
        await ended(call, (await call("start_execution", stateMachineArn=arn, name=name))["executionArn"])
    listed = await call("list_executions", stateMachineArn=arn, maxResults=3)
    assert [entry["name"] for entry in listed["executions"]] == ["e4", "e3", "e2"]
    rest = await call("list_executions", stateMachineArn=arn, nextToken=listed["nextToken"])
    assert [entry["name"] for entry in rest["executions"]] == ["e1", "e0"]
    assert (await call("list_executions", stateMachineArn=arn, statusFilter="FAILED"))["executions"] == []


async def test_express_executions_answer_at_once(call: Call) -> None:
    states = {"T": {"Type": "Task", "Resource": LAMBDA}}
    arn = await create(call, definition=json.dumps(machine(states)), type="EXPRESS")
    done = await call("start_sync_execution", stateMachineArn=arn, input='{"a": 1}', name="n")
    assert (done["status"], done["output"], done["name"]) == ("SUCCEEDED", '{"a":1}', "n")
    assert ":express:m:n:" in done["executionArn"]
    assert done["billingDetails"]["billedDurationInMilliseconds"] >= 100
    failed = await call("start_sync_execution", stateMachineArn=arn, input='{"fail": "Bad"}')
    assert (failed["status"], failed["error"], failed["cause"]) == ("FAILED", "Bad", "asked for")
    assert (await denied(call("describe_execution", executionArn=done["executionArn"])))[0] == "InvalidArn"
    assert (await denied(call("list_executions", stateMachineArn=arn)))[0] == "StateMachineTypeNotSupported"
    standard = await create(call, "s")
    assert (await denied(call("start_sync_execution", stateMachineArn=standard)))[0] == "StateMachineTypeNotSupported"


async def test_tokens_by_the_api(call: Call, tasks: Tasks) -> None:
    spec = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Arguments": {}}
    arn = await create(call, definition=json.dumps(machine({"T": spec})))
    started = await call("start_execution", stateMachineArn=arn)
    while not tasks.tokens:
        await asyncio.sleep(0)
    token = tasks.tokens[0]
    await call("send_task_heartbeat", taskToken=token)
    assert (await denied(call("send_task_success", taskToken=token, output="{")))[0] == "InvalidOutput"
    await call("send_task_success", taskToken=token, output='"yes"')
    assert (await ended(call, started["executionArn"]))["output"] == '"yes"'
    assert (await denied(call("send_task_success", taskToken=token, output="1")))[0] == "TaskTimedOut"
    assert (await denied(call("send_task_failure", taskToken="nonsense")))[0] == "InvalidToken"


async def test_activities_by_the_api(call: Call) -> None:
    activity = (await call("create_activity", name="work"))["activityArn"]
    assert (await call("create_activity", name="work"))["activityArn"] == activity
    arn = await create(call, definition=json.dumps(machine({"T": {"Type": "Task", "Resource": activity}})))
    started = await call("start_execution", stateMachineArn=arn, input='{"n": 1}')
    work = await call("get_activity_task", activityArn=activity, workerName="w")
    assert work["input"] == '{"n":1}'
    await call("send_task_failure", taskToken=work["taskToken"], error="E", cause="C")
    described = await ended(call, started["executionArn"])
    assert (described["status"], described["error"]) == ("FAILED", "E")
    assert (await call("describe_activity", activityArn=activity))["name"] == "work"
    assert len((await call("list_activities"))["activities"]) == 1
    await call("delete_activity", activityArn=activity)
    assert (await denied(call("get_activity_task", activityArn=activity)))[0] == "ActivityDoesNotExist"


async def test_redrive_and_map_runs_by_the_api(call: Call) -> None:
    body = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "P",
        "States": {"P": {"Type": "Pass", "End": True}},
    }
    states = {"M": {"Type": "Map", "Items": [1, 2], "ItemProcessor": body}}
    arn = await create(call, definition=json.dumps(machine(states)))
    started = await call("start_execution", stateMachineArn=arn)
    await ended(call, started["executionArn"])
    runs = (await call("list_map_runs", executionArn=started["executionArn"]))["mapRuns"]
    shown = await call("describe_map_run", mapRunArn=runs[0]["mapRunArn"])
    assert (shown["status"], shown["itemCounts"]["succeeded"], shown["itemCounts"]["total"]) == ("SUCCEEDED", 2, 2)
    children = (await call("list_executions", mapRunArn=runs[0]["mapRunArn"]))["executions"]
    assert [child["status"] for child in children] == ["SUCCEEDED", "SUCCEEDED"]
    child = await call("describe_execution", executionArn=children[0]["executionArn"])
    assert (child["output"], child["mapRunArn"]) == ("2", runs[0]["mapRunArn"])
    events = (await call("get_execution_history", executionArn=children[0]["executionArn"]))["events"]
    assert [event["type"] for event in events][0::3] == ["ExecutionStarted", "ExecutionSucceeded"]
    assert (await denied(call("redrive_execution", executionArn=started["executionArn"])))[
        0
    ] == "ExecutionNotRedrivable"
    assert (await denied(call("describe_map_run", mapRunArn=runs[0]["mapRunArn"] + "x")))[0] == "ResourceNotFound"


async def test_missing_parameters_and_unknown_operations(call: Call) -> None:
    engine = Engine(Tasks(), clock=VirtualClock())
    app = create_app(engine)
    import httpx

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:

        async def ask(target: str, body: bytes) -> tuple[int, dict[str, Any]]:
            answer = await client.post("/", content=body, headers={"x-amz-target": target})
            return answer.status_code, answer.json()

        assert (await ask("AWSStepFunctions.Nonsense", b"{}"))[1]["__type"] == "UnknownOperationException"
        assert (await ask("AWSStepFunctions.StartExecution", b"{"))[1]["__type"] == "SerializationException"
        assert (await ask("AWSStepFunctions.StartExecution", b"[]"))[1]["__type"] == "SerializationException"
        status, error = await ask("AWSStepFunctions.StartExecution", b"{}")
        assert (status, error["__type"]) == (400, "ValidationException")
        assert (await client.get("/")).status_code == 405
