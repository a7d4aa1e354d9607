"""Settings as Pulumi's CLI reads them, and every way in which they can be wrong."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from local.engine.config import Project, load
from local.engine.diagnostics import ConfigError

from .conftest import Write

SCHEMA = """
    config:
      size:
        type: integer
        default: 5
      names:
        type: array
        items:
          type: string
        default: [a, b]
      fast:
        type: boolean
        default: true
      title:
        type: string
    """


def read(root: Path, given: Mapping[str, str] | None = None) -> Project:
    return load(root, "dev", given)


def lines(root: Path, given: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(root, given)
    return str(caught.value).splitlines()


def test_defaults_and_the_stacks_values_as_the_sdk_takes_them(write: Write) -> None:
    root = write(
        "",
        project=SCHEMA,
        dev="""
        config:
          aws:region: eu-central-1
          aws:defaultTags:
            tags: {team: cold}
          tiny:size: "7"
          title: Cold chain
        """,
    )
    project = read(root)
    assert (project.name, project.stack, project.root) == ("tiny", "dev", root)
    assert project.config == {
        "aws:region": "eu-central-1",
        "aws:defaultTags": '{"tags": {"team": "cold"}}',
        "tiny:size": "7",
        "tiny:title": "Cold chain",
        "tiny:names": '["a", "b"]',
        "tiny:fast": "true",
    }
    assert str(project.places["tiny:size"]) == "Pulumi.dev.yaml:6:14"


def test_a_value_given_for_the_run_replaces_the_stacks_file(write: Write) -> None:
    root = write("", project=SCHEMA, dev="config:\n  tiny:title: From the file\n  tiny:size: 9\n")
    project = read(root, {"title": "Given", "aws:region": "eu-west-1"})
    assert project.config["tiny:title"] == "Given"
    assert project.config["tiny:size"] == "5"
    assert project.config["aws:region"] == "eu-west-1"


def test_a_missing_value(write: Write) -> None:
    root = write("", project=SCHEMA, dev="config:\n  tiny:size: 9\n")
    assert lines(root) == ["Pulumi.dev.yaml:1:1: tiny:title is missing; write tiny:title: with text, such as abc"]


def test_a_misspelt_value_is_named_where_another_is_missing(write: Write) -> None:
    root = write("", project=SCHEMA, dev="config:\n  tiny:titel: x\n")
    assert lines(root) == [
        "Pulumi.dev.yaml:1:1: tiny:title is missing; it has the unknown 'tiny:titel'; "
        "write tiny:title: with text, such as abc"
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "tiny:size: ten",
            "2:14: tiny:size is 'ten', and Pulumi.yaml declares an integer; write a whole number, such as 5",
        ),
        (
            "tiny:size: 1.5",
            "2:14: tiny:size is 1.5, and Pulumi.yaml declares an integer; write a whole number, such as 5",
        ),
        (
            "tiny:size: true",
            "2:14: tiny:size is true, and Pulumi.yaml declares an integer; write a whole number, such as 5",
        ),
        (
            "tiny:size:",
            "2:13: tiny:size is empty, and Pulumi.yaml declares an integer; write a whole number, such as 5",
        ),
        ("tiny:fast: maybe", "2:14: tiny:fast is 'maybe', and Pulumi.yaml declares a boolean; write true or false"),
        ("tiny:names: a", "2:15: tiny:names is 'a', and Pulumi.yaml declares an array; write a list, such as [a, b]"),
        ("tiny:title: 5", "2:15: tiny:title is 5, and Pulumi.yaml declares a string; write text, such as abc"),
        (
            "tiny:title: {secure: v1:abc}",
            "2:15: tiny:title is encrypted, and only Pulumi's CLI can decrypt it; "
            "give it for this run, or write a plain value in a stack that needs no secrets",
        ),
    ],
)
def test_a_wrong_value(write: Write, line: str, problem: str) -> None:
    title = "" if "title" in line else "  tiny:title: t\n"
    root = write("", project=SCHEMA, dev=f"config:\n  {line}\n{title}")
    assert lines(root)[0] == f"Pulumi.dev.yaml:{problem}"


def test_all_problems_at_once_in_the_files_order(write: Write) -> None:
    root = write("", project=SCHEMA, dev="config:\n  tiny:fast: maybe\n  tiny:size: ten\n")
    assert [line.split(":")[1] for line in lines(root)] == ["1", "2", "3"]


def test_a_type_of_another_package_is_not_ours_to_say(write: Write) -> None:
    root = write("", project="config:\n  aws:region:\n    type: string\n    default: x\n")
    assert lines(root) == [
        "Pulumi.yaml:5:11: aws:region is not this project's setting, so that its type is not this project's to say; "
        "write value: alone"
    ]


def test_a_value_for_all_stacks(write: Write) -> None:
    root = write("", project="config:\n  aws:region:\n    value: eu-west-1\n  plain: 3\n")
    assert read(root).config == {"aws:region": "eu-west-1", "tiny:plain": "3"}


def test_a_misspelt_type_and_attribute(write: Write) -> None:
    root = write("", project="config:\n  a:\n    type: interger\n  b:\n    defualt: 5\n    description: x\n")
    found = lines(root)
    assert "Pulumi.yaml:5:11: there is no type 'interger'; did you mean 'integer'?" in found
    assert "Pulumi.yaml:7:14: tiny:b has no attribute 'defualt'; did you mean 'default'?" in found


def test_a_secret_setting_is_remembered_as_one(write: Write) -> None:
    root = write(
        "", project="config:\n  token:\n    type: string\n    secret: true\n", dev="config:\n  tiny:token: t\n"
    )
    assert read(root).secret_keys == {"tiny:token"}


def test_a_stack_that_is_not_there(write: Write) -> None:
    root = write("", dev="config: {}")
    with pytest.raises(ConfigError) as caught:
        load(root, "prod")
    assert str(caught.value) == ("Pulumi.yaml:1:1: there is no stack 'prod': no file Pulumi.prod.yaml; there is dev")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("config: [a]\n", "Pulumi.dev.yaml:1:9: config: is no mapping; write one setting a line under it"),
        ("- a\n", "Pulumi.dev.yaml:1:1: this is no mapping; write keys such as name: and config:"),
        ("config: {a: 1\n", "Pulumi.dev.yaml:2:1: this is no YAML"),
        ("config:\n  a: 1\n  a: 2\n", "Pulumi.dev.yaml:3:3: 'a' is written twice; remove one of them"),
        ("environment: [x]\n", "Pulumi.dev.yaml:1:14: environments of Pulumi ESC need Pulumi's service"),
    ],
)
def test_a_file_that_is_not_one(write: Write, text: str, problem: str) -> None:
    assert lines(write("", dev=text))[0].startswith(problem)


def test_an_empty_stack_file_is_one(write: Write) -> None:
    assert read(write("", dev="")).config == {}


def test_a_folder_without_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert lines(tmp_path) == [
        "Pulumi.yaml:1:1: there is no such file; run where Pulumi.yaml is, or name the program's folder"
    ]
