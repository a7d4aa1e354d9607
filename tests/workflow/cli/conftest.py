"""The command line called in-process, in an empty folder with one module of workflows."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from workflow.cli.app import main

APP = '''"""Orders."""

from dataclasses import dataclass

from workflow import Choice, Fail, Pass, Succeed, Table, Task, Try, Workflow, PutItem


@dataclass
class Order:
    id: str
    total: float


def price(order: Order) -> Order:
    return order


orders = Table("orders", Order)
store = PutItem("Store", orders, of=Order, item=lambda o: o).timeout(5)
big = Choice("Big?", Order).when(lambda o: o.total > 100, then=Fail("Too big")).otherwise(store)
flow = Try("Order", Task("Price", price).timeout(10) >> big).catch("States.ALL", then=Fail("Failed"))
shop = Workflow.express("shop", flow, timeout=120)
small = Workflow.standard("small", Pass("Total", Order, lambda o: o.total) >> Succeed("Done"))
'''

WIDE = """from dataclasses import dataclass

from workflow import Map, Pass, Workflow


@dataclass
class Order:
    totals: list[float]


one = Pass("One", float, lambda t: t + 1)
many = Map("Each", one, of=Order, items=lambda o: o.totals, max_concurrency=100)
wide = Workflow.standard("wide", many)
"""

MISTAKE = """from dataclasses import dataclass

from workflow import Pass, Workflow


@dataclass
class Order:
    id: str
    total: float


total = Pass("Total", Order, lambda o: o.totel)
shop = Workflow.standard("shop", total)
"""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command in a folder that holds app.py and mistake.py."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "mistake.py").write_text(MISTAKE)
    (tmp_path / "wide.py").write_text(WIDE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    linecache.clearcache()
    before = set(sys.modules)

    def command(*args: str) -> Said:
        for name in set(sys.modules) - before:
            if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
                del sys.modules[name]
        with pytest.raises(SystemExit) as exit:
            main(args)
        out, err = capsys.readouterr()
        return Said(exit.value.code if isinstance(exit.value.code, int) else -1, out, err)

    yield command
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]
