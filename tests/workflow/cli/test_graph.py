"""`graph`: outline, Mermaid, DOT and JSON of a workflow and of plain ASL."""

from __future__ import annotations

import json
from pathlib import Path

from tests.workflow.cli.conftest import Run

OUTLINE = """shop
  Order  (start, Parallel)
    branch 1
      Price  (start, Task lambda:invoke)
        -> Big?
      Big?  (Choice)
        if $states.input.total > 100 -> Too big
        otherwise -> Store
      Too big  (Fail Too big)
      Store  (Task dynamodb:putItem)
        -> end
    -> end
    catch States.ALL -> Failed
  Failed  (Fail Failed)
"""

MERMAID = """flowchart TD
    start((start)) --> s0
    subgraph s0["Order"]
        start_s0_0((start)) --> s1
        s1["Price<br/>lambda:invoke"]
        s1 --> s2
        s2{"Big?"}
        s2 -->|"$states.input.total &gt; 100"| s3
        s2 -->|"otherwise"| s4
        s3(["Too big"])
        s4["Store<br/>dynamodb:putItem"]
        s4 --> end_s0_0((end))
    end
    s0 -.->|"States.ALL"| s5
    s0 --> end((end))
    s5(["Failed"])
"""

DOT = """digraph "shop" {
  compound=true;
  node [shape=box, fontname="sans-serif"];
  start [shape=point, label=""];
  start -> s0;
  subgraph cluster_s0 {
    label="Order";
    s0 [label="Parallel", shape=plain, peripheries=2];
    start_s0_0 [shape=point, label=""];
    start_s0_0 -> s1;
    s1 [label="Price\\nlambda:invoke"];
    s1 -> s2;
    s2 [label="Big?", shape=diamond];
    s2 -> s3 [label="$states.input.total > 100"];
    s2 -> s4 [label="otherwise"];
    s3 [label="Too big", shape=octagon, peripheries=2];
    s4 [label="Store\\ndynamodb:putItem", peripheries=2];
  }
  s0 -> s5 [label="States.ALL", style=dashed, ltail=cluster_s0];
  s5 [label="Failed", shape=octagon, peripheries=2];
}
"""


def test_outline(run: Run) -> None:
    assert run("graph", "app:shop").out == OUTLINE


def test_mermaid(run: Run) -> None:
    assert run("graph", "app:shop", "--format", "mermaid").out == MERMAID


def test_dot(run: Run) -> None:
    assert run("graph", "app:shop", "--format", "dot").out == DOT


def test_json(run: Run) -> None:
    said = json.loads(run("graph", "app:small", "--json").out)
    assert said == {
        "ok": True,
        "name": "small",
        "start": "Total",
        "states": [
            {
                "name": "Total",
                "type": "Pass",
                "ends": False,
                "transitions": [{"to": "Done", "kind": "next", "label": ""}],
            },
            {"name": "Done", "type": "Succeed", "ends": True, "transitions": []},
        ],
    }


def test_plain_asl(run: Run, tmp_path: Path) -> None:
    rule = {"And": [{"Variable": "$.a", "NumericGreaterThan": 1}, {"Not": {"Variable": "$.b", "IsNull": True}}]}
    states = {
        "Ask": {"Type": "Choice", "Choices": [{**rule, "Next": "Rest"}], "Default": "Stop"},
        "Rest": {"Type": "Wait", "Seconds": 5, "Next": "Each"},
        "Each": {"Type": "Map", "Iterator": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}},
                 "End": True},
        "Stop": {"Type": "Fail", "Error": "Stopped"},
    }  # fmt: skip
    (tmp_path / "m.asl.json").write_text(json.dumps({"StartAt": "Ask", "States": states}))
    assert run("graph", "m.asl.json").out == (
        "m\n"
        "  Ask  (start, Choice)\n"
        "    if ($.a NumericGreaterThan 1) and (not ($.b IsNull True)) -> Rest\n"
        "    otherwise -> Stop\n"
        "  Rest  (Wait Seconds 5)\n"
        "    -> Each\n"
        "  Each  (Map)\n"
        "    | One  (start, Pass)\n"
        "    |   -> end\n"
        "    -> end\n"
        "  Stop  (Fail Stopped)\n"
    )
