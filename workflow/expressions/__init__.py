"""Typed Python lambdas and small functions -> JSONata that means the same, or a refusal that says what to write."""

from ..diagnostics import Refusal
from . import kinds
from .compiler import Expression, Root, compile_expression, compile_function, constant

__all__ = ["Expression", "Refusal", "Root", "compile_expression", "compile_function", "constant", "kinds"]
