"""Reads the fenced blocks of a Markdown page: what they are, where they begin and what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(.*)$")


@dataclass(frozen=True)
class Block:
    """A fenced block. `info` is what stands after the opening fence; `line` is that of the first line inside."""

    info: str
    line: int
    text: str


def blocks(page: Path) -> list[Block]:
    """Every block of a page, in order."""
    found: list[Block] = []
    begun: tuple[str, int] | None = None
    lines: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = _FENCE.match(line)
        if begun is None:
            begun, lines = ((fence[1].strip(), number + 1), []) if fence else (None, [])
        elif fence and not fence[1].strip():
            found.append(Block(*begun, "\n".join(lines) + "\n"))
            begun = None
        else:
            lines.append(line)
    assert begun is None, f"{page.name}:{begun}: a block is not closed"
    return found
