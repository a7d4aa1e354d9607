"""The workflows of the cookbook and their golden files, for `python -m tests.golden` and the tests."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import Any

import cookbook
from workflow import Workflow

MODULES: dict[str, ModuleType] = {
    found.name: importlib.import_module(f"cookbook.{found.name}") for found in pkgutil.iter_modules(cookbook.__path__)
}
RECIPES: dict[str, Workflow[Any, Any]] = {name: getattr(module, name) for name, module in MODULES.items()}
"""Every module has one workflow of its own name."""

GOLDEN = Path(__file__).parent / "golden"
FILES = {GOLDEN / f"{name}.asl.json": recipe for name, recipe in RECIPES.items()}
"""Every golden file and the workflow that it shows."""


def write() -> list[Path]:
    """Write every file whose workflow has changed. Returns those."""
    GOLDEN.mkdir(exist_ok=True)
    changed = [file for file in FILES if not is_current(file)]
    for file in changed:
        file.write_text(FILES[file].to_json(), encoding="utf-8")
    return changed


def is_current(file: Path) -> bool:
    """Whether a file shows its workflow as it is."""
    return file.exists() and file.read_text(encoding="utf-8") == FILES[file].to_json()
