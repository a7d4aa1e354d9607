"""Random values of the models, for hypothesis: every field, every member of every union, None where it may be."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from .models import (
    Bounded,
    Cat,
    Codes,
    Dog,
    Dropped,
    Grade,
    Labels,
    Level,
    Limits,
    Mixed,
    Node,
    Opened,
    Page,
    Pair,
    Parcel,
    Position,
    Scanned,
    Shade,
    Shipment,
    Size,
    State,
)

TEXT = st.text(alphabet="ab A/-._'\"\\$`%{}é😀07\t", max_size=5)
WHOLE = st.sampled_from([0, 1, -1, 2, 3, 5, 7, 55, 100, -7]) | st.integers(-1000, 1000)
REAL = st.sampled_from([0.0, 0.5, -1.25, 8.0, 99.95, 4.0]) | st.floats(-1e4, 1e4).map(lambda x: round(x, 3) + 0.0)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=5, minutes=30))])
MILLIS = st.sampled_from([0, 0, 500000])  # jsonata-python loses a millisecond of others


def optional(s: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """None, or a value."""
    return st.none() | s


def some(s: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    """A short list."""
    return st.lists(s, max_size=most)


MOMENT = st.builds(
    lambda d, ms, z: d.replace(microsecond=ms, tzinfo=z),
    st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)),
    MILLIS,
    ZONES,
)
DAY = st.dates(date(1971, 1, 1), date(2037, 1, 1))
LOCAL = st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)).map(lambda d: d.replace(microsecond=0))
SIZE = st.builds(Size, WHOLE, WHOLE, some(TEXT))
PARCEL = st.builds(
    Parcel,
    parcel_id=TEXT,
    net_weight=REAL,
    size=optional(SIZE),
    tags=some(TEXT),
    fragile=st.booleans(),
    due_date=optional(DAY),
)
OPENED = st.builds(Opened, by=TEXT, at=MOMENT)
DROPPED = st.builds(Dropped, g=REAL, harm=st.booleans())
SCANNED = st.builds(Scanned, by=optional(TEXT))
EVENT = OPENED | DROPPED | SCANNED
LIMITS: st.SearchStrategy[Limits] = st.fixed_dictionaries(  # type: ignore[assignment]
    {"low": REAL, "high": REAL}, optional={"note": TEXT, "step": WHOLE}
)
POSITION = st.builds(Position, REAL, REAL, optional(TEXT))
TREE = st.recursive(
    st.builds(Node, name=TEXT), lambda below: st.builds(Node, name=TEXT, child=optional(below)), max_leaves=3
)
KEYS = st.sampled_from(["a", "b", "k", "auto", "manual", "", "a.b", "é"])
BOUNDED = st.builds(
    Bounded,
    n=st.integers(0, 100),
    ratio=st.floats(0.01, 0.99).map(lambda x: round(x, 2)),
    code=st.sampled_from(["ab", "abc", "wxyz"]),
    many=some(WHOLE),
    maybe=optional(st.integers(0, 9)),
)

SHIPMENT = st.builds(
    Shipment,
    id=TEXT,
    title=optional(TEXT),
    celsius=REAL,
    count=WHOLE,
    maybe_count=optional(WHOLE),
    state=st.sampled_from(State),
    maybe_state=optional(st.sampled_from(State)),
    grade=st.sampled_from(Grade),
    shade=st.sampled_from(Shade),
    level=st.sampled_from(Level),
    mixed=st.sampled_from(Mixed),
    mode=st.sampled_from(["auto", "manual", "off"]),
    number=st.sampled_from([1, 2, 3]),
    moving=st.sampled_from([State.MOVING, State.DONE]),
    at=MOMENT,
    seen=optional(MOMENT),
    local=LOCAL,
    day=DAY,
    maybe_day=optional(DAY),
    wait=st.just(timedelta(minutes=5)),
    price=st.sampled_from([Decimal("0"), Decimal("0.00"), Decimal("-1.20"), Decimal("1E+2"), Decimal("12.34")]),
    key=st.builds(lambda n: uuid.UUID(int=n), st.integers(0, 99)),
    position=POSITION,
    limits=LIMITS,
    size=SIZE,
    maybe_size=optional(SIZE),
    pair=st.builds(Pair, WHOLE, optional(WHOLE)),
    page=st.builds(Page[Parcel], items=some(PARCEL, 2), next=optional(TEXT)),
    parcels=some(PARCEL),
    maybe_parcels=optional(some(PARCEL, 2)),
    labels=st.builds(Labels, st.dictionaries(KEYS, TEXT, max_size=2)),
    codes=st.builds(Codes, some(WHOLE)),
    event=EVENT,
    maybe_event=optional(OPENED | DROPPED),
    animal=st.builds(Cat, lives=WHOLE, name=TEXT) | st.builds(Dog, barks=st.booleans(), name=TEXT),
    value=st.none() | WHOLE | TEXT,
    anything=st.none() | WHOLE | TEXT | some(WHOLE),
    by_state=st.dictionaries(st.sampled_from(State), WHOLE, max_size=3),
    by_number=st.dictionaries(st.sampled_from([1]), TEXT, max_size=1),  # engines order whole-number keys differently
    counts=st.dictionaries(KEYS, WHOLE, max_size=3),
    texts=st.dictionaries(KEYS, TEXT, max_size=2),
    names=some(TEXT, 4),
    numbers=some(WHOLE, 4),
    floats=some(REAL),
    maybes=some(optional(WHOLE), 4),
    flags=some(st.booleans()),
    states=some(st.sampled_from(State)),
    times=some(MOMENT, 2),
    days=some(DAY, 2),
    positions=some(POSITION, 2),
    rows=some(some(WHOLE)),
    events=some(EVENT),
    tree=TREE,
    span=st.tuples(WHOLE, WHOLE),
    spans=some(st.tuples(KEYS, WHOLE)),
    unique=st.sets(KEYS, max_size=2),
    bounded=BOUNDED,
    flag=st.booleans(),
    maybe_flag=optional(st.booleans()),
)
