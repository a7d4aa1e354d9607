"""Property values as Pulumi's protocol carries them, and as the engine and its tests read them.

Stage: the lowest of the engine. On the wire a secret, an unknown value, an asset and an archive are protobuf structs or
strings with agreed signatures (sdk/go/common/resource/properties.go in pulumi/pulumi); here they are values of their
own, so that nothing can take a secret for text or an unknown for a name. A signature that is not known here is an
error: it must never pass as an ordinary object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from google.protobuf import struct_pb2  # type: ignore[import-untyped]

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 a signature of the protocol
_ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
_RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Unknown:
    """A value that is known only once something has been created. There is one, `UNKNOWN`."""

    _one: Unknown | None = None

    def __new__(cls) -> Unknown:
        """The one unknown value."""
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that Pulumi treats as secret. Its repr hides it; `.value` is the value (perhaps UNKNOWN)."""

    value: Any

    def __repr__(self) -> str:
        return "<secret>"


@dataclass(frozen=True)
class Asset:
    """One file: on disk, as text, or behind a URL. Exactly one of the three is set."""

    path: Path | None = None
    text: str | None = None
    uri: str | None = None


@dataclass(frozen=True)
class Archive:
    """Several files: a folder or an archive on disk, a mapping of names to assets and archives, or behind a URL."""

    path: Path | None = None
    assets: Mapping[str, Asset | Archive] | None = None
    uri: str | None = None


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties of a request. Raises ValueError for a signature that this engine does not know."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value == UNKNOWN_TEXT else value.string_value
    if kind == "number_value":
        # The protocol has doubles only; AWS's APIs tell 5 from 5.0.
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        return _signed(fields) if SIGNATURE in fields else from_struct(value.struct_value)
    return None


def _signed(fields: Mapping[str, struct_pb2.Value]) -> Any:
    signature = fields[SIGNATURE].string_value
    values = {key: _from_value(value) for key, value in fields.items() if key != SIGNATURE}
    if signature == _SECRET:
        return Secret(values.get("value"))
    if signature == _ASSET:
        return Asset(path=_path(values.get("path")), text=values.get("text"), uri=values.get("uri"))
    if signature == _ARCHIVE:
        return Archive(path=_path(values.get("path")), assets=values.get("assets"), uri=values.get("uri"))
    if signature == _RESOURCE:
        return values.get("id", values.get("urn"))
    raise ValueError(f"a value with the signature {signature}, which this engine does not know")


def _path(value: str | None) -> Path | None:
    return None if value is None else Path(value)


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """The same properties for a response."""
    struct = struct_pb2.Struct()
    struct.update({key: to_plain(value) for key, value in properties.items()})
    return struct


def to_plain(value: Any) -> Any:
    """A value as JSON can carry it, with Pulumi's signatures (the wire's form, and the state file's)."""
    if value is UNKNOWN:
        return UNKNOWN_TEXT
    if isinstance(value, Secret):
        return {SIGNATURE: _SECRET, "value": to_plain(value.value)}
    if isinstance(value, Asset):
        where = {"path": value.path and str(value.path), "text": value.text, "uri": value.uri}
        return {SIGNATURE: _ASSET, **{k: v for k, v in where.items() if v is not None}}
    if isinstance(value, Archive):
        plain: dict[str, Any] = {SIGNATURE: _ARCHIVE}
        if value.path is not None:
            plain["path"] = str(value.path)
        if value.assets is not None:
            plain["assets"] = {name: to_plain(asset) for name, asset in value.assets.items()}
        if value.uri is not None:
            plain["uri"] = value.uri
        return plain
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


def map_leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same value with `change` applied to everything that is no list, mapping or Secret."""
    if isinstance(value, Secret):
        return Secret(map_leaves(value.value, change))
    if isinstance(value, Mapping):
        return {key: map_leaves(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [map_leaves(item, change) for item in value]
    return change(value)


def revealed(value: Any) -> Any:
    """The value without any Secret round it or in it: what AWS is sent."""
    if isinstance(value, Secret):
        return revealed(value.value)
    if isinstance(value, Mapping):
        return {key: revealed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [revealed(item) for item in value]
    return value


def has_unknown(value: Any) -> bool:
    """Whether anything in the value is unknown."""
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def has_secret(value: Any) -> bool:
    """Whether anything in the value is secret."""
    if isinstance(value, Mapping):
        return any(has_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(has_secret(item) for item in value)
    return isinstance(value, Secret)
