# ruff: noqa
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false, reportReturnType=false
"""Tables and helpers of the module, what raises, quotes, single items in lists: expressions over an Order that have to mean the same as in Python."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from .orders import *

T = TypeVar("T")
MAX: Final = 3
LOOKUP: dict[str, tuple[int, str]] = {"web": (1, "w"), "shop": (2, "s"), "phone": (3, "p")}
RULES = [("big", 50.0), ("mid", 10.0), ("small", 0.0)]
TIERS = {"gold": {"min": 100.0, "perks": ["a", "b"]}, "std": {"min": 0.0, "perks": []}}
PRICES = {Status.NEW: 1.5, Status.PAID: 2.5}


@dataclass
class Policy:
    limit: float
    tags: list[str] = field(default_factory=list)

    def allows(self, o: Order) -> bool:
        return o.total <= self.limit and not set(self.tags) & set(o.tags)

    def reason(self, o: Order) -> str | None:
        if self.allows(o):
            return None
        return f"over {self.limit:.0f}" if o.total > self.limit else "tagged"


class Named(Protocol):
    name: str


def first(xs: list[T], default: T) -> T:
    return xs[0] if xs else default


def clamp(x: float, *, lo: float = 0.0, hi: float = 1.0) -> float:
    return lo if x < lo else hi if x > hi else x


def tier(o: Order) -> str:
    return next(name for name, least in RULES if o.total >= least) if o.total >= 0 else "none"


def recurse_tree(o: Order) -> int:
    return len(o.tree.children) + sum(len(c.children) for c in o.tree.children)


def kwargs_pass(o: Order) -> float:
    opts = {"lo": 1.0, "hi": 5.0}
    return clamp(o.total, **opts)


def star_args(o: Order) -> float:
    args = (o.total, o.tax or 0.0)
    return max(*args)


def ret_multi(o: Order) -> tuple[int, list[str], str | None]:
    n = len(o.lines)
    codes = [l.product_code for l in o.lines]
    return n, codes, codes[0] if codes else None


def use_multi(o: Order) -> str:
    n, codes, head = ret_multi(o)
    return f"{n}:{','.join(codes)}:{head or '-'}"


def inner_match(o: Order) -> list[str]:
    def name(p: Card | Bank | Cash) -> str:
        match p:
            case Card(last4=x):
                return "card " + x
            case Bank(iban=i):
                return "bank " + i
            case Cash(given=g):
                return f"cash {g:.1f}"

    return [name(p) for p in o.payments]


def inner_if(o: Order) -> list[str]:
    def name(p: Card | Bank | Cash) -> str:
        if isinstance(p, Card):
            return p.last4
        if isinstance(p, Bank):
            bic = p.bic
            return bic if bic is not None else p.iban
        return f"{p.given:.0f}"

    return [name(p) for p in o.payments] + [name(o.payment)]


def assert_never_like(o: Order) -> str:
    p = o.payment
    if p.kind == "cash":
        return "c"
    elif p.kind == "card":
        return p.last4 or "-"
    assert p.kind == "bank"
    return p.iban


def walrus_chain(o: Order) -> str:
    if (b := o.billing) and (z := b.zip):
        return z
    elif (r := o.refund) is not None and r.amount > 0:
        return f"{r.amount:.2f}"
    return "none"


def nested_ternary(o: Order) -> str:
    return ("vip" if o.vip else "gift") if o.gift else ("late" if o.retries and o.retries > 3 else "norm")


def bool_var(o: Order) -> str:
    has_note = o.note is not None and o.note != ""
    paid = o.paid is not None
    if has_note and paid:
        return "both"
    return "note" if has_note else "paid" if paid else "-"


def guard_var_use(o: Order) -> str:
    ok = o.note is not None
    return o.note.upper() if ok else "-"


def not_none_list(o: Order) -> list[float]:
    xs = [o.tax, o.refund.amount if o.refund else None, o.total]
    return [x for x in xs if x is not None]


def running(o: Order) -> list[float]:
    return [sum(o.vals[: i + 1]) / (i + 1) for i in range(len(o.vals))]


def pct(o: Order) -> dict[str, str]:
    n = len(o.lines)
    return {s.value: f"{sum(1 for l in o.lines if l.status is s) / n:.0%}" for s in Status} if n else {}


def by_prefix(o: Order) -> dict[str, list[str]]:
    keys = sorted({l.product_code[:2] for l in o.lines})
    return {k: sorted(l.product_code for l in o.lines if l.product_code.startswith(k)) for k in keys}


def merge_all(o: Order) -> dict[str, int]:
    return (
        functools.reduce(lambda a, d: {**a, **d}, o.nested.values(), {})
        if False
        else {k: v for d in o.nested.values() for k, v in d.items()}
    )


def shadow_builtin(o: Order) -> int:
    sum = o.count
    len = o.rank
    return sum + len


def default_mutable(o: Order, extra: tuple[str, ...] = ("z",)) -> list[str]:
    return [*o.tags, *extra]


EQUAL: dict[str, Any] = {
    "policy": Policy(50.0, ["b"]).allows,
    "policy reason": Policy(5.0).reason,
    "policy tags": Policy(1e6, ["only"]).reason,
}
EQUAL |= {
    f.__name__: f
    for f in (
        tier,
        recurse_tree,
        kwargs_pass,
        star_args,
        ret_multi,
        use_multi,
        inner_match,
        inner_if,
        assert_never_like,
        walrus_chain,
        nested_ternary,
        bool_var,
        guard_var_use,
        not_none_list,
        running,
        pct,
        by_prefix,
        merge_all,
        shadow_builtin,
        default_mutable,
    )
}
EQUAL |= {
    "const tuple table": lambda o: LOOKUP[o.channel][0],
    "const tuple unpack": lambda o: (lambda n, s: s * n)(*LOOKUP[o.channel]),
    "const tuple get": lambda o: LOOKUP.get(o.channel, (0, ""))[1],
    "const nested table": lambda o: TIERS["gold" if o.total > 50 else "std"]["min"],
    "const nested perks": lambda o: TIERS["gold"]["perks"] if o.vip else [],
    "const rules comp": lambda o: [name for name, least in RULES if o.total >= least],
    "const rules any": lambda o: any(o.total > least for _, least in RULES),
    "const table partial": lambda o: PRICES.get(o.status),
    "const table partial or": lambda o: PRICES.get(o.status, 0.0) * 2,
    "const table in": lambda o: PRICES[o.status] if o.status in PRICES else -1.0,
    "const slices": lambda o: o.tags[:MAX],
    "const list index": lambda o: ["a", "b", "c"][min(o.rank, 2)],
    "const max": lambda o: max(o.count, MAX),
    "generic helper": lambda o: first(o.tags, "-") + str(first(o.nums, 0)),
    "helper kw": lambda o: clamp(o.total, hi=10.0),
    "helper in comp": lambda o: [clamp(v) for v in o.vals],
    "helper as key": lambda o: sorted(o.vals, key=clamp),
    "helper as map": lambda o: list(map(clamp, o.vals)),
    "helper as filter": lambda o: list(filter(Status.NEW.__eq__, o.statuses)) if False else [s for s in o.statuses if s == Status.NEW],
    "partial key": lambda o: sorted(o.vals, key=functools.partial(clamp, hi=2.0)),
    "str methods as fn": lambda o: [*map(str.strip, o.tags), *map(str.title, ["a"])],
    "len as key": lambda o: min(o.tags, key=len, default=""),
    "abs key": lambda o: max(o.vals, key=abs, default=0.0),
    "sorted reverse len": lambda o: sorted(o.tags, key=len, reverse=True),
    "neg zero": lambda o: -o.total if o.total else 0.0,
    "float eq": lambda o: o.total == 12.5,
    "float in": lambda o: 1.5 in o.vals,
    "float dict": lambda o: {k: v * 2 for k, v in o.weights.items()},
    "float sum cmp": lambda o: sum(o.vals) > sum(o.nums),
    "float div zero raises": lambda o: o.total / o.rank,
    "int mod raises": lambda o: o.count % o.rank,
    "int div raises guarded": lambda o: o.count // o.rank if o.rank else None,
    "div guarded and": lambda o: o.rank != 0 and o.count / o.rank > 1,
    "div guarded or": lambda o: o.rank == 0 or o.count / o.rank > 1,
    "div in comp": lambda o: [o.count / n for n in o.nums if n],
    "div in comp raises": lambda o: [o.count / n for n in o.nums],
    "idx raises in or": lambda o: o.vip or o.tags[0] == "x",
    "idx raises unused": lambda o: [o.tags[0], 1][1],
    "key raises in comp": lambda o: [o.stock[l.product_code] for l in o.lines],
    "int text raises": lambda o: [int(t) for t in o.tags],
    "max raises": lambda o: max(o.nums) - min(o.nums),
    "next raises": lambda o: next(t for t in o.tags if t.startswith("b")),
    "strip raises none": lambda o: (o.note or "").strip().split(" ")[0],
    "assert-like": lambda o: o.lines[0].product_code if len(o.lines) > 0 else None,
    "lines len 1": lambda o: o.lines[0].product_code if len(o.lines) == 1 else "many",
    "lines ge": lambda o: o.lines[1].product_code if len(o.lines) >= 2 else "few",
    "lines not":  lambda o: not (o.lines and o.lines[0].notes and o.vip),
    "bool or": lambda o: bool(o.note or o.lines or o.retries),
    "lines and": lambda o: bool(o.lines and o.lines[0].notes and o.lines[0].notes[0] == "n1"),
    "lines not or": lambda o: not o.lines or o.lines[-1].quantity == 1,
    "unicode key": lambda o: {"clé": o.count, "日本": o.customer, "a b": 1, "x-y": 2, "$": 3, "": 4},
    "unicode key read": lambda o: {"clé": o.count}["clé"] + {"a b": 1}["a b"],
    "quotes in text": lambda o: o.customer == 'Zoë "Q" O\'Neil\nline2',
    "backslash": lambda o: "\\" in (o.note or ""),
    "tab split": lambda o: (o.note or "").split("\t"),
    "newline join": lambda o: "\r\n".join(o.tags),
    "regex chars": lambda o: o.order_no.replace(".", "*").replace("/", "+").replace("*", "[x]").replace("+", "(y)"),
    "regex strip": lambda o: f"..{o.channel}..".strip(".") + f"[[{o.channel}]]".strip("[]") + f"^{o.channel}$".strip("^$"),
    "braces text": lambda o: "{%" + o.channel + "%}",
    "percent": lambda o: f"{o.count}%" + "100%",
    "dollar": lambda o: "$" + o.channel + "$states.input",
    "backtick": lambda o: "`" + o.channel + "`",
    "null text": lambda o: o.channel + "null" + "\x00" if False else o.channel + "null",
    "emoji": lambda o: o.channel + "👍🏽é",
    "long text": lambda o: o.channel + "x" * 200,
    "true text": lambda o: "true" if o.vip else "false",
    "int keys": lambda o: {1: o.count, 2: o.rank}[o.rank] if o.rank else 0,
    "int keys get": lambda o: {0: "zero", 1: "one"}.get(o.count, "many"),
    "bool keys": lambda o: {"yes": o.vip, "no": not o.vip},
    "none values": lambda o: {"a": None, "b": o.note},
    "nested empty": lambda o: {"a": [], "b": {}, "c": [[]], "d": [{}]},
    "nested empties computed": lambda o: {"a": [x for x in o.tags if x == "zzz"], "b": {k: v for k, v in o.stock.items() if v > 1e9}, "c": [[x for x in o.nums if x > 1e9]]},
    "singleton nests": lambda o: [[[o.count]]],
    "singleton comp nests": lambda o: [[[t] for t in o.tags[:1]] for _ in range(1)],
    "singleton dict comp": lambda o: [{t: [t]} for t in o.tags[:1]],
    "singleton flat": lambda o: [x for r in [o.tags[:1]] for x in r],
    "singleton sorted": lambda o: sorted(o.tags[:1]),
    "singleton reversed": lambda o: list(reversed(o.tags[:1])),
    "singleton set": lambda o: sorted(set(o.tags[:1])),
    "singleton split": lambda o: o.channel.split("/"),
    "singleton filter map": lambda o: [n * 2 for n in o.nums if n == 3],
    "singleton values": lambda o: list(o.groups.values())[:1],
    "singleton keys": lambda o: list(o.groups.keys())[:1],
    "singleton zip": lambda o: list(zip(o.tags[:1], o.nums[:1])),
    "singleton concat": lambda o: o.tags[:1] + o.tags[:1],
    "singleton rows plus": lambda o: o.matrix[:1] + o.matrix[1:],
    "singleton cond": lambda o: o.matrix[:1] if o.vip else o.matrix[-1:],
    "singleton row": lambda o: (o.matrix[:1] or [[9.0]])[0],
}  # fmt: skip
