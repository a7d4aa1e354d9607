"""Models as DynamoDB items and back, in the form that the workflow's own states write too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.items import from_item, to_item
from handlers.models import Item, Model, Reading
from handlers.validate import validate
from tests.handlers.messages import record

finite = st.floats(allow_nan=False, allow_infinity=False)
items = st.builds(Item, temperature=finite, humidity=finite, battery=finite, dew_point=st.none() | finite)


@given(item=items)
def test_what_is_written_is_read(item: Item) -> None:
    written = to_item(item)
    assert from_item(Item, written) == item
    assert ("dew_point" in written) == (item.dew_point is not None)


class Small(Model):
    count: int
    share: float
    note: str | None


def test_numbers_are_read_however_dynamodb_writes_them() -> None:
    item = {"count": {"N": "1E+2"}, "share": {"N": "12"}, "note": {"NULL": True}, "other": {"L": []}}
    assert from_item(Small, item) == Small(count=100, share=12, note=None)
    assert from_item(Small, {"count": {"N": "7"}, "share": {"N": "-0.5"}}).note is None


def test_nested_models_have_no_form() -> None:
    reading: Reading = validate(record())
    with pytest.raises(TypeError, match="not dict"):
        to_item(reading)
