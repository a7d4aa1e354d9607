"""Reads Pulumi.yaml and Pulumi.STACK.yaml with their lines, so that a problem of the settings can name its place.

Stage: before anything is declared. Pulumi hands a program values without places; the YAML is composed here a second
time, as nodes, for the places alone (and for the schema of Pulumi.yaml: types, defaults, descriptions). Nothing here
knows what a setting means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class At:
    """A place in a YAML file: its name and 1-based line and column."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Entry:
    """One key of a `config:` block: where the key and its value stand, and the value as Pulumi would hand it over."""

    key: str
    at_key: At
    at_value: At
    value: str | None
    """None where the value is no scalar (a secret, a list, a mapping)."""


@dataclass(frozen=True)
class Declared:
    """One setting of Pulumi.yaml's `config:` schema."""

    key: str
    at: At
    type: str
    default: str | None
    description: str


class StackFiles:
    """The two YAML files of one stack. A stack without a file of its own has only defaults."""

    def __init__(self, root: Path, stack: str, project: str) -> None:
        self.name = f"Pulumi.{stack}.yaml"
        self._project = project
        self.entries: Mapping[str, Entry] = {entry.key: entry for entry in _entries(root / self.name, project)}
        self.declared: Mapping[str, Declared] = {d.key: d for d in _declared(root / "Pulumi.yaml", project)}

    def at(self, key: str, value: str | None) -> str:
        """Where `key` got `value` from: the stack's file, the default in Pulumi.yaml, or the command line."""
        entry = self.entries.get(key)
        if entry is not None and (value is None or entry.value is None or entry.value == value):
            return str(entry.at_value)
        declared = self.declared.get(key)
        if entry is None and declared is not None and value == declared.default:
            return str(declared.at)
        return f"{self.name} (overridden for this run)"


def _entries(path: Path, project: str) -> Iterator[Entry]:
    for key, value in _config_items(path):
        scalar = value.value if isinstance(value, yaml.ScalarNode) else None
        if isinstance(value, yaml.ScalarNode) and value.tag == "tag:yaml.org,2002:bool":
            scalar = "true" if value.value.lower() in ("true", "yes", "on") else "false"
        yield Entry(_full(str(key.value), project), _mark(path, key), _mark(path, value), scalar)


def _declared(path: Path, project: str) -> Iterator[Declared]:
    for key, value in _config_items(path):
        fields = dict(_pairs(value))
        at = _mark(path, fields.get("default", key))
        default = fields.get("default")
        yield Declared(
            key=_full(str(key.value), project),
            at=at,
            type=_text(fields.get("type")) or "string",
            default=_text(default),
            description=_text(fields.get("description")) or "",
        )


def _config_items(path: Path) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    if not path.is_file():
        return
    # The safe loader composes nodes only; nothing is constructed from the file.
    document = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    for name, block in _pairs(document):
        if name == "config" and isinstance(block, yaml.MappingNode):
            yield from block.value


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), value


def _text(node: yaml.Node | None) -> str | None:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else None


def _mark(path: Path, node: yaml.Node) -> At:
    return At(path.name, node.start_mark.line + 1, node.start_mark.column + 1)


def _full(key: str, project: str) -> str:
    """`batchSize` of Pulumi.yaml is `symphony:batchSize` everywhere else."""
    return key if ":" in key else f"{project}:{key}"
