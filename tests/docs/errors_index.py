"""The index of docs/errors, made of the pages' titles; a golden file like others: `make golden` writes it anew."""

from __future__ import annotations

from pathlib import Path

ERRORS = Path(__file__).parents[2] / "docs" / "errors"
INDEX = ERRORS / "README.md"
FILES = (INDEX,)
HEAD = """# What is refused

Every message of the compiler and of the linter ends with the name of its page: what is wrong, why, and what to write.
This index is written by `make golden`.

"""
SECTIONS = (("Python", lambda name: not name.startswith("asl-")), ("Plain ASL", lambda name: name.startswith("asl-")))


def text() -> str:
    """The index as it should be."""
    pages = {path.stem: path for path in sorted(ERRORS.glob("*.md")) if path != INDEX}
    parts = []
    for title, belongs in SECTIONS:
        lines = [f"- [{name}]({name}.md): {_title(page)}" for name, page in pages.items() if belongs(name)]
        parts.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
    return HEAD + "\n".join(parts)


def _title(page: Path) -> str:
    return page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")


def is_current(file: Path) -> bool:
    """Whether the index names every page."""
    return file.exists() and file.read_text(encoding="utf-8") == text()


def write() -> list[Path]:
    """Write the index if a page came, went or was renamed. Returns what was written."""
    if is_current(INDEX):
        return []
    INDEX.write_text(text(), encoding="utf-8")
    return [INDEX]
