"""Nested parallel: load three sources at once, two of them through a Parallel of their own.

Use it when a view needs several independent answers, and some of those need several in turn. The time is that of the
slowest branch, not the sum.
"""

from dataclasses import dataclass

from workflow import Parallel, Task, Workflow


@dataclass
class Customer:
    id: str


@dataclass
class Page:
    name: str
    orders: int
    tickets: int


def load_name(customer: Customer) -> str:
    return f"Customer {customer.id}"


def count_orders(customer: Customer) -> int:
    return len(customer.id)


def count_tickets(customer: Customer) -> int:
    return 0


counts = Parallel("Counts", Task("Orders", count_orders).timeout(5), Task("Tickets", count_tickets).timeout(5))
page = Parallel("Page", Task("Name", load_name).timeout(5), counts).output(
    lambda found: Page(found[0], found[1][0], found[1][1])
)
nested_parallel = Workflow.express("nested-parallel", page, timeout=60)
