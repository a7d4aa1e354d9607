"""Where a `>>` went wrong: the place of its right side, found in the source only when there is something to say."""

from __future__ import annotations

import ast
import linecache
import sys
from itertools import islice
from types import CodeType

from .diagnostics import Place, caller_place

_PACKAGE = __file__[: -len("join_place.py")]


def join_place() -> Place:
    """The right side of the `>>` that is being evaluated; the whole expression where that cannot be found."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    found = _right_side(frame.f_code, frame.f_lasti)
    return found if found is not None else caller_place()


def _right_side(code: CodeType, instruction: int) -> Place | None:
    line, end_line, start, end = next(islice(code.co_positions(), instruction // 2, None), (None,) * 4)
    if line is None or end_line is None or start is None or end is None:
        return None
    lines = [linecache.getline(code.co_filename, n).encode() for n in range(line, end_line + 1)]
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    try:
        tree = ast.parse(b"(" + b"".join(lines) + b")", mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(tree, ast.BinOp) or tree.right.end_col_offset is None:
        return None
    right, shift = tree.right, start - 1  # the bracket
    text = linecache.getline(code.co_filename, line + right.lineno - 1).encode()
    first = right.col_offset + (shift if right.lineno == 1 else 0)
    last = tree.right.end_col_offset + (shift if right.lineno == 1 else 0)
    column = 1 + len(text[:first].decode(errors="ignore"))
    one_line = right.end_lineno == right.lineno
    return Place(
        code.co_filename,
        line + right.lineno - 1,
        column,
        1 + len(text[:last].decode(errors="ignore")) if one_line else None,
    )
