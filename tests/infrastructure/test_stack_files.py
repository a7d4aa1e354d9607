"""The places and values that Pulumi's YAML files give, line by line."""

from pathlib import Path

import pytest

from infrastructure.stack_files import StackFiles

PROJECT = """\
name: symphony
runtime: python
config:
  batchSize:
    type: integer
    default: 10
    description: how many
  plain: 7
  logLevel:
    default: INFO
"""

STACK = """\
# a comment
config:
  aws:region: eu-central-1
  symphony:batchSize:   25
  symphony:tracing: yes
  symphony:secret:
    secure: v1:abc
"""


@pytest.fixture
def files(tmp_path: Path) -> StackFiles:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    return StackFiles(tmp_path, "dev", "symphony")


def test_a_value_is_placed_where_it_stands(files: StackFiles) -> None:
    assert files.at("symphony:batchSize", "25") == "Pulumi.dev.yaml:4:25"


def test_a_default_is_placed_in_the_project(files: StackFiles) -> None:
    assert files.at("symphony:logLevel", "INFO") == "Pulumi.yaml:10:14"


def test_a_value_from_elsewhere_says_so(files: StackFiles) -> None:
    assert files.at("symphony:batchSize", "99") == "Pulumi.dev.yaml (overridden for this run)"
    assert files.at("symphony:logLevel", "DEBUG") == "Pulumi.dev.yaml (overridden for this run)"


def test_keys_have_places_too(files: StackFiles) -> None:
    assert str(files.entries["symphony:batchSize"].at_key) == "Pulumi.dev.yaml:4:3"


def test_scalars_read_as_pulumi_hands_them_over(files: StackFiles) -> None:
    assert {key: entry.value for key, entry in files.entries.items()} == {
        "aws:region": "eu-central-1",
        "symphony:batchSize": "25",
        "symphony:tracing": "true",
        "symphony:secret": None,
    }


def test_the_schema_gives_types_defaults_and_descriptions(files: StackFiles) -> None:
    declared = files.declared["symphony:batchSize"]
    assert (declared.type, declared.default, declared.description) == ("integer", "10", "how many")
    assert (files.declared["symphony:logLevel"].type, files.declared["symphony:plain"].default) == ("string", None)


@pytest.mark.parametrize("text", ["", "config:\n", "config: 7\n", "- a\n- b\n"])
def test_a_file_without_settings_has_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "Pulumi.odd.yaml").write_text(text)
    assert not StackFiles(tmp_path, "odd", "symphony").entries


def test_a_stack_without_a_file_has_none(tmp_path: Path) -> None:
    assert not StackFiles(tmp_path, "new", "symphony").entries
