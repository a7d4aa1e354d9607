"""Datetimes and dates are ISO texts, durations are milliseconds. Parts are read from the text, which carries its own
offset; instants are compared and moved in milliseconds."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ..builder import Builder
from ..conditions import check_zones, millis
from ..demands import need_constant, refuse_none
from ..kinds import DATE, DURATION, FLOAT, INT, STR, DateTimeKind, NamedTextKind, an, family, whole_values
from ..nodes import EMPTY_TEXT, ONE, ZERO, Binary, Const, Node, Regex, binary, call, cast, const
from ..refusals import Page, refuse

DAY = 86400000
CODES = {
    "%Y": (0, 4),
    "%y": (2, 2),
    "%m": (5, 2),
    "%d": (8, 2),
    "%H": (11, 2),
    "%M": (14, 2),
    "%S": (17, 2),
    "%F": (0, 10),
    "%T": (11, 8),
}


def zone_of(x: Node) -> str:
    """The zone of a datetime; empty for a date."""
    return x.kind.zone if isinstance(x.kind, DateTimeKind) else ""


def own(x: Node) -> Node:
    """A datetime whose text carries its own offset."""
    if zone_of(x) == "lost":
        said = "the parts of a computed datetime depend on its time zone, which JSONata does not keep"
        raise refuse(Page.TIME_ZONE, said, "write x.astimezone(timezone.utc) first")
    return x


def chars(x: Node, start: int, n: int) -> Node:
    """A part of the text."""
    return call("substring", own(x), const(start), const(n), kind=STR)


def part(start: int, n: int) -> Callable[[Builder, Node], Node]:
    """.year and the like"""
    return lambda b, x: call("number", chars(x, start, n), kind=INT)


def midnight(x: Node) -> Node:
    """The first millisecond of a date, or of a datetime's own date."""
    day = x if family(x.kind) == "date" else chars(x, 0, 10)
    return call("toMillis", binary(day, "&", const("T00:00:00Z"), STR), kind=INT)


def weekday(b: Builder, x: Node, first: int = 3) -> Node:
    """Monday is 0; 1970 began on a Thursday."""
    d = b.let(binary(binary(midnight(x), "/", const(DAY), INT), "+", const(first), INT))
    return binary(d, "-", binary(const(7), "*", call("floor", binary(d, "/", const(7), FLOAT), kind=INT), INT), INT)


def isoweekday(b: Builder, x: Node) -> Node:
    """Monday is 1."""
    return binary(weekday(b, x), "+", ONE, INT)


def strftime(b: Builder, x: Node, spec: Node) -> Node:
    """Codes that are parts of the text, and what stands between them."""
    s = need_constant("strftime() with a computed format", spec).value
    plain, pieces = "", []
    for code in split_codes(s):
        if code in CODES:
            pieces += ([const(plain)] if plain else []) + [chars(x, *CODES[code])]
            plain = ""
        elif code[0] == "%" and code != "%%":
            raise refuse(Page.TEXT_OF_VALUE, f"the code {code} in strftime()", "known: " + " ".join(CODES))
        else:
            plain += code[-1]
    pieces += [const(plain)] if plain or not pieces else []
    out: Node = pieces[0]
    for p in pieces[1:]:
        out = binary(out, "&", p, STR)
    return out


def split_codes(s: str) -> list[str]:
    """'%Y-%m' -> ['%Y', '-', '%m']"""
    out, i = [], 0
    while i < len(s):
        n = 2 if s[i] == "%" else 1
        out.append(s[i : i + n])
        i += n
    return out


def astimezone(b: Builder, x: Node, tz: Node) -> Node:
    """The same instant in UTC."""
    if zone_of(x) == "naive":
        raise refuse(Page.TIME_ZONE, "astimezone() of a naive datetime depends on the machine", "give it a time zone")
    if not (isinstance(tz, Const) and tz.value == UTC):
        raise refuse(Page.TIME_ZONE, "astimezone() to a zone other than UTC", "write timezone.utc")
    return x if zone_of(x) == "utc" else from_millis(millis(x), DateTimeKind("utc"))


def from_millis(ms: Node, kind: DateTimeKind) -> Node:
    """An instant as text: JSONata writes it in UTC, ending in Z."""
    made = call("fromMillis", ms, kind=kind)
    if kind.zone != "naive":
        return made
    return call("substringBefore", made, const("Z"), kind=kind)


def isoformat(b: Builder, x: Node) -> Node:
    """The text itself."""
    return cast(x, STR)


def timestamp(b: Builder, x: Node) -> Node:
    """Seconds since 1970."""
    if zone_of(x) == "naive":
        raise refuse(Page.TIME_ZONE, "timestamp() of a naive datetime depends on the machine", "give it a time zone")
    return binary(millis(x), "/", const(1000), FLOAT)


def date_of(b: Builder, x: Node) -> Node:
    """The datetime's own date."""
    return call("substring", own(x), ZERO, const(10), kind=DATE)


# ------------------------------------------------------------------ durations
def seconds(b: Builder, d: Node) -> Node:
    """.total_seconds()"""
    return binary(d, "/", const(1000), FLOAT)


def delta_days(b: Builder, d: Node) -> Node:
    """.days"""
    return call("floor", binary(d, "/", const(DAY), FLOAT), kind=INT)


def delta_seconds(b: Builder, d: Node) -> Node:
    """.seconds: of the last day."""
    d = b.let(d)
    rest = binary(d, "-", binary(const(DAY), "*", delta_days(b, d), INT), INT)
    return call("floor", binary(rest, "/", const(1000), FLOAT), kind=INT)


UNITS = {
    "weeks": 7 * DAY,
    "days": DAY,
    "hours": 3600000,
    "minutes": 60000,
    "seconds": 1000,
    "milliseconds": 1,
}


def make_delta(b: Builder, *args: Node, **parts: Node) -> Node:
    """timedelta(...): milliseconds."""
    given = {**dict(zip(("days", "seconds"), args)), **parts}
    out: Node | None = None
    for name, v in given.items():
        if name not in UNITS or family(v.kind) != "number" or len(args) > 2:
            refuse_none(f"timedelta({name}=)", v)
            instead = "JSONata counts in milliseconds" if name not in UNITS else "give a number"
            raise refuse(Page.UNSUPPORTED_CALL, f"timedelta({name}=) of {an(v.kind)}", instead)
        unit = UNITS[name]
        term = const(v.value * unit) if isinstance(v, Const) else v if unit == 1 else binary(v, "*", const(unit), INT)
        out = term if out is None else binary(out, "+", term, INT)
    return cast(out or ZERO, DURATION)


def now(b: Builder, tz: Node | None = None) -> Node:
    """datetime.now(timezone.utc)"""
    if not (isinstance(tz, Const) and tz.value == UTC):
        raise refuse(Page.IMPURE, "datetime.now() without UTC", "write datetime.now(timezone.utc)")
    return call("now", kind=DateTimeKind("utc"))


def from_timestamp(b: Builder, seconds: Node, tz: Node | None = None) -> Node:
    """datetime.fromtimestamp(seconds, tz=timezone.utc)"""
    if not (isinstance(tz, Const) and tz.value == UTC):
        raise refuse(Page.TIME_ZONE, "datetime.fromtimestamp() without UTC", "write fromtimestamp(x, tz=timezone.utc)")
    if family(seconds.kind) != "number":
        refuse_none("datetime.fromtimestamp()", seconds)
        raise refuse(Page.WRONG_TYPE, f"datetime.fromtimestamp() of {an(seconds.kind)}", "give seconds as a number")
    if isinstance(seconds, Binary) and seconds.op == "/" and seconds.right == const(1000):
        ms = seconds.left
    else:
        ms = binary(seconds, "*", const(1000), FLOAT)
    whole = ms if whole_values(ms.kind) or whole_values(seconds.kind) else call("round", ms, kind=INT)
    return from_millis(whole, DateTimeKind("utc"))


# ------------------------------------------------------------------ arithmetic
def shift(b: Builder, x: Node, d: Node, sign: str = "+") -> Node:
    """A datetime moved by a duration."""
    zone = zone_of(x)
    kind = DateTimeKind("utc" if zone == "utc" else "naive" if zone == "naive" else "lost")
    return from_millis(binary(millis(x), sign, d, INT), kind)


def shift_date(b: Builder, x: Node, d: Node, sign: str = "+") -> Node:
    """A date moved by the whole days of a duration."""
    whole = isinstance(d, Const) and d.value.seconds == d.value.microseconds == 0
    move = d if whole else binary(delta_days(b, d), "*", const(DAY), INT)
    moved = call("fromMillis", binary(midnight(x), sign, move, INT), kind=DateTimeKind("utc"))
    return call("substring", moved, ZERO, const(10), kind=DATE)


def between(b: Builder, x: Node, y: Node) -> Node:
    """The duration from y to x."""
    check_zones("`-`", x, y)
    return binary(millis(x), "-", millis(y), DURATION)


def between_dates(b: Builder, x: Node, y: Node) -> Node:
    """The duration from one date to another."""
    return binary(midnight(x), "-", midnight(y), DURATION)


def delta(op: str) -> Callable[[Builder, Node, Node], Node]:
    """Durations added, subtracted and multiplied."""
    return lambda b, x, y: binary(x, op, y, DURATION)


def shorter(b: Builder, x: Node, y: Node) -> Node:
    """A duration divided by a constant number."""
    n = need_constant("a duration divided by a computed number", y, "divide x.total_seconds()")
    if not n.value:
        raise refuse(Page.OUT_OF_RANGE, "division by zero", "correct the constant")
    return binary(x, "/", y, DURATION)


def whole_ratio(b: Builder, x: Node, y: Node) -> Node:
    """How many times a constant duration is in another."""
    d = need_constant("a duration divided by a computed one", y, "divide .total_seconds()")
    if not d.value:
        raise refuse(Page.OUT_OF_RANGE, "division by zero", "correct the constant")
    return call("floor", binary(x, "/", y, FLOAT), kind=INT)


BINARY: dict[tuple[type[ast.operator], str, str], Callable[[Builder, Node, Node], Node]] = {
    (ast.Add, "datetime", "timedelta"): shift,
    (ast.Add, "timedelta", "datetime"): lambda b, d, x: shift(b, x, d),
    (ast.Sub, "datetime", "timedelta"): lambda b, x, d: shift(b, x, d, "-"),
    (ast.Sub, "datetime", "datetime"): between,
    (ast.Add, "date", "timedelta"): shift_date,
    (ast.Add, "timedelta", "date"): lambda b, d, x: shift_date(b, x, d),
    (ast.Sub, "date", "timedelta"): lambda b, x, d: shift_date(b, x, d, "-"),
    (ast.Sub, "date", "date"): between_dates,
    (ast.Add, "timedelta", "timedelta"): delta("+"),
    (ast.Sub, "timedelta", "timedelta"): delta("-"),
    (ast.Mult, "timedelta", "number"): delta("*"),
    (ast.Mult, "number", "timedelta"): delta("*"),
    (ast.Div, "timedelta", "number"): shorter,
    (ast.FloorDiv, "timedelta", "timedelta"): whole_ratio,
}
NAMES = {"year": (0, 4), "month": (5, 2), "day": (8, 2), "hour": (11, 2), "minute": (14, 2), "second": (17, 2)}


def replaced(b: Builder, x: Node, /, **parts: Node) -> Node:
    """x.replace(hour=0, ...) of constant parts, where the day stays one that every month has."""
    own(x)
    given = {k: need_constant(f"replace({k}=) with a computed value", v).value for k, v in parts.items()}
    is_date = family(x.kind) == "date"
    unknown = set(given) - set(NAMES) - (set() if is_date else {"microsecond", "tzinfo"})
    moved = ("year" in given or "month" in given) and "day" not in given
    if unknown or moved or given.get("day", 1) > 28 or given.get("microsecond", 0) != 0:
        said = f"replace() of {', '.join(given)} of {an(x.kind)}"
        raise refuse(Page.UNSUPPORTED_CALL, said, "known: constant parts, of days up to 28")
    try:
        datetime(2024, 1, 1).replace(**{k: v for k, v in given.items() if k in NAMES})
    except (TypeError, ValueError) as e:
        raise refuse(Page.OUT_OF_RANGE, f"replace(): {e}", "correct the constant") from None
    x = b.let(x)
    pieces: list[Node] = []
    at = 0
    for name, (start, size) in NAMES.items():
        if name in given:
            pieces += [chars(x, at, start - at)] if start > at else []
            pieces.append(const(f"{given[name]:0{size}d}"))
            at = start + size
    if not is_date or at < 10:
        pieces.append(tail(x, at, given))
    zone = zone_of(x)
    kind = x.kind if "tzinfo" not in given else DateTimeKind("utc" if given["tzinfo"] == UTC else "own")
    if "tzinfo" in given and (given["tzinfo"] != UTC or zone == "naive"):
        raise refuse(Page.TIME_ZONE, "replace() of the time zone by another than UTC", "write tzinfo=timezone.utc")
    out = pieces[0]
    for p in pieces[1:]:
        out = binary(out, "&", p, STR)
    return cast(out, kind)


def tail(x: Node, at: int, given: dict[str, Any]) -> Node:
    """What follows the parts that are replaced."""
    rest: Node = call("substring", x, const(at), kind=STR)
    if "microsecond" in given:
        rest = call("replace", rest, Regex(r"\.[0-9]+", kind=STR), EMPTY_TEXT, kind=STR)
    if "tzinfo" in given:
        rest = binary(
            call("replace", rest, Regex(r"Z$|[+-][0-9:]+$", kind=STR), EMPTY_TEXT, kind=STR), "&", const("Z"), STR
        )
    return rest


def without_dashes(b: Builder, x: Node) -> Node:
    """uuid.hex"""
    if not isinstance(x.kind, NamedTextKind) or x.kind.name != "UUID":
        raise refuse(Page.UNKNOWN_FIELD, f"`.hex` of {an(x.kind)}", "it is text here: str(x)")
    return call("replace", cast(x, STR), const("-"), EMPTY_TEXT, kind=STR)


DATE_PARTS = {"year": (0, 4), "month": (5, 2), "day": (8, 2)}
TIME_PARTS = {**DATE_PARTS, "hour": (11, 2), "minute": (14, 2), "second": (17, 2)}
ATTRIBUTES: dict[tuple[str, str], Any] = {
    **{("datetime", n): part(*p) for n, p in TIME_PARTS.items()},
    **{("date", n): part(*p) for n, p in DATE_PARTS.items()},
    ("timedelta", "days"): delta_days,
    ("timedelta", "seconds"): delta_seconds,
    ("named text", "hex"): without_dashes,
}
METHODS: dict[tuple[str, str], Any] = {
    ("datetime", "replace"): replaced,
    ("date", "replace"): replaced,
    ("datetime", "isoformat"): isoformat,
    ("datetime", "timestamp"): timestamp,
    ("datetime", "strftime"): strftime,
    ("datetime", "date"): date_of,
    ("datetime", "astimezone"): astimezone,
    ("datetime", "weekday"): weekday,
    ("datetime", "isoweekday"): isoweekday,
    ("date", "strftime"): strftime,
    ("date", "isoformat"): isoformat,
    ("date", "weekday"): weekday,
    ("date", "isoweekday"): isoweekday,
    ("timedelta", "total_seconds"): seconds,
}
