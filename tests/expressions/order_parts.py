# ruff: noqa
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false, reportReturnType=false
"""Parts of lists by computed places, pairs, keys that are enum members: expressions over an Order that have to mean the same as in Python."""

from __future__ import annotations

from enum import Enum

from .orders import *


class Mixed(Enum):
    ONE = 1
    TWO = "two"


EQUAL: dict[str, Any] = {
    "opts zip": lambda o: list(zip(o.opts, o.opt_texts)),
    "opts zip comp": lambda o: [p for p in zip(o.opts, o.opt_texts)],
    "opts zip dict": lambda o: [{"p": p} for p in zip(o.opts, o.opt_texts)],
    "opts enumerate": lambda o: list(enumerate(o.opts)),
    "opts enumerate comp": lambda o: [p for p in enumerate(o.opts)],
    "opts enumerate zip": lambda o: [(i, p) for i, p in enumerate(zip(o.opts, o.tags))],
    "opts zip sorted": lambda o: sorted(zip(o.nums, o.opts), key=lambda p: p[0]),
    "opts zip next": lambda o: next(iter(zip(o.opts, o.tags)), None),
    "opts zip tuple": lambda o: tuple(zip(o.opts, o.opts)),
    "argmax": lambda o: max(range(len(o.vals)), key=lambda i: o.vals[i], default=-1),
    "argsort": lambda o: sorted(range(len(o.vals)), key=lambda i: o.vals[i]),
    "argsort opts": lambda o: sorted(range(len(o.opts)), key=lambda i: o.opts[i] or 0.0),
    "rows i 0": lambda o: [o.matrix[i][0] for i in range(len(o.matrix)) if o.matrix[i]],
    "rows i j": lambda o: [o.matrix[i][j] for i in range(len(o.matrix)) for j in range(len(o.matrix[i]))],
    "rows i -1": lambda o: [o.matrix[i][-1] for i in range(len(o.matrix)) if len(o.matrix[i]) > 0],
    "rows i len": lambda o: [len(o.matrix[i]) for i in range(len(o.matrix))],
    "rows count": lambda o: o.matrix[o.rank][0] if len(o.matrix) > o.rank and o.matrix[o.rank] else None,
    "rows 0 i": lambda o: [o.matrix[0][i] for i in range(len(o.matrix[0]))] if o.matrix else [],
    "pairs i 0": lambda o: [o.pairs[i][0] for i in range(len(o.pairs))],
    "route i": lambda o: [o.route[i].lat for i in range(len(o.route))],
    "route i+1": lambda o: [o.route[i + 1].lat - o.route[i].lat for i in range(len(o.route) - 1)],
    "lines i notes 0": lambda o: [o.lines[i].notes[0] for i in range(len(o.lines)) if o.lines[i].notes],
    "route zip": lambda o: [a.lat for a, b in zip(o.route, o.tags)],
    "route max i": lambda o: max((o.route[i].lat for i in range(len(o.route))), default=0.0),
    "groups i": lambda o: [o.groups[k][0] for k in o.groups if o.groups[k]],
    "sorted pairs first": lambda o: [sorted(o.pairs)[i][0] for i in range(len(o.pairs))],
    "enum hue": lambda o: {Hue.RED: "r", Hue.GREEN: "g"}[o.hue],
    "enum hue get": lambda o: {Hue.RED: "r"}.get(o.hue, "-"),
    "enum hue in": lambda o: o.hue in {Hue.RED: "r"},
    "enum hue build": lambda o: {o.hue: o.count, "x": 1},
    "enum hue build2": lambda o: {o.hue: o.count},
    "enum hue comp": lambda o: {h: h is o.hue for h in Hue},
    "enum hue comp name": lambda o: {h.name: h is o.hue for h in Hue},
    "enum prio comp": lambda o: {p: p is o.prio for p in Prio},
    "enum prio key": lambda o: {o.prio: 1},
    "enum hue local": lambda o: (lambda d: d[o.hue])({Hue.RED: o.count, Hue.GREEN: o.rank}),
    "enum hue keys": lambda o: [k.name for k in {o.hue: 1}],
}  # fmt: skip
EQUAL |= {
    "opts i": lambda o: [o.opts[i] for i in range(len(o.opts))],
    "opts i none": lambda o: [o.opts[i] is None for i in range(len(o.opts))],
    "opts i raises": lambda o: o.opts[o.rank],
    "opts -i raises": lambda o: o.opts[-o.rank],
    "opts raises": lambda o: o.opts[1],
    "texts i": lambda o: o.opt_texts[o.rank] or "-",
}  # fmt: skip
