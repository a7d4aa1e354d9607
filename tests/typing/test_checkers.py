"""Both type checkers over the snippets of this folder: what is good passes, each mistake is refused with its words.

One run of each checker for all files.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from mypy import api

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
GOOD = [HERE / "good.py", HERE / "good_integrations.py", ROOT / "tests" / "workflow" / "flows.py"]
BAD = sorted((HERE / "bad").glob("*.py"))
NAMES = {file.name for file in BAD}

Messages = dict[tuple[str, int], str]


def expected() -> list[tuple[tuple[str, int], str, str]]:
    """(file and line of the mistake, what mypy must say, what pyright must say)."""
    found = []
    for file in BAD:
        words: dict[str, str] = {}
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if comment := re.fullmatch(r"# (mypy|pyright) says: (.*)", line):
                words[comment[1]] = comment[2]
            elif words and line:
                found.append(((file.name, number), words["mypy"], words["pyright"]))
                words = {}
    return found


@pytest.fixture(scope="module")
def mypy() -> Messages:
    config = ["--config-file", str(ROOT / "pyproject.toml"), "--follow-imports=silent", "--no-error-summary"]
    out, err, _ = api.run([*config, *map(str, (*GOOD, *BAD))])
    assert not err, err
    said: Messages = defaultdict(str)
    for path, line, text in re.findall(r"^(.+?\.py):(\d+): (?:error|note): (.*)$", out, re.MULTILINE):
        said[Path(path).name, int(line)] += text + "\n"
    return said


@pytest.fixture(scope="module")
def pyright(tmp_path_factory: pytest.TempPathFactory) -> Messages:
    copies = tmp_path_factory.mktemp("bad")  # the project's settings exclude the folder of mistakes
    for file in BAD:
        (copies / file.name).write_text(file.read_text())
    command = [sys.executable, "-m", "pyright", "--outputjson", *map(str, (*GOOD, *copies.iterdir()))]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300).stdout
    said: Messages = defaultdict(str)
    for problem in json.loads(out)["generalDiagnostics"]:
        if problem["severity"] == "error":
            said[Path(problem["file"]).name, problem["range"]["start"]["line"] + 1] += problem["message"] + "\n"
    return said


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_what_is_good_passes(checker: str, request: pytest.FixtureRequest) -> None:
    said = request.getfixturevalue(checker)
    assert {place: text for place, text in said.items() if place[0] not in NAMES} == {}


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_each_mistake_is_refused_with_its_words(checker: str, request: pytest.FixtureRequest) -> None:
    said = request.getfixturevalue(checker)
    wanted = {place: (mypy if checker == "mypy" else pyright) for place, mypy, pyright in expected()}
    missed = {}
    for place, words in wanted.items():
        text = said.get(place, "")
        if (words == "nothing") != (text == "") or (words != "nothing" and words not in text):
            missed[place] = (words, text)
    assert missed == {}
    assert {place for place in said if place[0] in NAMES} <= set(wanted)


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_no_refusal_hides_the_word_behind_overloads(checker: str, request: pytest.FixtureRequest) -> None:
    said = request.getfixturevalue(checker)
    hidden = [text for text in said.values() if re.match(r"No overload|No matching overload", text)]
    assert hidden == []


def test_there_are_enough_mistakes() -> None:
    assert len(expected()) >= 40
