"""Text delimited files, as Step Functions reads them: Python's csv module differs in quotes and backslashes.

Quotes may be doubled in fields that stand in no quotes too; a backslash escapes a backslash, a quote or the delimiter,
and vanishes before anything else. https://docs.aws.amazon.com/step-functions/latest/dg/example-csv-parse-dist-map.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows of a text, each a list of fields. Empty lines are no rows."""
    if '"' not in text and "\\" not in text:
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
            if line:
                yield line.split(delimiter)
        return
    plain = re.compile(rf'[^{re.escape(delimiter)}"\\\r\n]+')
    quoted = re.compile(r'[^"\\]+')
    row: list[str] = []
    field: list[str] = []
    at, end = 0, len(text)
    inside = marked = False  # in quotes; whether the field has them, which makes an empty line a row
    while at < end:
        found = (quoted if inside else plain).match(text, at)
        if found:
            field.append(found.group())
            at = found.end()
            continue
        char, following = text[at], text[at + 1 : at + 2]
        at += 1
        if char == "\\":
            field.append(following)
            at += 1
        elif char == '"' and not inside and not field and not marked:
            inside = marked = True
        elif char == '"' and following == '"':
            field.append('"')
            at += 1
        elif char == '"' and inside:
            inside = False
        elif char == '"':
            field.append('"')
        elif char == delimiter:
            row.append("".join(field))
            field, marked = [], False
        else:
            at += char == "\r" and following == "\n"
            if row or field or marked:
                yield [*row, "".join(field)]
            row, field, marked = [], [], False
    if row or field or marked:
        yield [*row, "".join(field)]
