"""Values that are known when compiling, as JSON and as the text of a JSONata literal."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from enum import Enum
from typing import Any

from .kinds import fields_of, is_pydantic, is_record
from .nodes import check_number
from .refusals import Page, refuse

TEXT_CLASSES = {("decimal", "Decimal"), ("uuid", "UUID"), ("ipaddress", "IPv4Address"), ("ipaddress", "IPv6Address")}


def to_json(v: Any) -> Any:
    """A value as JSON data, as a handler would write it; raises Refusal where it has no JSON form."""
    if isinstance(v, Enum):
        return v.value
    if v is None or isinstance(v, (bool, int, float, str)):
        return v
    if isinstance(v, (datetime, date)):
        return v.isoformat().replace("+00:00", "Z")
    if isinstance(v, (list, tuple, range)):
        return [to_json(x) for x in v]
    if isinstance(v, (set, frozenset)):
        return sorted(to_json(x) for x in v)
    if isinstance(v, dict):
        return {key(k): to_json(x) for k, x in v.items()}
    cls = type(v)
    if is_pydantic(cls) or getattr(cls, "__pydantic_root_model__", False):
        return v.model_dump(mode="json", by_alias=True)
    if dataclasses.is_dataclass(cls) and is_record(cls):
        return {f.json: to_json(getattr(v, n)) for n, f in fields_of(cls).items()}
    if (cls.__module__, cls.__name__) in TEXT_CLASSES or cls.__name__.endswith("Path"):
        return str(v)
    said = f"a value of {cls.__name__} has no JSON form"
    raise refuse(Page.NOT_JSON, said, "give texts, numbers, lists, dicts or models")


def key(k: Any) -> str:
    """A dict's key in JSON."""
    v = k.value if isinstance(k, Enum) else k
    if isinstance(v, str):
        return str(v)
    if isinstance(v, int) and not isinstance(v, bool):
        return str(int(v))
    raise refuse(Page.NOT_JSON, f"the key {k!r}", "keys of a JSON object are text")


def literal(v: Any) -> str:
    """JSON data as a JSONata literal."""
    if isinstance(v, str):
        return text(v)
    if isinstance(v, list):
        return "[" + ", ".join(map(literal, v)) + "]"
    if isinstance(v, dict):
        return "{" + ", ".join(f"{text(k)}: {literal(x)}" for k, x in v.items()) + "}"
    check_number(v)
    return json.dumps(v)


def text(s: str) -> str:
    """A JSONata text in single quotes; in double ones where it has a single quote, for which there is no escape."""
    body = json.dumps(s, ensure_ascii=False)[1:-1]
    return '"' + body + '"' if "'" in s else "'" + body.replace('\\"', '"') + "'"
