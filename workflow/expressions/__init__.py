"""Typed Python lambdas and small functions -> JSONata that means the same, or a refusal that says what to write.

Reading order: refusals, kinds, nodes, printer, scope, narrowing, conditions, equality, membership, rules (tables),
constants, functions, attributes, calls, binding, displays, comprehensions, syntax, patterns, branches, statements,
interpret, finish, results, compiler.
"""

from workflow.diagnostics import Refusal

from . import kinds
from .compiler import Expression, Root, compile_expression, compile_function, constant
from .refusals import InternalError, Page

__all__ = [
    "Expression",
    "InternalError",
    "Page",
    "Refusal",
    "Root",
    "compile_expression",
    "compile_function",
    "constant",
    "kinds",
]
