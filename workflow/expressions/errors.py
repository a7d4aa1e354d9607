"""First form of refusals."""
from __future__ import annotations
import ast, linecache
from ..diagnostics import Place, Problem, Refusal, did_you_mean

class Refused(Refusal):
    def __init__(self, what: str, instead: str = "", page: str = "unsupported") -> None:
        super().__init__(Problem(None, what, instead, page))
        self.what = what
    def at(self, file, node=None):  # type: ignore
        if node is None: return super().at(file)
        if isinstance(node, (ast.expr, ast.stmt, ast.pattern)): return super().at(place_of(file, node))
        return self

def place_of(file: str, node) -> Place:  # type: ignore
    line = linecache.getline(file, node.lineno).encode()
    col = lambda o: 1 + len(line[:o].decode(errors="ignore"))
    return Place(file, node.lineno, col(node.col_offset), col(node.end_col_offset) if node.end_lineno == node.lineno else None)
