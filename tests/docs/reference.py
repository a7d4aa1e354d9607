"""docs/reference, made of signatures, docstrings and examples; golden files like others: `make golden` writes them.

A page: what it is, its signature and parameters, what is refused, the example of tests/docs/examples and the definition
that it is written as, AWS's page.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import workflow
from tests.docs.reference_pages import GUIDE, INTEGRATIONS, MEANINGS, PAGES, SECTIONS, STATES, Page
from tests.docs.signatures import constant, definitions, find, plain, refusals, signatures
from workflow.aws.calling import Calling
from workflow.aws.optimized import TABLE, TOKEN
from workflow.states.base import Part, flatten
from workflow.states.working import Guarded, Service, Working, all_retriers

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
EXAMPLES = Path(__file__).parent / "examples"
INDEX = REFERENCE / "README.md"
BY_FILE = {REFERENCE / f"{page.name}.md": page for page in PAGES}
FILES = (INDEX, *BY_FILE)


def is_current(file: Path) -> bool:
    """Whether a page says what the code says."""
    return file.exists() and file.read_text(encoding="utf-8") == text(file)


def write() -> list[Path]:
    """Write the pages that have changed. Returns those."""
    REFERENCE.mkdir(exist_ok=True)
    changed = [file for file in FILES if not is_current(file)]
    for file in changed:
        file.write_text(text(file), encoding="utf-8")
    return changed


def text(file: Path) -> str:
    """A page as it should be."""
    return _page(BY_FILE[file]) if file in BY_FILE else _index()


def example(page: Page) -> ModuleType:
    """The page's example, run."""
    return importlib.import_module(f"tests.docs.examples.{page.example}")


# ------------------------------------------------------------------ pages


def _index() -> str:
    parts = [
        "# Reference\n\nMade of docstrings, signatures and examples by `make golden`; every example runs as a test.\n"
    ]
    for title, pages in SECTIONS:
        lines = [f"- [{_title(page)}]({page.name}.md): {_summary(page)}" for page in pages]
        parts.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
    parts.append("[The language in one page](../language.md); [what is refused](../errors/README.md).\n")
    return "\n".join(parts)


def _title(page: Page) -> str:
    return page.shows[0] if page in STATES + INTEGRATIONS else page.name.capitalize()


def _summary(page: Page) -> str:
    """The first line of the example's module, which says what the page is about."""
    found = ast.get_docstring(ast.parse(_source(page)))
    assert found, page.example
    return found[0].lower() + found[1:].removesuffix(".") if found[0] not in "J" else found.removesuffix(".")


def _page(page: Page) -> str:
    parts = [f"# {_title(page)}\n"]
    for shown in page.shows:
        parts += _entry(shown, heading=len(page.shows) > 1)
    if page.name == "context":
        parts.append("\n".join(_context()) + "\n")
    for name in page.constants:
        parts.append(f"`{name}`: {constant(name)}\n")
    methods = _methods(page)
    if methods:
        links = ", ".join(f"[.{method}](methods.md#{method})" for method in methods)
        parts.append(f"Methods that it shares: {links}.\n")
    parts += _transient(page)
    parts += _refused(page)
    if page.name == "optimized":
        listed = list(_operations())
        parts += [f"{listed[0]}\n", "\n".join(listed[1:]) + "\n"]
    made = example(page)
    parts.append(f"## Example\n\n```python\n{_code(page)}```\n")
    written = json.dumps(made.example.definition(), indent=2, ensure_ascii=False)
    parts.append(f"## Its definition\n\n```json\n{written}\n```\n")
    parts.append(f"AWS: <{page.url}>\n")
    return "\n".join(parts)


def _entry(shown: str, *, heading: bool) -> Iterator[str]:
    """Signature, docstring and parameters of one thing."""
    thing = find(shown)
    if heading:
        yield f"## {heading_of(shown)}\n"
    written = list(signatures(heading_of(shown), thing))
    if written:
        yield "```python\n" + "\n".join(written) + "\n```\n"
    known = parameters(shown)
    yield f"{_prose(thing, known)}\n"
    rows = [f"| `{name}` | {meaning} |" for name, meaning in known.items()]
    if rows:
        yield "| Parameter | |\n| --- | --- |\n" + "\n".join(rows) + "\n"


def heading_of(shown: str) -> str:
    """A heading: `.retry` for a method of all states, `Choice.when`, `Csv`."""
    owner, _, method = shown.rpartition(".")
    shared = owner in ("Working", "Service", "Guarded", "State", "Calling")
    return f".{method}" if shared else shown.replace("Branches.", "Choice.")


def _state(page: Page) -> Service[Any, Any] | None:
    """The page's state in its example, without what `.output` and the like made of it; None if it is no service."""
    wanted = Calling if page.name in ("sdk", "optimized") else find(page.shows[0])
    if not isinstance(wanted, type):
        return None
    values = [value for value in vars(example(page)).values() if isinstance(value, Part)]
    found = [part for value in values for part in flatten(value) if type(part) is wanted]
    return found[0] if found and isinstance(found[0], Service) else None


def _methods(page: Page) -> list[str]:
    """The shared methods that a page's state has, where it may have them."""
    state = _state(page)
    thing = find(page.shows[0]) if state is None else type(state)
    if not isinstance(thing, type) or page not in STATES + INTEGRATIONS:
        return []
    owners: tuple[tuple[type, tuple[str, ...]], ...] = (
        (Working, ("retry", "output", "assign")),
        (Service, ("timeout", "heartbeat", "assume")),
        (Guarded, ("catch",)),
        (workflow.State, ("end",)),
        (Calling, ("allow",)),
    )
    methods = [method for owner, names in owners if issubclass(thing, owner) for method in names]
    offers = isinstance(state, Calling) and state.integration is not None and TOKEN in state.integration.offered
    return [*methods, "wait_for_token"] if offers or page.name == "optimized" else methods


def _transient(page: Page) -> Iterator[str]:
    """The errors that TRANSIENT stands for, and whether they are retried where nothing is said."""
    state = _state(page)
    if state is None or page.name in ("sdk", "optimized"):
        return
    names = state.__dict__.get("transient", ()) or workflow.TRANSIENT.names(state.service)
    always = {name for retrier in all_retriers(state._replace(retriers=())) for name in retrier.errors}
    if names:
        when = "retried three times where nothing else is said" if always else "not retried unless you say so"
        yield f"Transient errors, {when}: {', '.join(f'`{name}`' for name in names)}.\n"


def _operations() -> Iterator[str]:
    """Every optimized integration, and how a state may wait for it."""
    yield "Operations, and how a state may wait; each may also be called and not waited for."
    yield "| Service | Operations |\n| --- | --- |"
    for service, (guide, _, operations) in TABLE.items():
        shown = [f"`{name}`{''.join(f' `{way}`' for way in ways if way)}" for name, ways in operations.items()]
        yield f"| [{service}]({GUIDE}{guide}.html) | {', '.join(shown)} |"


def _refused(page: Page) -> Iterator[str]:
    pages = sorted({p for shown in page.shows for p in refusals(find(shown))})
    if pages:
        links = ", ".join(f"[{p}](../errors/{p}.md)" for p in pages)
        yield f"Refused, beside what is wrong in its lambdas: {links}.\n"


# ------------------------------------------------------------------ words


def _doc(thing: Any) -> str:
    function = plain(thing)
    if isinstance(thing, type) or inspect.isfunction(function):
        return inspect.cleandoc(function.__doc__ or "")
    return "The context object, typed; what a lambda reads of it."  # the one value on a page: `context`


_PARAMETER = r"(?:(?<=^)|(?<=[.:] ))(?:\w+(?:, | and ))*{name}(?:(?:, | and )\w+)*: (.*?)(?:\.(?= |$)|$) ?"
"""`name: what it means.` in a docstring whose lines are joined."""


def _prose(thing: Any, said: Iterable[str] = ()) -> str:
    """A docstring as Markdown: paragraphs are joined, listings kept, what the table of parameters says left out."""
    words = re.sub(r"(?<![(<`])(https://[^\s)`]+?)(?=[.,]?(?:\s|$))", r"<\1>", _doc(thing))
    shown = []
    for part in re.split(r"\n\s*\n", words):
        if any(re.search(r"\S {2,}\S", line) for line in part.splitlines()):
            shown.append(f"```\n{textwrap.dedent(part)}\n```")
            continue
        joined = " ".join(part.split())
        for name in said:
            joined = re.sub(_PARAMETER.format(name=name), "", joined)
        shown.append(joined.strip())
    return "\n\n".join(part for part in shown if part)


def parameters(shown: str) -> dict[str, str]:
    """Every parameter of an entry and what it means; "" where nothing says it."""
    thing = find(shown)
    if not callable(plain(thing)):
        return {}
    names: dict[str, None] = {}
    for node in definitions(thing):
        a = node.args
        every = [*a.posonlyargs, *a.args, *a.kwonlyargs, *(x for x in (a.vararg, a.kwarg) if x is not None)]
        names |= dict.fromkeys(x.arg for x in every if x.arg not in ("self", "more"))
    words = " ".join(_doc(thing).split())
    return {name: _meaning(shown, name, words) for name in names}


def _meaning(shown: str, name: str, words: str) -> str:
    found = re.search(_PARAMETER.format(name=name), words)
    meaning = found[1] if found else MEANINGS.get(f"{shown}.{name}", MEANINGS.get(name, ""))
    return meaning.replace("|", "\\|")


def _context() -> Iterator[str]:
    """The fields of the context object."""
    yield "| In a lambda | |\n| --- | --- |"
    for part, fields in vars(type(workflow.context)).items():
        for name, field in vars(type(fields)).items():
            if isinstance(field, property):
                yield f"| `context.{part}.{name}` | {' '.join((field.__doc__ or '').split())} |"


@cache
def _source(page: Page) -> str:
    return (EXAMPLES / f"{page.example}.py").read_text(encoding="utf-8")


def _code(page: Page) -> str:
    """The example without the line that says what it is."""
    return _source(page).split('"""\n\n', 1)[1]
