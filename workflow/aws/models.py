"""AWS's service models: operations, arguments and results, from the data files that botocore ships.

First stage of the integrations. Only the data is read, lazily and one service at a time; botocore itself is never
imported, so that a workflow without integrations pays nothing and one with them some milliseconds per service.
https://botocore.amazonaws.com/v1/documentation/api/latest/development/designnotes.html
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


class ModelsMissing(Exception):
    """botocore, whose data files describe AWS's services, is not installed."""


@dataclass(frozen=True)
class Shape:
    """The type of an argument or a result. `service` and `name` say where it stands; the rest is read on demand."""

    service: str
    name: str

    @property
    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = _model(self.service)["shapes"][self.name]
        return data

    @property
    def type(self) -> str:
        """structure, list, map, string, integer, long, float, double, boolean, timestamp or blob."""
        kind: str = self._data["type"]
        return kind

    @property
    def members(self) -> dict[str, Shape]:
        """A structure's members by the names that botocore takes."""
        members = self._data.get("members", {})
        return {name: Shape(self.service, member["shape"]) for name, member in members.items()}

    @property
    def required(self) -> tuple[str, ...]:
        """The members that must be given, by botocore's names; SDKs make idempotency tokens themselves."""
        members = self._data.get("members", {})
        return tuple(n for n in self._data.get("required", ()) if not members.get(n, {}).get("idempotencyToken"))

    @property
    def is_union(self) -> bool:
        """Whether exactly one member has to be given."""
        return bool(self._data.get("union", False))

    @property
    def is_document(self) -> bool:
        """Whether any JSON may stand here."""
        return bool(self._data.get("document", False))

    @property
    def element(self) -> Shape:
        """What a list holds, or a map under its keys."""
        part = self._data["member"] if self.type == "list" else self._data["value"]
        return Shape(self.service, part["shape"])

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts of an enum; empty where any text may stand."""
        return tuple(self._data.get("enum", ()))

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Least and greatest number, length or count; None where there is none."""
        return self._data.get("min"), self._data.get("max")


@dataclass(frozen=True)
class Operation:
    """One operation of a service's API: `UpdateItem`."""

    service: str
    name: str

    @property
    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = _model(self.service)["operations"][self.name]
        return data

    @property
    def input(self) -> Shape | None:
        """Its arguments; None where it takes none."""
        return self._shape("input")

    @property
    def output(self) -> Shape | None:
        """Its result; None where it answers nothing."""
        return self._shape("output")

    def _shape(self, part: str) -> Shape | None:
        found = self._data.get(part)
        return Shape(self.service, found["shape"]) if found is not None else None

    @property
    def errors(self) -> tuple[str, ...]:
        """The names of the errors that the model declares."""
        return tuple(error["shape"] for error in self._data.get("errors", ()))

    @property
    def faults(self) -> tuple[str, ...]:
        """The declared errors that are AWS's own failures, not the caller's."""
        shapes = _model(self.service)["shapes"]
        return tuple(
            name
            for name in self.errors
            if shapes[name].get("fault") or shapes[name].get("error", {}).get("httpStatusCode", 400) >= 500
        )

    @property
    def method(self) -> str:
        """The HTTP method."""
        method: str = self._data.get("http", {}).get("method", "POST")
        return method

    @property
    def streams(self) -> bool:
        """Whether it answers with events as they come, which no state can wait for."""
        output = self.output
        return output is not None and any(m._data.get("eventstream") for m in output.members.values())

    @property
    def action(self) -> str:
        """As Step Functions names it: `updateItem`."""
        return self.name[0].lower() + self.name[1:]


def operations(service: str) -> dict[str, Operation]:
    """A service's operations by the names that Step Functions gives them. `service`: botocore's name."""
    found = [Operation(service, name) for name in _model(service)["operations"]]
    return {operation.action: operation for operation in found}


def has_model(service: str) -> bool:
    """Whether botocore knows a service."""
    return any((_data_folder() / service).glob("*/service-2.json*"))


@lru_cache(maxsize=1)
def _data_folder() -> Path:
    found = importlib.util.find_spec("botocore")  # does not import it
    if found is None or found.origin is None:
        raise ModelsMissing("install botocore: its data files say what AWS's services take")
    return Path(found.origin).parent / "data"


@lru_cache(maxsize=32)
def _model(service: str) -> dict[str, Any]:
    versions = sorted((_data_folder() / service).glob("*/service-2.json*"))
    if not versions:
        raise ModelsMissing(f"this botocore has no service {service!r}: install a newer one")
    latest = versions[-1]
    raw = gzip.decompress(latest.read_bytes()) if latest.suffix == ".gz" else latest.read_bytes()
    model: dict[str, Any] = json.loads(raw)
    return model


_WORD = re.compile(r"(.)([A-Z][a-z]+)")
_END = re.compile(r"([a-z0-9])([A-Z])")

_RENAMED = {"Null": "Nul", "Equals": "EqualsValue"}
"""Names that Java reserves. https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html"""


@lru_cache(maxsize=65536)
def pascal(name: str) -> str:
    """A member's name as SDK integrations write it: `DBInstanceIdentifier` is `DbInstanceIdentifier`.

    Parameters are in Pascal case, abbreviations are words.
    https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
    """
    words = _END.sub(r"\1_\2", _WORD.sub(r"\1_\2", re.sub(r"[^A-Za-z0-9]", "_", name))).split("_")
    made = "".join(word[:1].upper() + word[1:].lower() for word in words)
    return _RENAMED.get(made, made)


def capitalized(name: str) -> str:
    """A member's name as optimized integrations write it: `containerName` is `ContainerName`, the rest stays."""
    return name[:1].upper() + name[1:]
