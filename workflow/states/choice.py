"""Choice: which state comes next. A builder until `.otherwise(...)` makes a state of it, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Never, TypeVar, overload

from ..diagnostics import Place, Problem, caller_place
from ..expressions import Expression, Root, kinds
from ..expressions.nodes import NULL, Binary
from ..lambdas import Compiled, compiled, expression, kind_of, place_of, root, without_default
from ..variables import NOTHING, Assignment, Assigns, all_assigned
from .base import A, In, Invalid, Kind, Out, Part, R, Res, Same, State, Step, Succeed, X, as_part, joined
from .working import check_target, ends_with, passes_on

B = TypeVar("B")
T = TypeVar("T")
Y = TypeVar("Y")
R2 = TypeVar("R2")


@dataclass(frozen=True)
class Rule:
    """One rule: when the condition holds, go on with `then`, which gets `output` (the input where None)."""

    condition: Expression | None
    output: Expression | None
    then: Part
    assigns: tuple[Assignment, ...]
    gives: Kind = field(compare=False)
    place: Place = field(compare=False)


class Decision(State[In, Out, Res]):
    """A finished Choice."""

    rules: tuple[Rule, ...]
    other: Rule
    """What happens where no rule holds; it has no condition."""


class _Builder:
    """What Choice and Branches share: rules so far, and how to add one."""

    name: str
    place: Place
    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...]
    _takes: Kind

    def unfinished(self) -> Part:
        """What stands for it where it is used as a state without `.otherwise`: the rules so far, and the problem."""
        what = f"Choice `{self.name}` has no .otherwise: nothing happens where no rule holds"
        problem = Problem(self.place, what, 'add .otherwise(...), Fail("...") if it cannot be', "otherwise")
        nowhere = Rule(None, None, Invalid(self.name, problem), (), self._takes, self.place)
        part: Part = self._decide(nowhere, ())
        return part

    def _decide(self, other: Rule, problems: Sequence[Problem]) -> Any:
        passes, ends = passes_on(other.then, other.gives), ends_with(other.then, other.gives)
        for rule in self.rules:
            passes = joined(passes, passes_on(rule.then, rule.gives))
            ends = joined(ends, ends_with(rule.then, rule.gives))
        decision: Decision[Any, Any, Any] = object.__new__(Decision)
        decision._fill(
            self.name,
            place=self.place,
            takes=self._takes,
            passes=passes,
            ends=ends,
            problems=(*self.problems, *problems),
            rules=self.rules,
            other=other,
        )
        return decision

    def _add(self, rule: Rule, *problems: Problem) -> Branches[Any, Any, Any]:
        return Branches(self.name, self.place, self._takes, (*self.rules, rule), (*self.problems, *problems))

    def _target(self, then: Any, output: Any, place: Place) -> tuple[Part, Compiled, tuple[Problem, ...]]:
        """Where to go on, with what, and what is wrong."""
        source = root("states.input", self._takes)
        made = Compiled(None) if output is None else compiled(output, (source,), place)
        gives = self._takes if output is None else made.kind
        target = as_part(then, f"`then` of Choice `{self.name}`", place)
        wrong = check_target(f"Choice `{self.name}`", target, gives, place)
        return target, replace(made, known=gives), (*made.problems, *wrong)

    def _when(self, condition: Any, then: Any, assign: Assigns, output: Any) -> Any:
        place = caller_place()
        source = root("states.input", self._takes)
        test = compiled(condition, (source,), place, expected=bool)
        target, made, problems = self._target(then, output, place)
        assigns, wrong = all_assigned(assign, (source,), place)
        rule = Rule(test.expression, made.expression, target, assigns, made.kind, place)
        return self._add(rule, *test.problems, *problems, *wrong)

    def _given(self, value: Any, output: Any, then: Any, assign: Assigns) -> Any:
        place, kind = caller_place(), self._takes
        source = root("states.input", kind)
        found = compiled(value, (source,), place)
        target = as_part(then, f"`then` of Choice `{self.name}`", place)
        if found.expression is None:
            return self._add(Rule(None, None, target, (), None, place), *found.problems)
        node, some = without_default(found.expression.node), kinds.some(found.expression.kind)
        if not kinds.is_optional(found.expression.kind):
            what = f"`.given` asks whether a value is None, but this {kinds.show(some)} never is"
            problem = Problem(place_of(value, place), what, "ask something else with .when", "given")
            return self._add(Rule(None, None, target, (), None, place), problem)
        condition = expression(Binary("!=", node, NULL, kind=kinds.BOOL))
        made = compiled(output, (source, Root.of(node, some)), place)
        problems = check_target(f"Choice `{self.name}`", target, made.kind, place)
        assigns, wrong = all_assigned(assign, (source, Root.of(node, some)), place)
        rule = Rule(condition, made.expression, target, assigns, made.kind, place)
        return self._add(rule, *made.problems, *problems, *wrong)

    if not TYPE_CHECKING:  # type checkers refuse it; at run time it is a problem to report with the others

        def __rshift__(self, other):
            return self.unfinished() >> other


class Choice(_Builder, Generic[A]):
    """Asks about its input, of type `of`; written `Choice[A | None]("...")` where that is a union."""

    def __init__(self, name: str, of: type[A] | None = None) -> None:
        self.name, self.place, self.rules, self.problems = name, caller_place(), (), ()
        self._takes = None if of is None else kind_of(of)
        if of is None:  # `Choice[A | None](...)` says it after the construction: see __setattr__
            what = f"Choice `{name}` does not say what it takes"
            instead = f'write Choice("{name}", Model), or Choice[A | None]("{name}")'
            self.problems = (Problem(self.place, what, instead, "of-missing"),)

    def __setattr__(self, name: str, value: Any) -> None:
        """Typing sets `__orig_class__` when `Choice[A | None](...)` was constructed: only then the type is known."""
        super().__setattr__(name, value)
        if name == "__orig_class__" and self._takes is None:
            super().__setattr__("_takes", kind_of(value.__args__[0]))
            super().__setattr__("problems", ())

    @overload
    def when(self, c: Callable[[A], bool], then: Same, assign: Assigns = ...) -> Branches[A, A, Never]: ...
    @overload
    def when(self, c: Callable[[A], bool], then: Succeed, assign: Assigns = ...) -> Branches[A, Never, A]: ...
    @overload
    def when(self, c: Callable[[A], bool], then: Step[A, X, R], assign: Assigns = ...) -> Branches[A, X, R]: ...
    @overload
    def when(
        self, c: Callable[[A], bool], *, output: Callable[[A], T], then: Same, assign: Assigns = ...
    ) -> Branches[A, T, Never]: ...
    @overload
    def when(
        self, c: Callable[[A], bool], *, output: Callable[[A], T], then: Succeed, assign: Assigns = ...
    ) -> Branches[A, Never, T]: ...
    @overload
    def when(
        self, c: Callable[[A], bool], *, output: Callable[[A], T], then: Step[T, X, R], assign: Assigns = ...
    ) -> Branches[A, X, R]: ...
    def when(self, c: Any, then: Any, assign: Assigns = NOTHING, *, output: Any = None) -> Any:
        """Where the condition holds, go on with `then`, which gets the input, or what `output` makes of it.

        Rules are tried in order.
        """
        return self._when(c, then, assign, output)

    @overload
    def given(
        self, c: Callable[[A], B | None], output: Callable[[A, B], T], then: Same, assign: Assigns = ...
    ) -> Branches[A, T, Never]: ...
    @overload
    def given(
        self, c: Callable[[A], B | None], output: Callable[[A, B], T], then: Succeed, assign: Assigns = ...
    ) -> Branches[A, Never, T]: ...
    @overload
    def given(
        self, c: Callable[[A], B | None], output: Callable[[A, B], T], then: Step[T, X, R], assign: Assigns = ...
    ) -> Branches[A, X, R]: ...
    def given(self, c: Any, output: Any, then: Any, assign: Assigns = NOTHING) -> Any:
        """Where the value is not None, go on with `then`, which gets what `output` makes of input and value."""
        return self._given(c, output, then, assign)


class Branches(_Builder, Generic[A, X, R]):
    """A Choice with at least one rule; `.otherwise(...)` makes it a state."""

    def __init__(
        self, name: str, place: Place, kind: Kind, rules: tuple[Rule, ...], problems: tuple[Problem, ...]
    ) -> None:
        self.name, self.place, self.rules, self.problems, self._takes = name, place, rules, problems, kind

    @overload
    def when(self, c: Callable[[A], bool], then: Same, assign: Assigns = ...) -> Branches[A, X | A, R]: ...
    @overload
    def when(self, c: Callable[[A], bool], then: Succeed, assign: Assigns = ...) -> Branches[A, X, R | A]: ...
    @overload
    def when(
        self, c: Callable[[A], bool], then: Step[A, Y, R2], assign: Assigns = ...
    ) -> Branches[A, X | Y, R | R2]: ...
    @overload
    def when(
        self, c: Callable[[A], bool], *, output: Callable[[A], T], then: Same, assign: Assigns = ...
    ) -> Branches[A, X | T, R]: ...
    @overload
    def when(
        self, c: Callable[[A], bool], *, output: Callable[[A], T], then: Succeed, assign: Assigns = ...
    ) -> Branches[A, X, R | T]: ...
    @overload
    def when(
        self, c: Callable[[A], bool], *, output: Callable[[A], T], then: Step[T, Y, R2], assign: Assigns = ...
    ) -> Branches[A, X | Y, R | R2]: ...
    def when(self, c: Any, then: Any, assign: Assigns = NOTHING, *, output: Any = None) -> Any:
        """Where the condition holds, go on with `then`, which gets the input, or what `output` makes of it.

        Rules are tried in order.
        """
        return self._when(c, then, assign, output)

    @overload
    def given(
        self, c: Callable[[A], B | None], output: Callable[[A, B], T], then: Same, assign: Assigns = ...
    ) -> Branches[A, X | T, R]: ...
    @overload
    def given(
        self, c: Callable[[A], B | None], output: Callable[[A, B], T], then: Succeed, assign: Assigns = ...
    ) -> Branches[A, X, R | T]: ...
    @overload
    def given(
        self, c: Callable[[A], B | None], output: Callable[[A, B], T], then: Step[T, Y, R2], assign: Assigns = ...
    ) -> Branches[A, X | Y, R | R2]: ...
    def given(self, c: Any, output: Any, then: Any, assign: Assigns = NOTHING) -> Any:
        """Where the value is not None, go on with `then`, which gets what `output` makes of input and value."""
        return self._given(c, output, then, assign)

    @overload
    def otherwise(self, then: Same, assign: Assigns = ...) -> State[A, X | A, R]: ...
    @overload
    def otherwise(self, then: Succeed, assign: Assigns = ...) -> State[A, X, R | A]: ...
    @overload
    def otherwise(self, then: Step[A, Y, R2], assign: Assigns = ...) -> State[A, X | Y, R | R2]: ...
    @overload
    def otherwise(self, *, output: Callable[[A], T], then: Same, assign: Assigns = ...) -> State[A, X | T, R]: ...
    @overload
    def otherwise(self, *, output: Callable[[A], T], then: Succeed, assign: Assigns = ...) -> State[A, X, R | T]: ...
    @overload
    def otherwise(
        self, *, output: Callable[[A], T], then: Step[T, Y, R2], assign: Assigns = ...
    ) -> State[A, X | Y, R | R2]: ...
    def otherwise(self, then: Any, assign: Assigns = NOTHING, *, output: Any = None) -> Any:
        """Where no rule holds, go on with `then`, which gets the input, or what `output` makes of it.

        Now it is a state.
        """
        place = caller_place()
        default, gives, problems = self._target(then, output, place)
        assigns, wrong = all_assigned(assign, (root("states.input", self._takes),), place)
        other = Rule(None, gives.expression, default, assigns, gives.kind, place)
        return self._decide(other, (*problems, *wrong))
