"""Choice routing: each kind of message goes its own way and all ways meet again.

Use it when one entry point serves several kinds of work. The kinds are a Literal, so a misspelt one is an error at
import; what no rule takes goes to `.otherwise`.
"""

from dataclasses import dataclass
from typing import Literal

from workflow import Choice, Pass, Task, Workflow


@dataclass
class Message:
    kind: Literal["invoice", "receipt", "letter"]
    text: str


@dataclass
class Filed:
    folder: str
    text: str


def read_invoice(message: Message) -> Filed:
    return Filed("invoices", message.text)


def read_receipt(message: Message) -> Filed:
    return Filed("receipts", message.text)


routed = (
    Choice("Kind?", Message)
    .when(lambda m: m.kind == "invoice", then=Task("Read invoice", read_invoice).timeout(20))
    .when(lambda m: m.kind == "receipt", then=Task("Read receipt", read_receipt).timeout(20))
    .otherwise(Pass("Letter", Message, lambda m: Filed("letters", m.text)))
)
shortened = Pass("Shorten", Filed, lambda f: Filed(f.folder, f.text[:40]))
routing = Workflow.express("routing", routed >> shortened, timeout=120)
