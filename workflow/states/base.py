"""Steps and how they join: the types of composition, and the frozen values behind them. First stage of the language.

`Step[In, Out, Res]` takes In, passes Out on, or ends the execution inside with Res. `>>` links two parts in constant
time and copies nothing; a chain is flattened once, when a workflow is created. Every part remembers its place in the
user's source and the problems found so far; nothing is raised before the workflow is created, so that all problems
are reported at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Never, Self, overload

from typing_extensions import TypeVar

from ..diagnostics import Place, Problem, caller_place
from ..expressions import kinds
from ..join_place import join_place
from ..orphans import Origin

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)
Res = TypeVar("Res", covariant=True, default=Never)
A = TypeVar("A")
X = TypeVar("X")
R = TypeVar("R")

Kind = kinds.Kind | None
"""What is known of a value when composing; None where it is not known (a Same that nothing leads to yet)."""

_NOT_COMPARED = frozenset({"place", "problems", "origin", "link", "takes", "passes", "ends", "__orig_class__"})


class Part:
    """What can stand in a workflow: a state, or a chain of them (`link`). Frozen: methods return copies."""

    name: str
    place: Place
    problems: tuple[Problem, ...]
    link: tuple[Part, Part] | None
    origin: Origin | None
    accepted: tuple[tuple[str, str], ...]
    """Warnings that the user accepts: (page, because)."""
    takes: Kind
    passes: Kind
    ends: Kind

    _start: ClassVar[Mapping[str, Any]] = {
        "problems": (),
        "accepted": (),
        "link": None,
        "takes": None,
        "passes": None,
        "ends": kinds.NEVER,
    }
    """The fields of a new part where its constructor says nothing."""

    def _fill(self, name: str, **values: Any) -> None:
        """Set the fields of a new part; called by constructors only."""
        self._set(name, values.get("place") or caller_place(), values)

    def _set(self, name: str, place: Place, values: Mapping[str, Any]) -> None:
        own = self.__dict__
        own |= self._start
        own |= values
        if not isinstance(name, str):
            shown = getattr(name, "__name__", repr(name))
            wrong = Problem(
                place, f"a state is named {shown}, which is no text", f'write {type(self).__name__}("...", ...)', "name"
            )
            name, own["problems"] = shown, (*own["problems"], wrong)
        own["name"] = name
        own["place"] = place
        own["origin"] = Origin(name, place)

    def _replace(self, **changes: Any) -> Self:
        """A copy with some fields changed; it stays the same state in the user's eyes (`origin`)."""
        copy = object.__new__(type(self))
        own = copy.__dict__
        own.update(self.__dict__)
        own.update(changes)
        return copy

    def _refuse(self, *problems: Problem) -> Self:
        """A copy that carries these problems until the workflow is created."""
        return self._replace(problems=(*self.problems, *problems)) if problems else self

    def _typed(self, annotations: tuple[Any, ...]) -> None:
        """Called when a part was constructed as `Pass[A, B](...)`, after its construction."""

    def accept(self, page: str, *, because: str) -> Self:
        """Accept a warning of this state, named by its page under docs/errors, for a reason."""
        return self._replace(accepted=(*self.accepted, (page, because)))

    def prefixed(self, prefix: str) -> Self:
        """A copy whose states' names begin with `prefix`, so that a fragment can stand in a workflow several times.

        `notify.prefixed("Owner: ")`. States that it shares stay shared within the copy.
        """
        copied: Any = _prefixed(self, prefix, {})
        return copied  # type: ignore[no-any-return]

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "__orig_class__":  # set by typing
            self._typed(value.__args__)
            return
        raise AttributeError(f"{type(self).__name__} `{self.name}` is frozen: methods return changed copies")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} `{self.name}` is frozen")

    def _identity(self) -> tuple[object, ...]:
        own = tuple((k, v) for k, v in self.__dict__.items() if k not in _NOT_COMPARED)
        return (type(self), own) if self.link is None else (type(self), tuple(flatten(self)))

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Part) and self.name == other.name and self._identity() == other._identity()
        )

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def __repr__(self) -> str:
        names = [part.name for part in flatten(self)]
        return f"{type(self).__name__}({' >> '.join(map(repr, names))})"

    if (
        not TYPE_CHECKING
    ):  # type checkers know that most parts cannot be followed; at run time it is a problem to report

        def __rshift__(self, other: object) -> Part:
            return follow(self, other)


class Step(Part, Generic[In, Out, Res]):
    """Takes In, passes Out on, or ends the execution inside with Res."""


class End(Step[In, Never, Res]):
    """Nothing can follow."""


class Succeed(Part):
    """Ends the execution (or the branch) with its input as the result; typed by what leads to it."""

    def __init__(self, name: str) -> None:
        self._fill(name)


class Same(Part):
    """Passes its input on unchanged; typed by what leads to it."""

    def __init__(self, name: str) -> None:
        self._fill(name)

    @overload
    def __rshift__(self, other: Same) -> Same: ...
    @overload
    def __rshift__(self, other: Succeed) -> Succeed: ...
    @overload
    def __rshift__(self, other: End[A, R]) -> End[A, R]: ...  # type: ignore[overload-overlap]
    @overload
    def __rshift__(self, other: Step[A, X, R]) -> State[A, X, R]: ...
    def __rshift__(self, other: Any) -> Any:
        """`self >> other`: a chain. A wrong join is a problem that the workflow raises."""
        return follow(self, other)


class State(Step[In, Out, Res]):
    """What can be followed."""

    @overload
    def __rshift__(self, other: Same) -> State[In, Out, Res]: ...
    @overload
    def __rshift__(self, other: Succeed) -> End[In, Res | Out]: ...
    @overload
    def __rshift__(self, other: End[Out, R]) -> End[In, Res | R]: ...  # type: ignore[overload-overlap]
    @overload
    def __rshift__(self, other: Step[Out, X, R]) -> State[In, X, Res | R]: ...
    def __rshift__(self, other: Any) -> Any:
        """`self >> other`: a chain. A wrong join is a problem that the workflow raises."""
        return follow(self, other)

    def end(self) -> End[In, Out | Res]:
        """The execution (or the branch) ends here, with what this state passes on as its result."""
        ended: End[In, Out | Res] = _chain(End, self, FINISH, self.takes, kinds.NEVER, joined(self.ends, self.passes))
        return ended


class Invalid(Step[Any, Any, Any]):
    """Stands where something stood that is no part of a workflow; carries the problem."""

    def __init__(self, name: str, problem: Problem) -> None:
        self._fill(name, problems=(problem,))


class _Finish(Part):
    """The marker that `.end()` puts behind a part."""


FINISH = object.__new__(_Finish)
FINISH.__dict__.update(
    name="(end)", problems=(), origin=None, link=None, takes=None, passes=kinds.NEVER, ends=kinds.NEVER
)


def joined(a: Kind, b: Kind) -> Kind:
    """The kind of a value that comes from either of two places."""
    if a is b:
        return a
    return None if a is None or b is None else kinds.join(a, b)


def show(kind: Kind) -> str:
    """A kind as it is written in an annotation."""
    return "?" if kind is None else kinds.show(kind)


def is_open(part: Part) -> bool:
    """Whether something may follow it."""
    return isinstance(part, (State, Same, Invalid)) or (isinstance(part, Step) and not isinstance(part, End))


def flatten(part: Part) -> Iterator[Part]:
    """The states of a chain in order, however it was nested; linear and without recursion."""
    waiting = [part]
    while waiting:
        now = waiting.pop()
        if now.link is None:
            yield now
        else:
            waiting += reversed(now.link)


def last(part: Part) -> Part:
    """The state that a chain ends with."""
    while part.link is not None:
        part = part.link[1]
    return part


def accepts(part: Part, given: Kind) -> bool:
    """Whether `part` takes a value of this kind; what is not known is accepted."""
    if part.takes is None or given is None or part.takes is given:
        return True
    if any(isinstance(m, kinds.OpaqueKind) and m.name in ("Any", "object") for m in kinds.members(given)):
        return True
    return kinds.fits(given, part.takes)


def as_part(value: object, role: str, place: Place | None = None) -> Part:
    """`value` if it can stand in a workflow, else an Invalid part that says what to write instead."""
    if isinstance(value, Part):
        return value
    unfinished = getattr(value, "unfinished", None)  # a Choice that has no .otherwise yet
    if unfinished is not None:
        part: Part = unfinished()
        return part
    shown = getattr(value, "__name__", None) or repr(value)
    instead = f'write Task("...", {shown})' if callable(value) else "write a state"
    return Invalid(
        shown, Problem(place or caller_place(), f"{role} is {shown}, which is no state", instead, "no-state")
    )


def follow(left: Part, other: object) -> Part:
    """`left >> other`: a chain, with the problem of the join if there is one."""
    right = as_part(other, "what follows `>>`")
    problems: tuple[Problem, ...] = ()
    if not is_open(left):
        what = f"nothing can follow `{last_name(left)}`: the execution ends there"
        problems = (Problem(join_place(), what, f"leave `>> {right.name}` out, or the end before it", "after-end"),)
    elif not accepts(right, left.passes):
        problems = (_mismatch(left, right, join_place()),)
    takes = right.takes if isinstance(left, Same) else left.takes
    ends = joined(left.ends, right.ends)
    kind: type[Part]
    if isinstance(right, Same):
        kind, passes = (Same if isinstance(left, Same) else State), left.passes
    elif isinstance(right, Succeed):
        kind, passes = (Succeed if isinstance(left, Same) else End), kinds.NEVER
        ends = joined(left.ends, left.passes)
    elif isinstance(right, End):
        kind, passes = End, kinds.NEVER
    else:
        kind, passes = State, right.passes
    chain: Part = _chain(kind, left, right, takes, passes, ends, problems)
    return chain


def last_name(part: Part) -> str:
    """The name of the last state of a chain; of what was ended where `.end()` closes it."""
    names = [p.name for p in flatten(part) if p is not FINISH]
    return names[-1]


def _chain(
    kind: type[Any], left: Part, right: Part, takes: Kind, passes: Kind, ends: Kind, problems: tuple[Problem, ...] = ()
) -> Any:
    chain = object.__new__(kind)
    chain.__dict__.update(
        name=left.name,
        place=left.place,
        problems=problems,
        accepted=(),
        link=(left, right),
        origin=None,
        takes=takes,
        passes=passes,
        ends=ends,
    )
    return chain


def _mismatch(left: Part, right: Part, place: Place) -> Problem:
    """What passes on does not fit what follows: the text names the catch target that joins by mistake, if it is one."""
    before = last(left)
    for catcher in getattr(before, "catchers", ()):
        target = catcher.then
        if is_open(target) and catcher.passes is not None and not accepts(right, catcher.passes):
            what = (
                f"`{right.name}` takes {show(right.takes)}, but the catch target `{target.name}` of"
                f" `{before.name}` joins the main path with {show(catcher.passes)}"
            )
            return Problem(place, what, "close it with .end(), or let it pass on what is needed", "catch-joins")
    what = f"`{right.name}` takes {show(right.takes)}, but `{before.name}` passes {show(left.passes)} on"
    return Problem(place, what, "put a state between them that turns one into the other", "join")


def _prefixed(part: Part, prefix: str, made: dict[int, Part]) -> Part:
    """A copy of all states that a part holds; `made` are those copied already, so that what is shared stays shared."""
    waiting = [part]
    while waiting:
        now = waiting[-1]
        missing = [p for p in now.link or () if id(p) not in made]
        if missing:
            waiting += missing  # long chains nest deeply: no recursion over links
            continue
        waiting.pop()
        if id(now) not in made:
            made[id(now)] = now if now is FINISH else _copied(now, prefix, made)
    return made[id(part)]


def _copied(part: Part, prefix: str, made: dict[int, Part]) -> Part:
    changes: dict[str, Any] = {"name": prefix + part.name, "origin": Origin(prefix + part.name, part.place)}
    if part.origin is not None:
        part.origin.used = True
    if part.link is not None:
        left, right = part.link
        changes["link"] = (made[id(left)], made[id(right)])
    for name, value in part.__dict__.items():
        if name not in ("name", "origin", "link"):
            copy = _value(value, prefix, made)
            if copy is not value:
                changes[name] = copy
    copied = object.__new__(type(part))
    copied.__dict__.update(part.__dict__)
    copied.__dict__.update(changes)
    return copied


def _value(value: Any, prefix: str, made: dict[int, Part]) -> Any:
    """Parts inside branches, rules and catchers."""
    if isinstance(value, Part):
        return _prefixed(value, prefix, made)
    if isinstance(value, tuple) and value:
        copies = tuple(_value(v, prefix, made) for v in value)
        return value if all(a is b for a, b in zip(copies, value)) else copies
    if is_dataclass(value) and not isinstance(value, type) and "then" in {f.name for f in fields(value)}:
        held: Any = value
        return replace(held, then=_prefixed(held.then, prefix, made))
    return value
