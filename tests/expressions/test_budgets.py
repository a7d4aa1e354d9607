"""What compiling may cost, and what its modules may import."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workflow.expressions import Refusal, compile_function

from .entries import EQUAL
from .models import Shipment
from .refused import REFUSED

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "workflow" / "expressions"
MODULES = sorted(PACKAGE.rglob("*.py"))
SECONDS = 0.6 * 3  # for 600 lambdas; a loaded machine takes three times as long as a quiet one


def test_compiling_is_fast() -> None:
    lambdas = [*EQUAL.values(), *REFUSED.values()][:600]
    started = time.process_time()
    for fn in lambdas:
        try:
            compile_function(fn, [Shipment])
        except Refusal:
            continue
    assert (time.process_time() - started) * 600 / len(lambdas) < SECONDS


def test_importing_is_light() -> None:
    heavy = ("pydantic", "boto3", "botocore", "pulumi", "decimal", "uuid", "asyncio")
    code = f"import sys; import workflow.expressions; print(*[m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def imported(path: Path) -> set[str]:
    """The modules of the package that a module imports."""
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(n, ast.ImportFrom):
            base = package.rsplit(".", n.level - 1)[0] if n.level > 1 else package
            base = n.module or "" if n.level == 0 else f"{base}.{n.module}" if n.module else base
            found |= {base} | {f"{base}.{a.name}" for a in n.names}
    return found & {module_name(p) for p in MODULES}


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module_name(p): imported(p) - {module_name(p)} for p in MODULES}
    packages = {name for name in graph if any(other.startswith(f"{name}.") for other in graph)}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            cycle = way[way.index(name) :]
            assert set(cycle) & packages, f"{' -> '.join(cycle)} -> {name}"
            return
        if name not in done:
            for other in graph[name]:
                if other not in packages or other in ("workflow.expressions.kinds", "workflow.expressions.rules"):
                    visit(other, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_is_of_one_idea(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    late = [n for f in functions for n in ast.walk(f) if isinstance(n, (ast.Import, ast.ImportFrom))]
    lines = text.splitlines()
    assert all("#" in lines[n.lineno - 1] for n in late), "a late import says why"
