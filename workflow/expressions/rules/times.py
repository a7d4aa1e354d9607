"""Datetimes are ISO texts, durations are milliseconds. Parts are read from the text, which carries its own offset."""
from __future__ import annotations

from datetime import timezone
from typing import Any

from ..conditions import Builder, millis, refuse_none
from ..errors import Refused
from ..nodes import ONE, ZERO, Const, Node, binary, call, const
from ..kinds import FLOAT, INT, STR, DateT, DateTimeT, DeltaT, kind, show

CODES = {"%Y": (0, 4), "%m": (5, 2), "%d": (8, 2), "%H": (11, 2), "%M": (14, 2), "%S": (17, 2), "%F": (0, 10), "%T": (11, 8)}


def own(x: Node) -> Node:
    if kind(x.type) == "datetime" and x.type.zone == "lost":  # type: ignore[attr-defined]
        raise Refused("the parts of a computed datetime depend on its time zone, which JSONata does not keep", "write x.astimezone(timezone.utc) first")
    return x

def chars(x: Node, start: int, n: int) -> Node:
    return call("substring", own(x), const(start), const(n), type=STR)

def part(start: int, n: int) -> Any:
    return lambda b, x: call("number", chars(x, start, n), type=INT)

def days(x: Node) -> Node:
    midnight = binary(chars(x, 0, 10), "&", const("T00:00:00Z"), STR)
    return binary(call("toMillis", midnight, type=INT), "/", const(86400000), INT)

def weekday(b: Builder, x: Node, first: int = 3) -> Node:
    d = b.let(binary(days(x), "+", const(first), INT))
    return binary(d, "-", binary(const(7), "*", call("floor", binary(d, "/", const(7), FLOAT), type=INT), INT), INT)

def strftime(b: Builder, x: Node, spec: Node) -> Node:
    if not isinstance(spec, Const): raise Refused("strftime() with a computed format")
    s, plain = spec.value, ""
    out: list[Node] = []
    i = 0
    while i < len(s):
        two = s[i:i + 2]
        if s[i] == "%":
            if two == "%%": plain += "%"
            elif two in CODES:
                if plain: out.append(const(plain))
                plain = ""
                out.append(chars(x, *CODES[two]))
            else: raise Refused(f"the code {two} in strftime()", "known: " + " ".join(CODES))
            i += 2
        else:
            plain += s[i]
            i += 1
    if plain or not out: out.append(const(plain))
    result: Node = out[0]
    for p in out[1:]: result = binary(result, "&", p, STR)
    return result

def astimezone(b: Builder, x: Node, zone: Node) -> Node:
    if not (isinstance(zone, Const) and zone.value == timezone.utc): raise Refused("astimezone() to a zone other than UTC", "write timezone.utc")
    if x.type.zone == "utc": return x  # type: ignore[attr-defined]
    return call("fromMillis", millis(x), type=DateTimeT("utc"))

def isoformat(b: Builder, x: Node) -> Node:
    from .numbers import retyped
    return retyped(x, STR)

def seconds(b: Builder, d: Node) -> Node: return binary(d, "/", const(1000), FLOAT)
def delta_days(b: Builder, d: Node) -> Node: return call("floor", binary(d, "/", const(86400000), FLOAT), type=INT)
def delta_seconds(b: Builder, d: Node) -> Node:
    d = b.let(d)
    rest = binary(d, "-", binary(const(86400000), "*", delta_days(b, d), INT), INT)
    return call("floor", binary(rest, "/", const(1000), FLOAT), type=INT)

UNITS = {"weeks": 604800000, "days": 86400000, "hours": 3600000, "minutes": 60000, "seconds": 1000, "milliseconds": 1}

def make_delta(b: Builder, *args: Node, **parts: Node) -> Node:
    if args: parts = {**dict(zip(("days", "seconds"), args)), **parts}
    out: Node | None = None
    for name, v in parts.items():
        if name not in UNITS or kind(v.type) != "number":
            refuse_none(f"timedelta({name}=)", v)
            raise Refused(f"timedelta({name}=) of a {show(v.type)}")
        term = const(v.value * UNITS[name]) if isinstance(v, Const) else v if UNITS[name] == 1 else binary(v, "*", const(UNITS[name]), INT)
        out = term if out is None else binary(out, "+", term, INT)
    from .numbers import retyped
    return retyped(out or ZERO, DeltaT())

def now(b: Builder, *zone: Node, tz: Node | None = None) -> Node:
    given = zone[0] if zone else tz
    if not (isinstance(given, Const) and given.value == timezone.utc): raise Refused("datetime.now() without UTC", "write datetime.now(timezone.utc)")
    return call("now", type=DateTimeT("utc"))

ATTRIBUTES: dict[tuple[str, str], Any] = {
    **{("datetime", n): part(*p) for n, p in {"year": (0, 4), "month": (5, 2), "day": (8, 2), "hour": (11, 2), "minute": (14, 2), "second": (17, 2)}.items()},
    **{("date", n): part(*p) for n, p in {"year": (0, 4), "month": (5, 2), "day": (8, 2)}.items()},
    ("timedelta", "days"): delta_days, ("timedelta", "seconds"): delta_seconds,
}
METHODS: dict[tuple[str, str], Any] = {
    ("datetime", "isoformat"): isoformat, ("datetime", "timestamp"): lambda b, x: binary(millis(x), "/", const(1000), FLOAT),
    ("datetime", "strftime"): strftime, ("date", "strftime"): strftime, ("date", "isoformat"): isoformat,
    ("datetime", "date"): lambda b, x: call("substring", own(x), ZERO, const(10), type=DateT()), ("datetime", "astimezone"): astimezone,
    ("datetime", "weekday"): weekday, ("date", "weekday"): weekday, ("datetime", "isoweekday"): lambda b, x: binary(weekday(b, x), "+", ONE, INT),
    ("timedelta", "total_seconds"): seconds,
}
