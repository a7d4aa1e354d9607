"""The graph of a workflow: every state once, with the names of what comes next, catch targets included.

Chains are flattened here, once, without recursion over their length; only scopes (the branches of Parallel, Map and
Try) nest. The states of a scope stand in the order in which they were written: a Choice, its branches, what follows;
catch targets that end stand last.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .chain import entry, steps
from .diagnostics import Problem
from .expressions import Expression
from .policies import Catcher
from .states.base import End, Invalid, Part, Succeed
from .states.choice import Decision, Rule
from .states.flow import BackTo, Fail, Return
from .states.working import Guarded
from .variables import Assignment

_FIELDS = (
    "entered",
    "shaped",
    "assigns",
    "seconds",
    "beat",
    "items",
    "max_concurrency",
    "selected",
    "until",
    "error",
    "cause",
    "settings",
)
"""The attributes of states that may hold expressions, beside arguments, rules and catchers."""

Target = tuple[Part, str | None]
"""A part and the name of what follows its open ends."""


@dataclass(eq=False)
class Vertex:
    """A state in its scope. `next` is None where the scope ends after it."""

    state: Part
    next: str | None
    rules: tuple[tuple[Rule, str | None], ...] = ()
    default: str | None = None
    catches: tuple[tuple[Catcher, str | None], ...] = ()
    scopes: tuple[Scope, ...] = ()
    successors: tuple[str, ...] = field(init=False)
    """The names of all that may come next, in the order in which they were written, catch targets last."""
    expressions: tuple[Expression, ...] = field(init=False)
    """All expressions that Step Functions evaluates when the state is run; those of inner scopes apart."""

    def __post_init__(self) -> None:
        self.successors = self._successors()
        self.expressions = self._expressions()

    def _successors(self) -> tuple[str, ...]:
        if not self.rules and not self.catches:
            return () if self.next is None else (self.next,)
        targets = [target for _, target in self.rules]
        targets += [self.default] if isinstance(self.state, Decision) else [self.next]
        targets += [target for _, target in self.catches]
        return tuple(dict.fromkeys(t for t in targets if t is not None))

    def _expressions(self) -> tuple[Expression, ...]:
        own = self.state.__dict__
        waiting: list[Any] = [value for name in _FIELDS if (value := own.get(name)) and type(value) is not int]
        if "function" not in own:  # a Task's arguments are always the same
            waiting.append(own.get("arguments"))
        source = own.get("source")
        if source is not None:
            waiting += [source.items, source.reader, source.selected, source.batcher, own.get("writer")]
        for rule, _ in self.rules:
            waiting += [rule.condition, rule.output, rule.assigns]
        if "other" in own:
            waiting += [own["other"].output, own["other"].assigns]
        for catcher, _ in self.catches:
            waiting += [catcher.output, catcher.assigns]
        found: list[Expression] = []
        while waiting:
            now = waiting.pop()
            match now:
                case Expression():
                    found.append(now)
                case Assignment():
                    waiting.append(now.value)
                case dict():
                    waiting += now.values()
                case tuple() | list():
                    waiting += now
        return tuple(found)


@dataclass
class Scope:
    """States among which `Next` may choose: a workflow, or a branch."""

    start: str
    vertices: dict[str, Vertex] = field(default_factory=dict)

    def walk(self) -> Iterator[Vertex]:
        """Every vertex, those of inner scopes after the state that holds them."""
        for vertex in self.vertices.values():
            yield vertex
            for scope in vertex.scopes:
                yield from scope.walk()

    def ordered(self) -> list[str]:
        """The names, each before what it leads to, loops apart (reverse postorder). What is not reached is left out."""
        order: list[str] = []
        seen: set[str] = set()
        stack: list[tuple[str, Iterator[str]]] = []

        def enter(name: str) -> None:
            if name in self.vertices and name not in seen:
                seen.add(name)
                stack.append((name, iter(self.vertices[name].successors)))

        enter(self.start)
        while stack:
            name, rest = stack[-1]
            following: Any = next(rest, None)
            if following is None:
                order.append(name)
                stack.pop()
            else:
                enter(following)
        order.reverse()
        return order


@dataclass
class Graph:
    """A whole workflow."""

    scope: Scope
    problems: tuple[Problem, ...]

    @cached_property
    def vertices(self) -> tuple[Vertex, ...]:
        """Every state's vertex, as `Scope.walk` gives them."""
        return tuple(self.scope.walk())


class _Builder:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.owners: dict[str, tuple[Part, Scope]] = {}
        self.met: set[int] = set()

    def scope(self, part: Part) -> Scope:
        scope = Scope(entry(part) or part.name)
        waiting: list[Target] = [(part, None)]
        ends: deque[Target] = deque()
        while waiting or ends:
            now, after = waiting.pop() if waiting else ends.popleft()
            if now.link is not None:
                waiting += reversed(steps(now, after, self._problems_of))
                continue
            self._problems_of(now)
            inline, last = self._place(now, after, scope)
            if inline:
                waiting += reversed(inline)
            if last:
                ends += last
        return scope

    def _problems_of(self, part: Part) -> None:
        """Problems of chains and states, each once, however often they are met."""
        if id(part) not in self.met:
            self.met.add(id(part))
            if part.origin is not None:
                part.origin.used = True
            self.problems += part.problems

    def _place(self, state: Part, after: str | None, scope: Scope) -> tuple[list[Target], list[Target]]:
        """Put a state into the scope. Returns what it leads to: what stands right after it, and what stands last."""
        if isinstance(state, (Invalid, BackTo)):
            return [], []
        if isinstance(state, (Fail, Succeed, Return)):
            after = None
        known = self.owners.get(state.name)
        if known is not None:
            self._again(state, after, scope, *known)
            return [], []
        self.owners[state.name] = (state, scope)
        inline: list[Target] = []
        last: list[Target] = []
        rules: tuple[tuple[Rule, str | None], ...] = ()
        catches: tuple[tuple[Catcher, str | None], ...] = ()
        default = None
        if isinstance(state, Decision):
            rules = tuple((rule, entry(rule.then)) for rule in state.rules)
            default = entry(state.other.then)
            inline = [(rule.then, after) for rule in (*state.rules, state.other)]
        elif isinstance(state, Guarded) and state.catchers:
            catches = tuple((catcher, entry(catcher.then)) for catcher in state.catchers)
            for catcher in state.catchers:
                (last if isinstance(catcher.then, (End, Succeed)) else inline).append((catcher.then, after))
        vertex = scope.vertices[state.name] = Vertex(state, after, rules, default, catches)
        branches: tuple[Part, ...] = state.__dict__.get("branches", ())
        if branches:
            vertex.scopes = tuple([self.scope(branch) for branch in branches])
        return inline, last

    def _again(self, state: Part, after: str | None, scope: Scope, first: Part, owner: Scope) -> None:
        """The name is taken: by the same state, which is fine where it goes on alike, or by another."""
        name = state.name
        if state is not first:
            if state.origin is first.origin:
                what = f"`{name}` is used both as it is and with more said to it"
                instead = "name the finished state, and use that name everywhere"
                self.problems.append(Problem(state.place, what, instead, "two-versions"))
            else:
                what = f"two states are named `{name}`"
                instead = "names are unique in the whole workflow, branches included: rename one"
                self.problems.append(Problem(state.place, what, instead, "duplicate-name"))
        elif owner is not scope:
            what = f"`{name}` stands in two branches; names are unique in the whole workflow"
            self.problems.append(Problem(state.place, what, "give each branch its own", "two-branches"))
        elif name in (after, scope.vertices[name].next):
            what = f"`{name}` is both a target and what follows it: it would lead to itself"
            instead = 'lead to a Same, which goes on with what follows: then=Same("...")'
            self.problems.append(Problem(state.place, what, instead, "two-ways"))
        elif scope.vertices[name].next != after:
            ways = " and ".join(f"`{w}`" if w else "the end" for w in (scope.vertices[name].next, after))
            what = f"`{name}` goes on in two ways: with {ways}"
            instead = "go back to a state that ran before with back_to(...), or make a second state with its own name"
            self.problems.append(Problem(state.place, what, instead, "two-ways"))


def build(part: Part) -> Graph:
    """The graph of a workflow's chain. Its problems are those of the states and of how they are linked."""
    builder = _Builder()
    scope = builder.scope(part)
    return Graph(scope, tuple(builder.problems))
