"""Between service models and kinds: what a result is to a lambda, and whether a value may be an argument.

Third stage of the integrations. A result's members may all be missing unless the model says otherwise; the user's own
model (`returns=`) says which of them are there, and is checked against the service's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..diagnostics import did_you_mean
from ..expressions import Refusal, kinds
from ..lambdas import ANY
from .models import Shape, capitalized, pascal

Key = Callable[[str], str]
"""From botocore's name of a member to its name in the definition."""

JSON_TEXTS = {
    ("stepfunctions", "input"),
    ("stepfunctions", "output"),
    ("sqs", "MessageBody"),
    ("sns", "Message"),
    ("events", "Detail"),
}
"""Texts that Step Functions makes of any JSON. https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html"""

_NUMBERS = ("integer", "long", "float", "double")


@dataclass(frozen=True)
class Wrong:
    """What is wrong with an argument: where in it, what, what to write instead, and the page that explains it."""

    path: str
    what: str
    instead: str
    page: str


def result_kind(shape: Shape | None, *, sdk: bool) -> kinds.Kind:
    """What a lambda reads of a result. Members are optional unless the model requires them."""
    return ANY if shape is None else _result(shape, sdk, ())


@lru_cache(maxsize=4096)
def _result(shape: Shape, sdk: bool, inside: tuple[str, ...]) -> kinds.Kind:
    if shape.name in inside or len(inside) > 12 or shape.is_document:
        return ANY
    inside = (*inside, shape.name)
    match shape.type:
        case "structure":
            key = pascal if sdk else capitalized
            fields = []
            for name, member in shape.members.items():
                kind = _result(member, sdk, inside)
                fields.append((key(name), kind if name in shape.required else kinds.join(kind, kinds.NONE)))
            return kinds.ShapeKind(shape.name, tuple(fields))
        case "list":
            return kinds.ListKind(_result(shape.element, sdk, inside))
        case "map":
            return kinds.DictKind(_result(shape.element, sdk, inside))
        case "boolean":
            return kinds.BOOL
        case "integer" | "long":
            return kinds.INT
        case "float" | "double":
            return kinds.FLOAT
        case "timestamp":
            return kinds.DateTimeKind()
        case "string":
            return kinds.STR
    return ANY


def wrong_model(shape: Shape | None, kind: kinds.Kind, key: Key) -> Iterator[Wrong]:
    """What the user's model of a result says that the service does not."""
    if shape is None:
        yield Wrong("", "the operation answers nothing", "leave `returns=` out", "returns")
    elif not isinstance(kinds.some(kind), kinds.RecordKind):
        yield Wrong("", f"a result is no {kinds.show(kind)}", "give a model of its members", "returns")
    else:
        yield from _wrong(shape, kind, key, "", result=True)


def wrong_kind(shape: Shape, kind: kinds.Kind, key: Key, path: str) -> Iterator[Wrong]:
    """Why a value of a kind may not be an argument of a shape."""
    yield from _wrong(shape, kind, key, path, result=False)


def _wrong(shape: Shape, kind: kinds.Kind, key: Key, path: str, *, result: bool) -> Iterator[Wrong]:
    if _anything(kind) or shape.is_document or shape.type == "blob":
        return
    page = "returns" if result else "argument-type"
    if kinds.is_optional(kind):
        if not result:
            yield Wrong(path, f"{_named(path)} may be None", "test it first, or give a default: `x or ...`", page)
            return
        kind = kinds.some(kind)
    if isinstance(kind, kinds.UnionKind):
        for member in kind.members:
            yield from _wrong(shape, member, key, path, result=result)
        return
    match shape.type, kind:
        case "structure", kinds.RecordKind() | kinds.DictKind() | kinds.ShapeKind():
            yield from _wrong_members(shape, kind, key, path, result=result)
            return
        case "list", kinds.ListKind(elem) | kinds.SetKind(elem):
            yield from _wrong(shape.element, elem, key, f"{path}[]", result=result)
            return
        case "list", kinds.TupleKind(items):
            for item in items:
                yield from _wrong(shape.element, item, key, f"{path}[]", result=result)
            return
        case "map", kinds.DictKind(value):
            yield from _wrong(shape.element, value, key, f"{path}[...]", result=result)
            return
    if not _plain(shape, kind, path):
        instead = f"give {show(shape)}" if not result else f"it is {show(shape)}"
        yield Wrong(path, f"{_named(path)} is {kinds.show(kind)}", instead, page)
    elif shape.choices and (bad := [v for v in kinds.values_of(kind) if v not in shape.choices]):
        yield Wrong(path, f"{_named(path)} is {bad[0]!r}", did_you_mean(str(bad[0]), shape.choices), page)


def _wrong_members(shape: Shape, kind: kinds.Kind, key: Key, path: str, *, result: bool) -> Iterator[Wrong]:
    fields = _fields(kind)
    if fields is None:
        return
    members = {key(name): member for name, member in shape.members.items()}
    where = path or shape.name
    for name, field in fields.items():
        if name not in members:
            close = [n for n in members if n.lower() == name.lower()]
            hint = f"did you mean `{close[0]}`?" if close else did_you_mean(name, members)
            yield Wrong(path, f"{where} has no member `{name}`", hint, "returns" if result else "argument")
        else:
            yield from _wrong(members[name], field, key, f"{path}.{name}" if path else name, result=result)
    if not result:
        for name in shape.required:
            if key(name) not in fields:
                yield Wrong(path, f"{where} needs `{key(name)}`", "", "argument-missing")


def _fields(kind: kinds.Kind) -> dict[str, kinds.Kind] | None:
    """The keys of an object; None where they are not known."""
    match kind:
        case kinds.RecordKind():
            try:
                return {field.json: field.kind for field in kinds.fields_of(kind).values()}
            except Refusal:
                return None
        case kinds.DictKind(shape=shape):
            return dict(shape) if shape is not None else None
        case kinds.ShapeKind(fields=fields):
            return dict(fields)
    return None


def _plain(shape: Shape, kind: kinds.Kind, path: str) -> bool:
    family = kinds.family(kind)
    match shape.type:
        case "string":
            return family in ("str", "named text", "date", "datetime", "enum") or _is_json_text(shape, path)
        case "integer" | "long":
            return family == "number" and kinds.fits(kind, kinds.INT)
        case "float" | "double":
            return family == "number"
        case "boolean":
            return family == "bool"
        case "timestamp":
            return family in ("datetime", "str")
    return False


def _is_json_text(shape: Shape, path: str) -> bool:
    return (shape.service, path.rsplit(".", 1)[-1]) in {(s, m) for s, m in JSON_TEXTS} | {
        (s, capitalized(m)) for s, m in JSON_TEXTS
    }


def _anything(kind: kinds.Kind) -> bool:
    return any(isinstance(m, kinds.OpaqueKind) for m in kinds.members(kind))


def _named(path: str) -> str:
    return f"`{path}`" if path else "this"


def show(shape: Shape) -> str:
    """A shape as a user would annotate it."""
    match shape.type:
        case "structure":
            return shape.name
        case "list":
            return f"list[{show(shape.element)}]"
        case "map":
            return f"dict[str, {show(shape.element)}]"
        case "boolean":
            return "bool"
        case "integer" | "long":
            return "int"
        case "float" | "double":
            return "float"
        case "timestamp":
            return "datetime"
    if 0 < len(shape.choices) <= 8:
        return f"one of {', '.join(shape.choices)}"
    return "bytes" if shape.type == "blob" else "str"
