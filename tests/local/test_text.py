"""What devices sent reaches the terminal as visible text only."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.text import printable, printable_bytes

HOSTILE = {
    "\x1b[2J\x1b[H": "\\x1b[2J\\x1b[H",
    "\x1b]0;title\x07": "\\x1b]0;title\\x07",
    "a\0b": "a\\0b",
    "\x9b31m": "\\x9b31m",
    "\x85next line": "\\x85next line",
    "\u202egnp.exe": "\\u202egnp.exe",
    "\u2066hidden\u2069": "\\u2066hidden\\u2069",
    "two\r\nlines\tand a tab": "two\\r\\nlines\\tand a tab",
    "\u2028line\u2029paragraph": "\\u2028line\\u2029paragraph",
    "\ufeffbom\u200bzero": "\\ufeffbom\\u200bzero",
    "\x7f": "\\x7f",
    "\ud800": "\\ud800",
    "\U000e0041tag": "\\U000e0041tag",
    "no\u00a0break": "no break",
    "Kühlhaus 4 °C, 冷蔵庫 ❄": "Kühlhaus 4 °C, 冷蔵庫 ❄",
}


@pytest.mark.parametrize(("sent", "shown"), HOSTILE.items(), ids=[ascii(text) for text in HOSTILE])
def test_what_cannot_be_seen_is_written_out(sent: str, shown: str) -> None:
    assert printable(sent) == shown


@given(st.text(st.characters()), st.one_of(st.none(), st.integers(0, 40)))
def test_nothing_but_visible_characters_comes_out(sent: str, limit: int | None) -> None:
    shown = printable(sent, limit)
    assert not [c for c in shown if unicodedata.category(c)[0] in "CZ" and c != " "]
    if limit is not None:
        assert len(shown) <= limit


@given(st.binary(), st.integers(0, 40))
def test_bytes_too(sent: bytes, limit: int) -> None:
    shown = printable_bytes(sent, limit)
    assert len(shown) <= limit
    assert not [c for c in shown if unicodedata.category(c)[0] == "C"]


def test_a_cut_never_halves_an_escape() -> None:
    for limit in range(12):
        shown = printable("\x1b\x1b\x1b", limit)
        assert re.fullmatch(r"(\\x1b)*…?", shown), shown


def test_what_fits_is_not_cut() -> None:
    assert printable("12345", 5) == "12345"
    assert printable("123456", 5) == "1234…"


def test_a_pile_of_combining_marks_stays_on_its_line() -> None:
    shown = printable("a" + "\u0301" * 20)
    assert sum(unicodedata.category(c) == "Mn" for c in shown) <= 2


def test_a_large_payload_is_not_decoded_whole_to_show_its_beginning() -> None:
    assert printable_bytes(b"x" * 10_000_000, 10) == "x" * 9 + "…"
