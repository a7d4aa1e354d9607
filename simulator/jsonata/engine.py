"""Compiles and evaluates one JSONata expression within bounds.

The parser is jsonata-python's; what it parses is compiled here (`simulator.jsonata.compiler`), because that library's
evaluator takes null for undefined, keeps no bounds and is slow.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any

from jsonata.jexception import JException
from jsonata.parser import Parser

from simulator.jsonata.bounds import DEPTH_LIMIT, Budget, use
from simulator.jsonata.compiler import compile_node
from simulator.jsonata.errors import Problem
from simulator.jsonata.library import NATIVES
from simulator.jsonata.library.patterns import Pattern
from simulator.jsonata.scope import Scope, Setting
from simulator.jsonata.values import UNDEFINED, plain
from simulator.values import Value

__all__ = ["UNDEFINED", "Problem", "Program", "Setting", "program"]

#: Characters of one expression.
SOURCE_LIMIT = 262_144


# Expressions nest deeper than Python's default allows. The limit is the process's: it is raised once, here, and never
# changed while another thread may evaluate.
if sys.getrecursionlimit() < DEPTH_LIMIT:
    sys.setrecursionlimit(DEPTH_LIMIT)


class _Parser(Parser):  # type: ignore[misc]  # the library has no types
    """The parser, processing each node once: `a ?: b` shares a node, which processing twice would change twice."""

    def __init__(self) -> None:
        super().__init__()
        self._processed: dict[int, tuple[Any, Any]] = {}

    def process_ast(self, expr: Any) -> Any:
        known = self._processed.get(id(expr))
        if known is not None:
            return known[1]
        result = super().process_ast(expr)
        self._processed[id(expr)] = (expr, result)
        return result


class Program:
    """A compiled expression; it keeps nothing between evaluations and may be shared."""

    def __init__(self, source: str) -> None:
        if len(source) > SOURCE_LIMIT:
            raise Problem("S0200", "The expression is too long")
        self.source = source
        try:
            self._evaluate = compile_node(_Parser().parse(source, _pattern))
        except Problem:
            raise
        except JException as error:
            raise Problem(str(getattr(error, "error", "") or "S0201"), str(error)) from None
        except RecursionError:
            raise Problem("D1011", "The expression nests too deeply") from None
        except Exception as error:
            raise Problem("S0201", f"Syntax error: {error}") from None

    def evaluate(self, variables: dict[str, Value], setting: Setting) -> Any:
        """The value as JSON, UNDEFINED, or NOT_JSON for what is none (a function). Raises Problem, and nothing else."""
        budget = Budget()
        outer = Scope(_BUILT_IN, variables, budget, setting)
        use(budget)
        try:
            result = self._evaluate(UNDEFINED, Scope(outer, {}, budget, setting))
            return result if result is UNDEFINED else plain(result)
        except Problem:
            raise
        except TypeError as error:
            if "is no JSON" in str(error):
                return NOT_JSON
            raise Problem("D3137", f"The expression cannot be evaluated: {error}") from None
        except RecursionError:
            raise Problem("D1011") from None
        except MemoryError:
            raise Problem("D1013") from None
        except Exception as error:
            raise Problem("D3137", f"The expression cannot be evaluated: {error}") from None
        finally:
            use(None)


class _NotJson:
    """The result of an expression that is no JSON value."""


NOT_JSON = _NotJson()


def _pattern(source: str, flags: Any) -> Any:
    letters = ("i" if flags.case_insensitive else "") + ("m" if flags.multiline else "")
    return Pattern(source, letters)


class _Nowhere:
    """The setting of the outermost scope, which evaluates nothing."""

    random: Any = None
    now = 0.0


_BUILT_IN = Scope(None, NATIVES, Budget(), _Nowhere())


@lru_cache(maxsize=4096)
def program(source: str) -> Program:
    """The compiled expression, from a cache. Raises Problem."""
    return Program(source)
