"""How a rule of the compiler says no, and the closed set of reasons: each has a page under docs/errors."""

from __future__ import annotations

import ast
import linecache
from enum import StrEnum

from workflow.diagnostics import Place, Problem, Refusal

__all__ = ["InternalError", "Page", "Refusal", "place_of", "refuse"]


class Page(StrEnum):
    """The pages that explain why an expression was refused; the value is the file's name under docs/errors."""

    UNKNOWN_FIELD = "unknown-field"
    UNKNOWN_NAME = "unknown-name"
    OPTIONAL_UNTESTED = "optional-untested"
    WRONG_TYPE = "wrong-type"
    NEVER_EQUAL = "never-equal"
    UNSUPPORTED_CALL = "unsupported-call"
    UNSUPPORTED_OPERATOR = "unsupported-operator"
    UNSUPPORTED_SYNTAX = "unsupported-syntax"
    LOOP_OR_TRY = "loop-or-try"
    TEXT_OF_VALUE = "text-of-value"
    NOT_JSON = "not-json"
    IMPURE = "impure"
    LIBRARY_CODE = "library-code"
    SOURCE_UNAVAILABLE = "source-unavailable"
    WRONG_ARGUMENTS = "wrong-arguments"
    MODEL_NOT_BUILT = "model-not-built"
    UNION_UNDECIDED = "union-undecided"
    OUT_OF_RANGE = "out-of-range"
    READ_ONLY = "read-only"
    NEEDS_A_CONSTANT = "needs-a-constant"
    TIME_ZONE = "time-zone"
    NOT_A_VALUE = "not-a-value"
    NESTED_TOO_DEEPLY = "nested-too-deeply"
    OFFLOADED = "offloaded"
    INTERNAL = "internal"


class InternalError(Refusal):
    """The compiler's own mistake. Nothing wrong is emitted, so for a user it is one refusal more; for the project's
    tests it is a class of its own, and a failure."""

    def __init__(self, what: str) -> None:
        super().__init__(Problem(None, f"internal: {what}", "please report it with the expression", Page.INTERNAL))


def refuse(page: Page, what: str, instead: str = "") -> Refusal:
    """The refusal to raise; its place is the innermost part of the source that is being read."""
    return Refusal(Problem(None, what, instead, page))


def place_of(file: str, node: ast.AST) -> Place | None:
    """Where a part of a syntax tree stands; None for parts without a position (arguments, operators)."""
    if not isinstance(node, (ast.expr, ast.stmt, ast.pattern)):
        return None
    line = linecache.getline(file, node.lineno).encode()

    def column(offset: int) -> int:  # ast counts bytes of UTF-8
        return 1 + len(line[:offset].decode(errors="ignore"))

    single = node.end_lineno == node.lineno and node.end_col_offset is not None
    return Place(file, node.lineno, column(node.col_offset), column(node.end_col_offset or 0) if single else None)
