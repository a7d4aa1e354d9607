"""The state file on its own: whole at every moment, in the order of what exists."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from local.engine.config import Project
from local.engine.properties import UNKNOWN_TEXT, Secret, Unknown
from local.engine.registration import Registration, Resource
from local.engine.state import State


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project("tiny", "dev", tmp_path, {})


def registration(name: str, **inputs: Any) -> Registration:
    urn = f"urn:pulumi:dev::tiny::aws:sqs/queue:Queue::{name}"
    return Registration(urn, "aws:sqs/queue:Queue", name, "", True, inputs, options={"protect": True, "odd": object})


def made(state: State, name: str, **inputs: Any) -> None:
    asked = registration(name, **inputs)
    state.begin(asked, asked.inputs)
    state.made(Resource.of(asked, f"id-{name}", asked.inputs, dict(asked.inputs)))


def saved(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "stack.json").read_text())
    return document


def test_a_new_state_is_there_at_once_and_for_its_owner_only(tmp_path: Path, project: Project) -> None:
    State(tmp_path / "s", project, "http://127.0.0.1:1")
    assert saved(tmp_path / "s")["resources"] == []
    assert (tmp_path / "s").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["stack.json"]


def test_many_threads_and_a_reader_see_whole_files_only(tmp_path: Path, project: Project) -> None:
    state = State(tmp_path, project, "http://127.0.0.1:1")
    done = threading.Event()
    counts: list[int] = []

    def reading() -> None:
        while not done.is_set():
            counts.append(len(saved(tmp_path)["resources"]))

    def writing(worker: int) -> None:
        for number in range(10):
            made(state, f"q{worker}-{number}")

    reader = threading.Thread(target=reading)
    reader.start()
    writers = [threading.Thread(target=writing, args=(worker,)) for worker in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    reader.join()
    assert counts == sorted(counts)
    assert len(saved(tmp_path)["resources"]) == 60
    assert saved(tmp_path)["pending"] == []


def test_what_was_begun_and_not_finished_stays_pending(tmp_path: Path, project: Project) -> None:
    state = State(tmp_path, project, "http://127.0.0.1:1")
    made(state, "before")
    cut, refused = registration("cut", policy="{}"), registration("refused")
    state.begin(cut, cut.inputs)
    state.begin(refused, {})
    state.failed(refused.urn)
    state.failed("never begun")
    document = saved(tmp_path)
    assert [entry["urn"] for entry in document["pending"]] == [cut.urn]
    assert [entry["id"] for entry in document["resources"]] == ["id-before"]


def test_secrets_and_the_unknown_keep_pulumis_marks(tmp_path: Path, project: Project) -> None:
    state = State(tmp_path, project, "http://127.0.0.1:1")
    made(state, "q", policy=Secret({"a": [Unknown()]}))
    (entry,) = saved(tmp_path)["resources"]
    assert entry["inputs"]["policy"]["value"] == {"a": [UNKNOWN_TEXT]}
    assert entry["options"]["protect"] is True


def test_outputs_of_a_component_and_of_the_stack(tmp_path: Path, project: Project) -> None:
    state = State(tmp_path, project, "http://127.0.0.1:1")
    made(state, "q")
    state.outputs(registration("q").urn, {"extra": 1}, stack=False)
    state.outputs("urn:stack", {"url": "u"}, stack=True)
    document = saved(tmp_path)
    assert document["resources"][0]["outputs"] == {"extra": 1}
    assert document["outputs"] == {"url": "u"}
