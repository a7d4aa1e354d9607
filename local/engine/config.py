"""Reads Pulumi.yaml and Pulumi.STACK.yaml as Pulumi's CLI does: the schema, its types and defaults, the stack's values.

Stage: first of every preview and deployment; nothing runs while a setting is wrong. Every problem is one line,
`Pulumi.dev.yaml:LINE:COLUMN: what; what to write instead`. What a setting *means* is the program's business.

Schema: https://www.pulumi.com/docs/iac/concepts/config/#project-level-configuration. Not supported, and refused:
environments of Pulumi ESC, and encrypted values (no CLI, no key); a value given for the run replaces an encrypted one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from local.engine.diagnostics import ConfigError, Place, Problem, did_you_mean

_TYPES = ("string", "integer", "boolean", "array", "object")
_WANTED = {
    "string": "text, such as abc",
    "integer": "a whole number, such as 5",
    "boolean": "true or false",
    "array": "a list, such as [a, b]",
    "object": "a mapping, such as {key: value}",
}


@dataclass(frozen=True)
class Project:
    """What Pulumi.yaml and one stack's file say. `config`: full keys (`aws:region`) to text, as the SDK takes it."""

    name: str
    stack: str
    root: Path
    """The folder of Pulumi.yaml."""
    config: Mapping[str, str]
    secret_keys: frozenset[str] = frozenset()
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each value is written; a value given for the run has none."""

    @property
    def stack_file(self) -> str:
        """`Pulumi.dev.yaml`."""
        return f"Pulumi.{self.stack}.yaml"


@dataclass(frozen=True)
class _Value:
    """One value of a YAML file: as Python, with its place."""

    value: Any
    place: Place


def locate(program: Path) -> tuple[Path, Path]:
    """The program's `__main__.py` and the folder of its Pulumi.yaml.

    `program` is either of the two folders, or the file. Pulumi.yaml's `main:` names a program in another folder.
    Raises ConfigError if there is no program.
    """
    folder = (program if program.is_dir() else program.parent).resolve()
    root = next((each for each in (folder, *folder.parents) if (each / "Pulumi.yaml").is_file()), folder)
    main = program.resolve()
    if program.is_dir():
        elsewhere = _mapping(_read(root / "Pulumi.yaml"), root / "Pulumi.yaml").get("main") if folder == root else None
        main = folder / str(elsewhere.value) if elsewhere is not None else folder
        main = main if main.suffix == ".py" else main / "__main__.py"
    if not main.is_file():
        raise ConfigError([Problem(f"there is no program {main}", "name its __main__.py, or the folder it is in")])
    return main, root


def load(root: Path, stack: str, given: Mapping[str, str] | None = None) -> Project:
    """The settings of a stack of the project in the folder `root`.

    `given` replaces the stack's file: keys with or without namespace, values as text. Defaults of Pulumi.yaml still
    apply. Raises ConfigError with every problem.
    """
    return _Loader(root, stack).load(given)


class _Loader:
    def __init__(self, root: Path, stack: str) -> None:
        self.root, self.stack = root, stack
        self.stack_path = root / f"Pulumi.{stack}.yaml"
        self.problems: list[Problem] = []
        self.values: dict[str, _Value] = {}
        self.secrets: set[str] = set()
        self.unreadable: set[str] = set()
        self.project = ""

    def load(self, given: Mapping[str, str] | None) -> Project:
        declared = self._project_file()
        if given is None:
            self._stack_file()
        else:
            nowhere = Place(self.stack_path, 1)
            self.values = {self._full(key): _Value(str(text), nowhere) for key, text in given.items()}
        schema = dict(self._declarations(declared))
        for key, declaration in schema.items():
            self._apply(key, declaration, schema)
        if self.problems:
            raise ConfigError(sorted(self.problems, key=lambda problem: problem.place or Place(self.stack_path, 0)))
        return Project(
            name=self.project,
            stack=self.stack,
            root=self.root,
            config={key: _text(value.value) for key, value in self.values.items()},
            secret_keys=frozenset(self.secrets & set(self.values)),
            places={} if given is not None else {key: value.place for key, value in self.values.items()},
        )

    def _project_file(self) -> Mapping[str, _Value]:
        path = self.root / "Pulumi.yaml"
        top = _mapping(_read(path), path)
        name = top.get("name")
        if name is None or not isinstance(name.value, str):
            raise ConfigError(
                [Problem("a project needs a name", "write name: and its name", name.place if name else Place(path, 1))]
            )
        self.project = name.value
        config = top.get("config")
        if config is None or config.value is None:
            return {}
        if not isinstance(config.value, dict):
            raise ConfigError([Problem("config: is no mapping", "write one setting a line under it", config.place)])
        return {str(key): value for key, value in config.value.items()}

    def _stack_file(self) -> None:
        if not self.stack_path.is_file():
            stacks = [path.name.split(".")[1] for path in self.root.glob("Pulumi.*.yaml")]
            problem = Problem(
                f"there is no stack '{self.stack}': no file {self.stack_path.name}",
                did_you_mean(self.stack, stacks) or "write one, if only with config: {}",
                Place(self.root / "Pulumi.yaml", 1),
            )
            raise ConfigError([problem])
        top = _mapping(_read(self.stack_path), self.stack_path)
        if "environment" in top:
            self._problem(
                top["environment"].place,
                "environments of Pulumi ESC need Pulumi's service, which a run without the CLI does not use",
                "write the values under config:",
            )
        config = top.get("config")
        if config is None or config.value is None:
            return
        if not isinstance(config.value, dict):
            self._problem(config.place, "config: is no mapping", "write one setting a line under it")
            return
        for key, value in config.value.items():
            full = self._full(str(key))
            if isinstance(value.value, dict) and set(value.value) == {"secure"}:
                self._problem(
                    value.place,
                    f"{full} is encrypted, and only Pulumi's CLI can decrypt it",
                    "give it for this run, or write a plain value in a stack that needs no secrets",
                )
                self.unreadable.add(full)
                continue
            self.values[full] = value

    def _declarations(self, declared: Mapping[str, _Value]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every setting of the schema with `type`, `default`, `secret` and `at`; a bare value is a default."""
        for key, value in declared.items():
            at, fields = value.place, value.value
            if not isinstance(fields, dict) or not set(fields) & {"type", "default", "value", "description", "secret"}:
                yield self._full(key), {"type": None, "default": value, "at": at}
                continue
            unknown = sorted(set(fields) - {"type", "default", "value", "description", "secret", "items"})
            for name in unknown:
                self._problem(
                    fields[name].place,
                    f"{self._full(key)} has no attribute '{name}'",
                    did_you_mean(name, ["type", "default", "value", "description", "secret", "items"]),
                )
            type_ = fields["type"].value if "type" in fields else "string" if "value" not in fields else None
            if type_ is not None and type_ not in _TYPES:
                self._problem(fields["type"].place, f"there is no type '{type_}'", did_you_mean(str(type_), _TYPES))
                continue
            if ":" in key and not key.startswith(f"{self.project}:") and "type" in fields:
                self._problem(
                    fields["type"].place,
                    f"{key} is not this project's setting, so that its type is not this project's to say",
                    "write value: alone",
                )
                continue
            secret = "secret" in fields and fields["secret"].value is True
            yield (
                self._full(key),
                {"type": type_, "default": fields.get("default") or fields.get("value"), "at": at, "secret": secret},
            )

    def _apply(self, key: str, declaration: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
        """Give `key` its default where the stack says nothing, and check its type."""
        if declaration.get("secret"):
            self.secrets.add(key)
        value = self.values.get(key)
        if value is None:
            default = declaration["default"]
            if key in self.unreadable:
                return
            if default is None:
                close = did_you_mean(
                    key, [k for k in self.values if k not in schema and k.startswith(f"{self.project}:")]
                )
                hint = f"; it has the unknown {close[13:-1]}" if close.startswith("did you mean") else ""
                self._problem(
                    Place(self.stack_path, self._config_line()),
                    f"{key} is missing{hint}",
                    f"write {key}: with {_WANTED[declaration['type'] or 'string']}",
                )
                return
            self.values[key] = value = default
        type_ = declaration["type"]
        if type_ is not None and not _fits(value.value, type_):
            self._problem(
                value.place,
                f"{key} is {_shown(value.value)}, and Pulumi.yaml declares {_article(type_)}",
                f"write {_WANTED[type_]}",
            )

    def _config_line(self) -> int:
        """Where a missing setting belongs."""
        if self.stack_path.is_file():
            for number, line in enumerate(self.stack_path.read_text(encoding="utf-8").splitlines(), 1):
                if line.startswith("config:"):
                    return number
        return 1

    def _full(self, key: str) -> str:
        return key if ":" in key else f"{self.project}:{key}"

    def _problem(self, place: Place, what: str, instead: str) -> None:
        self.problems.append(Problem(what, instead, place))


def _read(path: Path) -> _Value:
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return _Value(None, Place(path, 1)) if node is None else _Constructor(path).value(node)
    except FileNotFoundError:
        problem = Problem(
            "there is no such file", "run where Pulumi.yaml is, or name the program's folder", Place(path, 1)
        )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path, 1)
        problem = Problem(f"this is no YAML ({error.problem})", "correct it", place)
    except yaml.YAMLError as error:
        problem = Problem(f"this is no YAML ({error})", "correct it", Place(path, 1))
    raise ConfigError([problem])


class _Constructor:
    """Turns YAML nodes into values with places: yaml's own constructors lose them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loader = yaml.SafeLoader("")

    def value(self, node: yaml.Node) -> _Value:
        place = Place(self._path, node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            items: dict[Any, _Value] = {}
            for key, item in node.value:
                if key.value in items:
                    mark = key.start_mark
                    where = Place(self._path, mark.line + 1, mark.column + 1)
                    raise ConfigError([Problem(f"'{key.value}' is written twice", "remove one of them", where)])
                items[key.value] = self.value(item)
            return _Value(items, place)
        if isinstance(node, yaml.SequenceNode):
            return _Value([self.value(item) for item in node.value], place)
        return _Value(self._loader.construct_object(node), place)


def _mapping(value: _Value, path: Path) -> Mapping[str, _Value]:
    if value.value is None:
        return {}
    if not isinstance(value.value, dict):
        raise ConfigError([Problem("this is no mapping", "write keys such as name: and config:", Place(path, 1))])
    return value.value


def _fits(value: Any, type_: str) -> bool:
    """As Pulumi's CLI checks: text counts as a number or a truth value where it reads as one."""
    if type_ == "string":
        return isinstance(value, str)
    if type_ == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if type_ == "integer":
        if isinstance(value, str):
            return value.removeprefix("-").isascii() and value.removeprefix("-").isdigit()
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return False
    return isinstance(value, list if type_ == "array" else dict)


def _plain(value: Any) -> Any:
    if isinstance(value, _Value):
        return _plain(value.value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _text(value: Any) -> str:
    """A value as the SDK's config takes it: text as it is, everything else as JSON."""
    plain = _plain(value)
    return plain if isinstance(plain, str) else json.dumps(plain, default=str)


def _shown(value: Any) -> str:
    plain = _plain(value)
    return repr(plain) if isinstance(plain, str) else "empty" if plain is None else json.dumps(plain, default=str)


def _article(type_: str) -> str:
    return ("an " if type_[0] in "aeiou" else "a ") + type_
