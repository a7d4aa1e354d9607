"""Reads the source of `workflow`: signatures as written, constants, and the pages of docs/errors that it names."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import workflow
from tests.docs.errors_index import ERRORS
from workflow.aws.calling import Calling
from workflow.states.choice import Branches

PACKAGE = Path(workflow.__file__).parent
FOLDERS = (PACKAGE, PACKAGE / "states", PACKAGE / "aws")
WIDTH = 100
"""Characters of a signature on one line."""
NOT_EXPORTED: dict[str, Any] = {"Branches": Branches, "Calling": Calling}

Definition = ast.ClassDef | ast.FunctionDef


def find(shown: str) -> Any:
    """What `Task`, `Choice.when` and the like stand for."""
    owner, _, method = shown.rpartition(".")
    if owner:
        return inspect.getattr_static(find(owner), method)
    return NOT_EXPORTED.get(shown) or getattr(workflow, shown)


def plain(thing: Any) -> Any:
    """The function of a static method; anything else as it is."""
    return thing.__func__ if isinstance(thing, staticmethod) else thing


@cache
def _written() -> dict[str, list[Definition]]:
    """Every class and function at the top of a module, by name; overloads beside each other."""
    found: dict[str, list[Definition]] = {}
    for folder in FOLDERS:
        for file in sorted(folder.glob("*.py")):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                    found.setdefault(node.name, []).append(node)
    return found


def _class(name: str) -> ast.ClassDef:
    found = [node for node in _written()[name] if isinstance(node, ast.ClassDef)]
    assert len(found) == 1, f"{len(found)} classes are named {name}"
    return found[0]


def definitions(thing: Any) -> list[ast.FunctionDef]:
    """The overloads of a function or of a class's `__init__`; the function itself where it has none."""
    owner, _, name = (thing.__name__, ".", "__init__") if isinstance(thing, type) else _owner(thing)
    body = _class(owner).body if owner else _written()[name]
    found = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == name]
    overloads = [f for f in found if any("overload" in ast.unparse(d) for d in f.decorator_list)]
    return overloads or found


def _owner(thing: Any) -> tuple[str, str, str]:
    return plain(thing).__qualname__.rpartition(".")  # type: ignore[no-any-return]


def signatures(name: str, thing: Any) -> Iterator[str]:
    """How a class or function is called, by each of its overloads."""
    if not callable(plain(thing)):
        return
    found = definitions(thing)
    for node in found:
        yield _signature(name, node, thing)
    if not found and isinstance(thing, type):
        fields = [field for base in reversed(thing.__mro__) if base.__name__ in _written() for field in _fields(base)]
        if fields:
            yield _wrapped(name, fields, "")


def _fields(cls: type) -> list[str]:
    """The fields of a dataclass."""
    found = [node for node in _class(cls.__name__).body if isinstance(node, ast.AnnAssign)]
    is_data = any("dataclass" in ast.unparse(d) for d in _class(cls.__name__).decorator_list)
    return [ast.unparse(node) for node in found if is_data and "ClassVar" not in ast.unparse(node.annotation)]


def _signature(name: str, node: ast.FunctionDef, thing: Any) -> str:
    """One line, or one line a parameter where that is too long; without `self`."""
    arguments = node.args
    own = arguments.posonlyargs + arguments.args
    bound = isinstance(thing, type) or (not isinstance(thing, staticmethod) and _owner(thing)[0] != "")
    result = own[0].annotation if isinstance(thing, type) else node.returns
    defaults: list[ast.expr | None] = [None] * (len(own) - len(arguments.defaults)) + list(arguments.defaults)
    parts = [_argument(a, d) for a, d in zip(own, defaults)]
    if arguments.posonlyargs:
        parts.insert(len(arguments.posonlyargs), "/")
    if arguments.vararg:
        parts.append(f"*{_argument(arguments.vararg, None)}")
    elif arguments.kwonlyargs:
        parts.append("*")
    parts += [_argument(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults)]
    if arguments.kwarg:
        parts.append(f"**{_argument(arguments.kwarg, None)}")
    return _wrapped(name, parts[1:] if bound else parts, "" if result is None else ast.unparse(result))


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    typed = "" if argument.annotation is None else f": {ast.unparse(argument.annotation)}"
    if default is None:
        return argument.arg + typed
    return f"{argument.arg}{typed} = {ast.unparse(default)}" if typed else f"{argument.arg}={ast.unparse(default)}"


def _wrapped(name: str, parts: list[str], result: str) -> str:
    arrow = f" -> {result}" if result and result != "None" else ""
    line = f"{name}({', '.join(parts)}){arrow}"
    if len(line) <= WIDTH:
        return line
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){arrow}"


def constant(name: str) -> str:
    """What is said under a constant's assignment. Raises LookupError."""
    for file in (file for folder in FOLDERS for file in sorted(folder.glob("*.py"))):
        body = ast.parse(file.read_text(encoding="utf-8")).body
        for node, after in zip(body, body[1:]):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name and isinstance(after, ast.Expr):
                said = str(ast.literal_eval(after.value)).split(".\n")[0].rstrip(".")
                return f"{said[0].lower()}{said[1:]}."
    raise LookupError(name)


def refusals(thing: Any) -> set[str]:
    """The pages of docs/errors that a thing's source names, and that of what it calls in its package."""
    known = {file.stem for file in ERRORS.glob("*.md")} - {"README"}
    seen: set[int] = set()
    pages: set[str] = set()
    waiting = [getattr(thing, "__init__") if isinstance(thing, type) else plain(thing)]
    while waiting:
        function = waiting.pop()
        if not inspect.isfunction(function) or id(function) in seen:
            continue
        seen.add(id(function))
        if Path(function.__code__.co_filename).parent not in FOLDERS[1:]:
            continue
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Problem" and len(node.args) >= 4:
                pages |= {str(n.value) for n in ast.walk(node.args[3]) if isinstance(n, ast.Constant)} & known
            if isinstance(node, ast.Name):
                waiting.append(function.__globals__.get(node.id))
            elif isinstance(node, ast.Attribute) and isinstance(thing, type) and ast.unparse(node.value) == "self":
                waiting.append(getattr(thing, node.attr, None))
    return pages
