"""The role of a workflow, derived from its definition: arns, statement, uses, then the rules, then derive."""

from .arns import ACCOUNT, REGION, SELF
from .derive import Permissions, derive
from .statement import Statement

__all__ = ["ACCOUNT", "REGION", "SELF", "Permissions", "Statement", "derive"]
