"""Calls: built-ins by table, users' functions inlined, what changes each time translated or refused, libraries never
entered."""

from __future__ import annotations

import functools
import inspect
import operator
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from workflow.diagnostics import did_you_mean

from . import source
from .attributes import attribute_value, class_member
from .binding import data
from .builder import Reader
from .conditions import keep
from .constants import NEVER_PURE, const_of, hashable, pure, real
from .demands import refuse_none
from .functions import FUNCTIONS, METHODS, apply_rule, by_name, changing, method_names
from .kinds import (
    EnumKind,
    RecordKind,
    RootKind,
    TupleKind,
    an,
    family,
    from_annotation,
    is_pydantic,
    is_record,
    is_typed_dict,
)
from .libraries import is_library
from .nodes import Array, Const, Node, or_null
from .refusals import Page, Refusal, refuse
from .rules import fields, models, parts, times, unions
from .scope import Bound, Closure, Frame, Scope, Value

CHANGING = ("os", "random", "secrets", "time", "uuid", "socket", "platform", "getpass", "tempfile")
INSTEAD = {
    "format": "write an f-string",
    "splitlines": 'write .split("\\n")',
    "capitalize": "write x[:1].upper() + x[1:].lower()",
    "title": "write the words out, or do it in a Task",
    "center": "write an f-string: f'{x:^10}'",
    "casefold": "write .lower()",
    "islower": "compare: x == x.lower()",
    "isupper": "compare: x == x.upper()",
    "rfind": "write .rpartition(...), or do it in a Task",
    "rindex": "write .rpartition(...), or do it in a Task",
    "encode": "bytes have no JSON form: do it in a Task",
    "time": "read .hour, .minute and .second, or write strftime('%H:%M:%S')",
    "pop": "data of an execution is read-only: build what you want to keep",
    "sort": "write sorted(xs)",
    "reverse": "write xs[::-1]",
    "append": "write [*xs, x]",
    "extend": "write [*xs, *ys]",
    "update": "write {**a, **b}",
    "replace": "write the parts that change",
    "total_seconds": "a timedelta field is ISO text in JSON: keep seconds as a number, or do it in a Task",
}

INSTANTS = {"fromtimestamp": "fromtimestamp(x, tz=timezone.utc).date()", "today": "now(timezone.utc).date()"}
PYTHON: dict[str, type] = {"str": str, "list": list, "dict": dict, "set": set, "tuple": tuple, "datetime": datetime}
"""The classes whose methods are no slips of the pen, though they have no JSONata form."""

Args = Sequence[Value]
Keywords = Mapping[str, Value]


def call_value(it: Reader, f: Value, args: Args, kw: Keywords) -> Value:
    """f(*args, **kw)"""
    if isinstance(f, Closure):
        return it.enter(f, args, kw)
    if isinstance(f, Bound):
        return call_value(it, const_of(f.function), [f.receiver, *args], kw)
    if not isinstance(f, Const) or not callable(f.value):
        what = an(f.kind) if isinstance(f, Node) else "an iterator"
        raise refuse(Page.WRONG_TYPE, f"{what} is not a function", "leave the () out, or call a function or a method")
    fn = f.value
    if (unwrapped := unwrap(it, fn, args, kw)) is not None:
        return call_value(it, *unwrapped)
    if (made := special(it, fn, args, kw)) is not None:
        return made
    if all(isinstance(a, Const) for a in (*args, *kw.values())) and pure(fn):
        return built(it, fn, args, kw) if is_record(fn) else real(fn, args, kw)
    if hashable(fn) and fn in FUNCTIONS:
        return apply_rule(FUNCTIONS[fn], fn.__name__, it, args, kw)
    if isinstance(fn, types.FunctionType):
        return inlined(it, fn, args, kw)
    if isinstance(fn, type) or typing.get_origin(fn) is not None:
        return constructed(it, fn, args, kw)
    if isinstance(fn, types.MethodDescriptorType) and args and isinstance(args[0], Node):
        return method(it, args[0], fn.__name__, args[1:], kw)
    owner = getattr(fn, "__self__", None)
    if isinstance(owner, (str, dict, list, tuple, set, frozenset, date)):
        return method(it, const_of(owner), fn.__name__, args, kw)
    call_method = inspect.getattr_static(type(fn), "__call__", None)
    if isinstance(call_method, types.FunctionType):
        return call_value(it, const_of(call_method), [f, *args], kw)
    raise cannot_run(fn)


ANOTHER_WAY = {
    "json.dumps": "pass the value itself: data of an execution is JSON",
    "json.loads": "declare the field with the type that it has, or read it in a Task",
    "copy.copy": "use the value itself: data does not change",
    "copy.deepcopy": "use the value itself: data does not change",
    "dataclasses.asdict": "pass the value itself: it is an object in JSON",
    "pydantic.main.BaseModel.model_dump": "pass the value itself: it is an object in JSON",
    "pydantic.main.BaseModel.model_dump_json": "pass the value itself: data of an execution is JSON",
    "datetime.fromisoformat": "declare the field as datetime",
    "date.fromisoformat": "declare the field as date",
    "datetime.strptime": "declare the field as datetime, or read it in a Task",
    "Counter": "write {x: xs.count(x) for x in xs}",
    "repr": "write str(x), or an f-string with the quotes",
    "hex": "write an f-string: f'{x:x}'",
    "bin": "write an f-string: f'{x:b}'",
    "oct": "write an f-string: f'{x:o}'",
    "callable": "its type is known: decide it outside the lambda",
    "vars": "name the fields",
}
"""What to write in place of a function that many people reach for."""


def cannot_run(fn: Any) -> Exception:
    """The refusal of a function that is neither in the tables nor readable."""
    name = getattr(fn, "__qualname__", repr(fn))
    if isinstance(fn, type) and issubclass(fn, Enum):
        said = f"{name}(...) of a value of the execution"
        return refuse(Page.UNSUPPORTED_CALL, said, f"declare the field as {name}")
    instead = "compute it in a Task, or outside the lambda if it does not depend on the execution"
    instead = ANOTHER_WAY.get(name, instead)
    return refuse(Page.UNSUPPORTED_CALL, f"{name}() cannot run inside Step Functions", instead)


def unwrap(it: Reader, fn: Any, args: Args, kw: Keywords) -> tuple[Value, Args, Keywords] | None:
    """Partials, bound methods and caches: the call that they stand for."""
    if isinstance(fn, functools.partial):
        named = {**{k: const_of(v) for k, v in fn.keywords.items()}, **kw}
        return const_of(fn.func), [*map(const_of, fn.args), *args], named
    if isinstance(fn, types.MethodType):
        return const_of(fn.__func__), [const_of(fn.__self__), *args], kw
    if hasattr(fn, "cache_info") and hasattr(fn, "__wrapped__"):
        return const_of(fn.__wrapped__), args, kw
    return None


def special(it: Reader, fn: Any, args: Args, kw: Keywords) -> Value | None:
    """Calls that depend on more than the families of their arguments."""
    if isinstance(getattr(fn, "__self__", None), type) and issubclass(fn.__self__, date) and fn.__name__ in NEVER_PURE:
        if fn.__name__ == "now" and fn.__self__ is datetime:
            return apply_rule(times.now, fn.__qualname__, it, args, kw)
        if fn.__name__ == "fromtimestamp" and fn.__self__ is datetime:
            return apply_rule(times.from_timestamp, fn.__qualname__, it, args, kw)
        said = f"{fn.__qualname__}() would be decided when compiling"
        raise refuse(Page.IMPURE, said, f"write datetime.{INSTANTS.get(fn.__name__, 'now(timezone.utc)')}")
    known = [a for a in args if not isinstance(a, Const)]
    if (rule := changing(fn) or (by_name(fn) if known else None)) is not None:
        return apply_rule(rule, fn.__name__, it, args, kw)
    if fn is isinstance and len(args) == 2 and known:
        return unions.is_instance(*data(args))
    if fn in (getattr, hasattr) and len(args) >= 2 and known:
        return named_attribute(it, fn, args)
    if fn is typing.cast and len(args) == 2:
        return args[1]
    if isinstance(fn, operator.attrgetter) and len(args) == 1 and known:
        paths = [str(name).split(".") for name in fn.__reduce__()[1]]
        return one_or_more([functools.reduce(it.attribute, path, args[0]) for path in paths])
    if isinstance(fn, operator.itemgetter) and len(args) == 1 and known:
        whole = it.let(data(args)[0])
        return one_or_more([parts.part(it, whole, const_of(key)) for key in fn.__reduce__()[1]])
    return None


def one_or_more(values: Sequence[Value]) -> Value:
    """What a getter gives: a value, or a tuple of several."""
    if len(values) == 1:
        return values[0]
    items = tuple(map(or_null, data(values)))
    return Array(items, kind=TupleKind(tuple(x.kind for x in items)))


def named_attribute(it: Reader, fn: Any, args: Args) -> Value:
    """getattr(x, "name")"""
    name = args[1]
    if fn is hasattr or not isinstance(name, Const) or len(args) > 2:
        raise refuse(Page.UNSUPPORTED_CALL, f"{fn.__name__}() of a value of the execution", "write x.name")
    return it.attribute(args[0], name.value)


# ------------------------------------------------------------------ functions and classes
def inlined(it: Reader, fn: types.FunctionType, args: Args, kw: Keywords) -> Value:
    """A user's function, read where it is written."""
    package = str(it.frame.globals.get("__name__", "")).split(".")[0] or it.package
    if is_library(fn, it.package) and is_library(fn, package):
        name = f"{fn.__module__}.{fn.__qualname__}"
        if fn.__module__.split(".")[0] in CHANGING:
            raise refuse(
                Page.IMPURE, f"{name}() gives another value each time, or on each machine", "call it in a Task"
            )
        instead = ANOTHER_WAY.get(name, "call it in a Task")
        raise refuse(Page.LIBRARY_CODE, f"{name}() is library code and is not read", instead)
    return it.enter(closure_of(fn), args, kw)


def closure_of(fn: types.FunctionType) -> Closure:
    """A function with what it sees: its globals, its cells, its defaults."""
    node, cls = source.find(fn)
    cells: dict[str, Any] = {}
    for name, cell in zip(fn.__code__.co_freevars, fn.__closure__ or ()):
        try:
            cells[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    frame = Frame(fn.__code__.co_filename, fn.__globals__, cells, cls)
    defaults = tuple(map(const_of, fn.__defaults__ or ()))
    kw_defaults = {k: const_of(v) for k, v in (fn.__kwdefaults__ or {}).items()}
    return Closure(node, frame, Scope({}), defaults, kw_defaults, fn.__code__)


def constructed(it: Reader, cls: Any, args: Args, kw: Keywords) -> Value:
    """cls(...) of a model, a RootModel, a NamedTuple or an alias such as Box[int]."""
    given = dict(zip(kw, data(list(kw.values()))))
    kind = from_annotation(cls)
    match kind:
        case RecordKind():
            return models.build(it, kind.cls, data(args), given, kind.args)
        case RootKind():
            return models.build_root(it, cls, kind, data(args), given)
        case TupleKind() if kind.cls is not None:
            return models.build_tuple(it, cls, kind, data(args), given)
    raise cannot_run(cls)


def built(it: Reader, cls: Any, args: Args, kw: Keywords) -> Value:
    """A model made of constants: by the class itself, but what is wrong is said as of any other."""
    if is_typed_dict(cls):
        constructed(it, cls, args, kw)  # the class itself takes anything
    try:
        return real(cls, args, kw)
    except Refusal:
        constructed(it, cls, args, kw)
        raise


# ------------------------------------------------------------------ methods
def method(it: Reader, x: Node, name: str, args: Args, kw: Keywords) -> Value:
    """x.name(*args, **kw)"""
    if isinstance(x, Const) and all(isinstance(a, Const) for a in (*args, *kw.values())):
        f = getattr(x.value, name, None)
        if f is not None and not isinstance(f, (types.MethodType, types.FunctionType)) and pure(f):
            return real(f, args, kw)
    f = family(x.kind)
    if (f, name) in METHODS:
        return apply_rule(METHODS[f, name], f".{name}", it, [x, *args], kw)
    cls = getattr(x.kind, "cls", None)
    if name == "get" and fields.or_empty(x.kind):
        return apply_rule(fields.get_or_nothing, ".get", it, [x, *args], kw)
    if is_typed_dict(cls) and name == "get":
        return apply_rule(fields.get, ".get", it, [x, *args], kw)
    if f == "tuple" and cls is not None and name in models.TUPLE_METHODS:
        return apply_rule(models.TUPLE_METHODS[name], name, it, [x, *args], kw)
    if f == "model" and name in ("model_copy", "copy") and is_pydantic(cls):
        return apply_rule(models.copy, name, it, [x, *args], kw)
    if f in ("model", "root", "tuple", "union") or (
        isinstance(x, Const) and not isinstance(x.value, (str, dict, list))
    ):
        return call_value(it, it.attribute(x, name), args, kw)
    refuse_none(f".{name}()", x)
    if isinstance(x.kind, EnumKind) and callable(inspect.getattr_static(x.kind.cls, name, None)):
        return call_value(it, class_member(x, x.kind.cls, name), args, kw)
    hint = INSTEAD.get(name)
    if hint is None and f != "other" and not hasattr(PYTHON.get(f), name):
        hint = did_you_mean(name, method_names(f))
    said = f".{name}() of {an(x.kind)} has no JSONata form here"
    raise refuse(Page.UNSUPPORTED_CALL, said, hint or "do it in a Task")


def attribute(it: Reader, x: Value, name: str) -> Value:
    """x.name; a property is inlined."""
    found = attribute_value(it, x, name)
    if isinstance(found, Const) and isinstance(x, Node):
        keep(it, x)
    if isinstance(found, Bound) and found.is_property:
        return call_value(it, const_of(found.function), [found.receiver], {})
    return found
