"""URNs: the names by which Pulumi tells the resources of one stack apart.

Stage: the engine's foundation. `urn:pulumi:STACK::PROJECT::PARENT-TYPE$TYPE::NAME`
(https://www.pulumi.com/docs/iac/concepts/resources/names/#urns). A resource that moves under another component gets
another URN.
"""

from __future__ import annotations

import hashlib

STACK_TYPE = "pulumi:pulumi:Stack"


def make(stack: str, project: str, type: str, name: str, parent: str = "") -> str:
    """The URN of a resource; `parent` is its parent's URN. The stack itself does not show in its children's URNs."""
    qualified = type
    if parent and type_of(parent) != STACK_TYPE:
        qualified = f"{_qualified_type(parent)}${type}"
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def type_of(urn: str) -> str:
    """`aws:sqs/queue:Queue` of a URN, without its parents' types."""
    return _qualified_type(urn).rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    """The last part, the name given in the program. It may itself contain `::`."""
    return urn.split("::", 3)[3]


def hexadecimal(urn: str, digits: int = 7, generation: int = 0) -> str:
    """The suffix of an automatic name: the same in every run of a stack, another for every URN and `generation`.

    Pulumi takes random digits and remembers them; a fresh start with the same names is what a local stack wants.
    """
    return hashlib.sha256(f"{urn}#{generation}".encode()).hexdigest()[:digits]


def _qualified_type(urn: str) -> str:
    return urn.split("::", 3)[2]
