"""What is marked sensitive is not shown: nested, optional, in lists, and in tables of tests."""

from dataclasses import dataclass

from pydantic import BaseModel

from payloads.sensitive import MASK, Sensitive, is_sensitive, masked
from workflow import Table
from workflow.testing import Environment


class Card(BaseModel):
    holder: str
    number: Sensitive[str]
    codes: list[Sensitive[str]] = []


@dataclass
class Order:
    id: str
    card: Card | None
    note: Sensitive[str] | None = None


CARD = Card(holder="Ada", number="4111", codes=["123"])


def test_marked_fields_are_masked_wherever_they_stand() -> None:
    shown = {"holder": "Ada", "number": MASK, "codes": MASK}
    assert masked(CARD) == shown
    assert masked([Order("1", CARD, note="secret"), Order("2", None)]) == [
        {"id": "1", "card": shown, "note": MASK},
        {"id": "2", "card": None, "note": MASK},
    ]
    assert masked({"a": (CARD,), "b": 3}) == {"a": [shown], "b": 3}


def test_the_mark_is_found_inside_an_annotation() -> None:
    assert is_sensitive(Sensitive[str] | None) and not is_sensitive(str | None)


def test_a_table_of_a_test_shows_no_marked_field() -> None:
    environment = Environment()
    cards = environment.table(Table("cards", Card, key="holder"))
    cards.put(CARD)
    assert cards.get("Ada") == CARD
    assert "Ada" in repr(cards) and "4111" not in repr(cards) and "123" not in repr(cards)
