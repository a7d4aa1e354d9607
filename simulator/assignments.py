"""Checks the names of the variables that a state assigns.

https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html

The page also says that no inner scope assigns what an outer one does; AWS runs definitions that do, so it is not
checked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: The longest name of a variable, in characters.
NAME_LIMIT = 80


def assignment_misfits(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each variable of a state's, its catchers' and its rules' Assign that cannot be named so, as (message, place)."""
    entries: list[tuple[Any, str]] = [(state, "")]
    for field in ("Catch", "Choices"):
        found = state.get(field)
        if isinstance(found, list):
            entries += [(entry, f"{field}[{index}]/") for index, entry in enumerate(found)]
    for entry, place in entries:
        assign = entry.get("Assign") if isinstance(entry, dict) else None
        for field in assign if isinstance(assign, dict) else ():
            name = field.removesuffix(".$")
            if name == "states" or not name.isidentifier() or len(name) > NAME_LIMIT:
                yield f"'{name}' cannot be the name of a variable", f"{place}Assign/{field}"
