"""What the shared corpus calls: one function and the class of its refusals."""

from workflow.diagnostics import Refusal
from workflow.expressions import compile_function as compile

__all__ = ["Refusal", "compile"]
