"""Each recipe's definition is its golden file, fits a screen, and says when to use it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cookbook.recipes import FILES, GOLDEN, MODULES, RECIPES

ROOT = Path(__file__).parents[2]
INDEX = (ROOT / "cookbook" / "README.md").read_text(encoding="utf-8")
SCREEN = 80
"""Lines of a recipe, its first lines included."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.split(".")[0])
def test_golden(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == FILES[file].to_json(), "wanted? then `make golden`"


def test_every_golden_file_has_its_recipe() -> None:
    assert set(GOLDEN.iterdir()) == set(FILES)
    assert len(RECIPES) >= 20


@pytest.mark.parametrize("name", MODULES)
def test_a_recipe_fits_a_screen_and_says_when_to_use_it(name: str) -> None:
    text = Path(str(MODULES[name].__file__)).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= SCREEN
    assert "\nUse it " in str(MODULES[name].__doc__)
    assert RECIPES[name].name == name.replace("_", "-")


def test_the_index_names_every_recipe_by_its_first_line() -> None:
    listed = dict(re.findall(r"^\| \[(\w+)\]\(\1\.py\) \| (.*) \|$", INDEX, re.MULTILINE))
    first = {name: str(module.__doc__).splitlines()[0].rstrip(".") for name, module in MODULES.items()}
    assert listed == first
