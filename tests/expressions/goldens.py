"""Goldens of the language: each lambda with the JSONata it becomes, or with the message that refuses it.

`UPDATE_GOLDEN=1 pytest tests/expressions/test_goldens.py` writes them anew; read the diff.
"""

from __future__ import annotations

import ast
import functools
import linecache
import textwrap
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workflow.expressions import Refusal, compile_function
from workflow.expressions.source import find

from .corners import CORNERS, Corner
from .entries import EQUAL
from .mistakes import MISTAKES
from .models import Shipment
from .orders import Order
from .refused import REFUSED
from .slips import SLIPS

FOLDER = Path(__file__).parent / "goldens"


def source(fn: Any) -> str:
    """A function as it is written."""
    if isinstance(fn, functools.partial):
        return f"partial of {source(fn.func)}"
    if not isinstance(fn, (types.FunctionType, types.MethodType)):
        return f"a {type(fn).__name__}"
    try:
        function: Any = fn if isinstance(fn, types.FunctionType) else fn.__func__
        node, _ = find(function)
    except Refusal:
        return f"{fn.__name__}, whose source cannot be read"
    lines = linecache.getlines(function.__code__.co_filename)
    return textwrap.dedent(ast.get_source_segment("".join(lines), node, padded=True) or "")


def compiled(fn: Callable[..., Any]) -> str:
    """The JSONata of a lambda over a Shipment."""
    return compile_function(fn, [Shipment])


def message(fn: Callable[..., Any], model: type = Shipment) -> str:
    """The refusal of a lambda over a model, without the numbers of its line."""
    try:
        code = compile_function(fn, [model])
    except Refusal as refusal:
        lines = str(refusal).splitlines()
        place, _, said = lines[0].partition(": ")
        return "\n".join([f"{Path(place.split(':')[0]).name}: {said}", *lines[1:]])
    return f"NOT REFUSED: {code}"


def written(table: Mapping[str, Callable[..., Any]], make: Callable[[Callable[..., Any]], str]) -> str:
    """A golden file: a name, the Python, what becomes of it."""
    return "\n".join(f"# {name}\n{source(fn)}\n->\n{make(fn)}\n" for name, fn in table.items())


FILES: dict[Path, Callable[[], str]] = {
    FOLDER / "equal.txt": lambda: written(EQUAL, compiled),
    FOLDER / "refused.txt": lambda: written(REFUSED, message),
    FOLDER / "corners.txt": lambda: written(CORNERS, functools.partial(message, model=Corner)),
    FOLDER / "slips.txt": lambda: written(SLIPS, functools.partial(message, model=Order)),
    FOLDER / "mistakes.txt": lambda: written(MISTAKES, functools.partial(message, model=Order)),
}
