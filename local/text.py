"""Text from outside, made safe to show on a terminal: the one gate through which the launcher prints.

Stage: the local run's output. Devices choose their payloads, topics and ids, so whatever the run shows may hold escape
codes that move the cursor, rename the window, paste into the shell or reverse the reading order. Nothing here tries to
recognise such sequences: every character that is not plainly visible is written as an escape that can be read.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# Cc controls (C0, DEL, C1), Cf formats (right-to-left marks, zero-width joiners, soft hyphens), Cs surrogates,
# Co private use and Cn unassigned (fonts may draw anything), Zl and Zp (line ends to some terminals), Me (encloses what
# stands before it). Zs is let through as an ordinary blank.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Me"})
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
_MARKS_IN_A_ROW: Final = 2


def printable(text: str, limit: int | None = None) -> str:
    r"""Return `text` with every character that is not plainly visible written as an escape, as one line.

    `limit` bounds the result in characters; what is cut off shows as one "…". An escape is never cut in two. A third
    combining mark on one letter is escaped too, or a pile of them would run over the lines above and below.

    >>> printable("\x1b[2Jhello\n")
    '\\x1b[2Jhello\\n'
    """
    pieces: list[str] = []
    length = 0
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category == "Mn" else 0
        if category in _INVISIBLE or marks > _MARKS_IN_A_ROW:
            piece = _SHORT.get(character) or _escaped(character)
        elif category == "Zs":
            piece = " "
        else:
            piece = character
        pieces.append(piece)
        length += len(piece)
        if limit is not None and length > limit:
            return _cut(pieces, limit)
    return "".join(pieces)


def printable_bytes(data: bytes, limit: int | None = None) -> str:
    r"""Return `data` as text that is safe to show: UTF-8 where it is, `\xNN` where it is not."""
    # Four bytes a character at most, so that a payload of 128 KB is not decoded whole to show 60 characters of it.
    bounded = data if limit is None else data[: 4 * limit + 4]
    return printable(bounded.decode("utf-8", errors="backslashreplace"), limit)


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cut(pieces: list[str], limit: int) -> str:
    kept = 0
    length = 0
    for piece in pieces:
        if length + len(piece) > limit - 1:
            break
        length += len(piece)
        kept += 1
    return "".join(pieces[:kept]) + "…" if limit > 0 else ""
