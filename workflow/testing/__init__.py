"""Testing workflows as units: on virtual time, with real handlers, and AWS in memory.

`run` and `Environment` run a workflow or a part of it and give a `Result`; `answers=` stand in for tasks. `recorded`
opens executions of AWS as the same `Result`, `coverage` says what tests went through, `cases` keeps an execution as a
test case, and `teststate` sends one to AWS. The one part of the language that uses the simulator.
"""

from .answers import NEVER, REAL, After, Answers, fails, in_turn
from .environment import Environment, Unanswered, run
from .execution import Execution, NothingWaits, Stuck
from .history import Attempt, Branch, Visit
from .memory import Message
from .path import Path
from .result import NotSucceeded, Result
from .tables import Items

__all__ = [
    "NEVER",
    "REAL",
    "After",
    "Answers",
    "Attempt",
    "Branch",
    "Environment",
    "Execution",
    "Items",
    "Message",
    "NotSucceeded",
    "NothingWaits",
    "Path",
    "Result",
    "Stuck",
    "Unanswered",
    "Visit",
    "fails",
    "in_turn",
    "run",
]
