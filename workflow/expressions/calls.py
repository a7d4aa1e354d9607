"""Calls: built-ins by table, users' functions inlined, impure functions translated or refused, libraries never entered."""
from __future__ import annotations

import functools
import inspect
import random
import sysconfig
import time
import types
import uuid
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from . import source
from .constants import NEVER_PURE, const_fn, hashable, pure, real
from .errors import Refused, did_you_mean
from .nodes import FALSE, TRUE, Const, Node, binary, call, const
from .rules import dicts, lists, models, numbers, text, times
from .scope import TYPE_NAMES, Bound, Closure, Value
from .kinds import FLOAT, INT, STR, EnumT, ModelT, OpaqueT, from_annotation, is_record, join, kind, members, show

if TYPE_CHECKING: from .interpret import Interpreter

IMPURE: dict[Any, Any] = {
    uuid.uuid4: lambda b: call("uuid", type=OpaqueT("UUID")), random.random: lambda b: call("random", type=FLOAT),
    time.time: lambda b: binary(call("millis", type=INT), "/", const(1000), FLOAT),
}
FUNCTIONS: dict[Any, Any] = {**numbers.FUNCTIONS, **lists.FUNCTIONS, str: text.to_text, timedelta: times.make_delta,
    format: lambda b, x, spec=const(""): text.formatted(b, x, spec.value)}
METHODS: dict[tuple[str, str], Any] = {**text.METHODS, **lists.METHODS, **dicts.METHODS, **times.METHODS}
LIBRARIES = tuple({sysconfig.get_paths()[k] for k in ("stdlib", "platstdlib", "purelib", "platlib")})


def call_value(it: "Interpreter", f: Value, args: list[Value], kw: dict[str, Value]) -> Value:
    if isinstance(f, Closure): return it.enter(f.node, f.frame, f.scope.names, f.defaults, f.kw_defaults, args, kw, f.node)
    if isinstance(f, Bound): return call_value(it, const_fn(f.function), [f.receiver, *args], kw)
    if not isinstance(f, Const): raise Refused("this is not a function")
    fn = f.value
    if getattr(fn, "__self__", None) is datetime and fn.__name__ in NEVER_PURE:
        if fn.__name__ == "now": return rule(times.now, fn.__qualname__, it, args, kw)
        raise Refused(f"datetime.{fn.__name__}() would be decided when compiling", "write datetime.now(timezone.utc)")
    if hashable(fn) and fn in IMPURE: return rule(IMPURE[fn], fn.__name__, it, args, kw)
    if isinstance(fn, functools.partial): return call_value(it, const_fn(fn.func), [*map(const_fn, fn.args), *args], {**{k: const_fn(v) for k, v in fn.keywords.items()}, **kw})
    if isinstance(fn, types.MethodType): return call_value(it, const_fn(fn.__func__), [const_fn(fn.__self__), *args], kw)
    if hasattr(fn, "cache_info") and hasattr(fn, "__wrapped__"): return call_value(it, const_fn(fn.__wrapped__), args, kw)
    if fn is isinstance and len(args) == 2 and not isinstance(args[0], Const): return is_instance(it, args)
    if fn in (getattr, hasattr) and len(args) >= 2 and isinstance(args[0], Node) and not isinstance(args[0], Const): return get_attr(it, fn, args)
    if fn is dict and not args: return dicts.record([(const(k), v) for k, v in zip(kw, nodes(list(kw.values())))])
    if all(isinstance(a, Const) for a in (*args, *kw.values())) and pure(fn): return real(fn, args, kw)
    if hashable(fn) and fn in FUNCTIONS: return rule(FUNCTIONS[fn], fn.__name__, it, args, kw)
    if isinstance(fn, types.FunctionType):
        if library(fn, it): raise Refused(f"{fn.__module__}.{fn.__qualname__}() is library code and is not read", "call it in a Task")
        node, cls = source.find(fn)
        return it.enter(node, it.frame_of(fn, cls), {}, tuple(map(const_fn, fn.__defaults__ or ())), {k: const_fn(v) for k, v in (fn.__kwdefaults__ or {}).items()}, args, kw, fn.__code__)
    if isinstance(fn, type) and is_record(fn): return models.build(it, fn, nodes(args), dict(zip(kw, nodes(list(kw.values())))))
    if isinstance(fn, types.MethodDescriptorType) and args and isinstance(args[0], Node): return method(it, args[0], fn.__name__, args[1:], kw)
    if isinstance(fn, type) and issubclass(fn, Enum): raise Refused(f"{fn.__name__}(...) of a value of the execution", f"declare the field as {fn.__name__}")
    owner = getattr(fn, "__self__", None)
    if isinstance(owner, (str, dict, list, tuple, datetime)): return method(it, const_fn(owner), fn.__name__, args, kw)
    special = getattr(type(fn), "__call__", None)
    if isinstance(special, types.FunctionType): return call_value(it, const_fn(special), [f, *args], kw)
    name = getattr(fn, "__qualname__", repr(fn))
    raise Refused(f"{name}() cannot run inside Step Functions", "compute it in a Task, or outside the lambda if it does not depend on the execution")


def method(it: "Interpreter", x: Node, name: str, args: list[Value], kw: dict[str, Value]) -> Value:
    """receiver.name(args)"""
    k = kind(x.type)
    if isinstance(x, Const):
        if isinstance(x.value, (str, dict, list, tuple, int, float, set, frozenset)) or all(isinstance(a, Const) for a in args):
            f = getattr(x.value, name, None)
            if f is not None and not isinstance(f, (types.MethodType, types.FunctionType)) and all(isinstance(a, Const) for a in (*args, *kw.values())) and pure(f):
                return real(f, args, kw)
    if (k, name) in METHODS: return rule(METHODS[k, name], f".{name}", it, [x, *args], kw)
    if k == "model":
        if name in ("model_copy", "copy") and hasattr(x.type.cls, "model_fields"): return rule(models.copy, name, it, [x, *args], kw)  # type: ignore[attr-defined]
        return call_value(it, it.attribute(x, name), args, kw)
    if isinstance(x, Const) and not isinstance(x.value, (str, dict, list, tuple, int, float)): return call_value(it, it.attribute(x, name), args, kw)
    from .conditions import refuse_none
    refuse_none(f".{name}()", x)
    if isinstance(x.type, EnumT) and isinstance(member := inspect.getattr_static(x.type.cls, name, None), types.FunctionType): return call_value(it, const_fn(member), [x, *args], kw)
    raise Refused(f".{name}() of a {show(x.type)} has no JSONata form here", did_you_mean(name, [n for kk, n in METHODS if kk == k]) or "do it in a Task")


def rule(f: Any, name: str, it: "Interpreter", args: list[Value], kw: dict[str, Value]) -> Value:
    try: inspect.signature(f).bind(it, *args, **kw)
    except TypeError as e: raise Refused(f"{name}() with these arguments has no JSONata form ({e})") from e
    takes_values = f in VALUES_OK
    if not takes_values: nodes(args), nodes(list(kw.values()))
    return f(it, *args, **kw)  # type: ignore[no-any-return]

VALUES_OK = set(lists.FUNCTIONS.values()) | {text.join}

def nodes(vs: list[Value]) -> list[Node]:
    for v in vs:
        if not isinstance(v, Node): raise Refused("a function or an iterator cannot stand here", "make it a list: [... for ...]")
    return vs  # type: ignore[return-value]

def library(fn: types.FunctionType, it: "Interpreter") -> bool:
    if (fn.__module__ or "").split(".")[0] == it.package: return False
    return fn.__code__.co_filename.startswith(LIBRARIES) or fn.__code__.co_filename.startswith("<frozen")


def is_instance(it: "Interpreter", args: list[Value]) -> Node:
    x, c = args
    if not isinstance(x, Node) or not isinstance(c, Const): raise Refused("isinstance() of something computed")
    classes = c.value if isinstance(c.value, tuple) else (c.value,)
    want = join(*[from_annotation(k) for k in classes])
    def inside(m: Any) -> bool:
        return any(kind(m) == kind(w) and not isinstance(m, (ModelT, EnumT)) and (kind(m) != "number" or w == m or len(classes) > 1)
                   or isinstance(m, (ModelT, EnumT)) and isinstance(w, (ModelT, EnumT)) and issubclass(m.cls, w.cls) for w in members(want))
    yes = [m for m in members(x.type) if inside(m)]
    no = [m for m in members(x.type) if not inside(m)]
    if not no: return TRUE
    if not yes: return FALSE
    names = {n for n, ks in TYPE_NAMES.items() for m in yes if kind(m) in ks}
    others = {n for n, ks in TYPE_NAMES.items() for m in no if kind(m) in ks}
    if names & others or len(names) != 1: raise Refused(f"isinstance() cannot tell {show(join(*yes))} from {show(join(*no))} in JSON", "add a Literal field to tell them apart")
    return binary(call("type", x, type=STR), "=", const(names.pop()))

def get_attr(it: "Interpreter", fn: Any, args: list[Value]) -> Value:
    name = args[1]
    if fn is hasattr or not isinstance(name, Const): raise Refused("hasattr() and computed names", "write x.name")
    return it.attribute(args[0], name.value)
