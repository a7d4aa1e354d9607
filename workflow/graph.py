"""The graph of a workflow: every state once, with the names of what comes next, catch targets included.

Chains are flattened here, once, without recursion over their length; only scopes (the branches of Parallel, Map and
Try) nest. The states of a scope are kept in the order in which a person would write them: each before what it leads
to, main paths before catch targets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .chain import entry, steps
from .diagnostics import Problem
from .policies import Catcher
from .states.base import Invalid, Part
from .states.choice import Decision, Rule
from .states.working import Guarded


@dataclass(frozen=True)
class Vertex:
    """A state in its scope. `next` is None where the scope ends after it."""

    state: Part
    next: str | None
    rules: tuple[tuple[Rule, str | None], ...] = ()
    default: str | None = None
    catches: tuple[tuple[Catcher, str | None], ...] = ()
    scopes: tuple[Scope, ...] = ()

    def successors(self) -> tuple[str, ...]:
        """The names of all that may come next, in the order in which they were written, catch targets last."""
        targets = [target for _, target in self.rules]
        targets += [self.default] if isinstance(self.state, Decision) else [self.next]
        targets += [target for _, target in self.catches]
        return tuple(dict.fromkeys(t for t in targets if t is not None))


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


@dataclass
class Graph:
    """A whole workflow."""

    scope: Scope
    problems: tuple[Problem, ...]


class _Builder:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.owners: dict[str, tuple[Part, Scope]] = {}
        self.seen_links: set[int] = set()
        self.joins: list[tuple[Part, str | None]] = []

    def scope(self, part: Part) -> Scope:
        scope = Scope(entry(part) or part.name)
        waiting: list[tuple[Part, str | None]] = [(part, None)]
        placed: dict[str, Vertex] = {}
        while waiting:
            now, after = waiting.pop()
            found: list[tuple[Part, str | None]] = []
            for state, following in steps(now, after, self._problems_of):
                found += self._place(state, following, scope, placed)
            waiting += reversed(found)
        scope.vertices = {name: placed[name] for name in _written_order(scope.start, placed)}
        return scope

    def _problems_of(self, link: Part) -> None:
        """Problems of chains and states, each once, however often they are met."""
        if id(link) not in self.seen_links:
            self.seen_links.add(id(link))
            self.problems += link.problems

    def _place(
        self, state: Part, after: str | None, scope: Scope, placed: dict[str, Vertex]
    ) -> list[tuple[Part, str | None]]:
        """Put a state into the scope; what it leads to has to be placed next."""
        if isinstance(state, Invalid):
            return []
        known = self.owners.get(state.name)
        if known is not None:
            self._again(state, after, scope, *known)
            return []
        self.owners[state.name] = (state, scope)
        targets: list[tuple[Part, str | None]] = []
        rules: tuple[tuple[Rule, str | None], ...] = ()
        catches: tuple[tuple[Catcher, str | None], ...] = ()
        default = None

        def lead(target: Part) -> str | None:
            targets.append((target, after))
            return entry(target)

        if isinstance(state, Decision):
            rules = tuple((rule, lead(rule.then)) for rule in state.rules)
            default = lead(state.default)
        elif isinstance(state, Guarded):
            catches = tuple((catcher, lead(catcher.then)) for catcher in state.catchers)
        branches: tuple[Part, ...] = getattr(state, "branches", ())
        scopes = tuple(self.scope(branch) for branch in branches)
        placed[state.name] = Vertex(state, after, rules, default, catches, scopes)
        return targets

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
        else:
            self.joins.append((state, after))

    joins: list[tuple[Part, str | None]]


def build(part: Part) -> Graph:
    """The graph of a workflow's chain. Its problems are those of the states and of how they are linked."""
    builder = _Builder()
    scope = builder.scope(part)
    first = {vertex.state.name: vertex for vertex in scope.walk()} if builder.joins else {}
    for state, after in builder.joins:
        if state.name in first and first[state.name].next != after:
            builder.problems.append(_two_ways(state, first[state.name].next, after))
    return Graph(scope, tuple(builder.problems))


def _two_ways(state: Part, one: str | None, other: str | None) -> Problem:
    ways = " and ".join(f"`{w}`" if w else "the end" for w in (one, other))
    what = f"`{state.name}` goes on in two ways: with {ways}"
    instead = "go back to a state that ran before with back_to(...), or make a second state with its own name"
    return Problem(state.place, what, instead, "two-ways")


def _written_order(start: str, placed: dict[str, Vertex]) -> list[str]:
    """Reverse postorder: a state stands before all that it leads to, loops apart."""
    order: list[str] = []
    seen: set[str] = set()
    stack: list[tuple[str, Iterator[str]]] = []

    def enter(name: str) -> None:
        if name in placed and name not in seen:
            seen.add(name)
            stack.append((name, iter(reversed(placed[name].successors()))))

    enter(start)
    while stack:
        name, rest = stack[-1]
        following: Any = next(rest, None)
        if following is None:
            order.append(name)
            stack.pop()
        else:
            enter(following)
    order.reverse()
    return order + [name for name in placed if name not in seen]
