"""Values on the wire and back."""

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from local.engine.properties import (
    SIGNATURE,
    UNKNOWN,
    Archive,
    Asset,
    Secret,
    Unknown,
    from_struct,
    has_secret,
    has_unknown,
    map_leaves,
    revealed,
    to_struct,
)

keys = st.text(min_size=1, max_size=8).filter(lambda key: key != SIGNATURE)
assets = st.one_of(
    st.builds(Asset, text=st.text(max_size=5)),
    st.builds(lambda name: Asset(path=Path(name)), st.sampled_from(["a.py", "b/c.txt"])),
    st.builds(lambda name: Archive(path=Path(name)), st.just("build/code.zip")),
    st.builds(lambda text: Archive(assets={"in": Asset(text=text)}), st.text(max_size=5)),
)
leaves: st.SearchStrategy[Any] = st.one_of(
    st.text(max_size=12), st.booleans(), st.integers(-(2**53), 2**53), st.just(UNKNOWN), st.none(), assets
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(keys, inner, max_size=3),
        st.builds(Secret, inner),
    ),
    max_leaves=12,
)


@given(st.dictionaries(keys, values, max_size=4))
def test_what_goes_out_comes_back(properties: dict[str, Any]) -> None:
    assert from_struct(to_struct(properties)) == properties


@given(values)
def test_revealing_leaves_no_secret_and_keeps_the_unknown(value: Any) -> None:
    assert not has_secret(revealed(value))
    assert has_unknown(revealed(value)) == has_unknown(value)


@given(values)
def test_changing_nothing_changes_nothing(value: Any) -> None:
    assert map_leaves(value, lambda leaf: leaf) == value


def test_a_signature_of_tomorrow_is_no_ordinary_object() -> None:
    struct = struct_pb2.Struct()
    struct.update({"a": {SIGNATURE: "0123", "value": "x"}})
    with pytest.raises(ValueError, match="signature 0123, which this engine does not know"):
        from_struct(struct)


def test_a_fraction_stays_and_a_whole_number_is_one() -> None:
    struct = struct_pb2.Struct()
    struct.update({"half": 0.5, "five": 5})
    back = from_struct(struct)
    assert back == {"half": 0.5, "five": 5}
    assert isinstance(back["five"], int)


def test_a_secret_hides_and_the_unknown_is_one() -> None:
    assert "hunter2" not in repr(Secret("hunter2"))
    assert Unknown() is UNKNOWN
    assert repr(UNKNOWN) == "<unknown>"
