"""States that move and shape data but call nothing: Pass and Fail; Same and Succeed stand with the types of steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, TypeVar

from typing_extensions import TypeVar as DefaultTypeVar

from ..diagnostics import Place, Problem, caller_place
from ..expressions import Expression, Root, kinds
from ..lambdas import compiled, kind_of, root, value_or_lambda
from ..variables import Assignment, Variable, assigned
from .base import A, End, In, Invalid, Out, Res, State, Step, as_part

T = TypeVar("T")


_MISSING: Any = None


class Pass(State[In, Out]):
    """Makes a value of its input: `Pass("Item", Enriched, lambda e: Item(...))`. An expression, not a Lambda.

    Where the input is a union: `Pass[Device | None, float]("Low", output=lambda d: ...)`.
    """

    shaped: Expression | None
    assigns: tuple[Assignment, ...]

    def __init__(self, name: str, of: type[In] | None = None, output: Callable[[In], Out] = _MISSING) -> None:
        place = caller_place()
        if output is None:
            problem = Problem(
                place, f"Pass `{name}` has no output", f'write Same("{name}") to pass its input on', "pass"
            )
            self._fill(name, place=place, problems=(problem,), shaped=None, assigns=())
        elif of is not None:
            self._fill(name, place=place, **self._made(place, kind_of(of), output))
        else:  # `Pass[A | None, B](...)` says it after the construction: see _typed
            what = f"Pass `{name}` does not say what it takes"
            instead = f'write Pass("{name}", Model, ...), or Pass[A | None, B]("{name}", output=...)'
            problem = Problem(place, what, instead, "of-missing")
            self._fill(name, place=place, problems=(problem,), shaped=None, assigns=(), untyped=output)

    @staticmethod
    def _made(place: Place, takes: kinds.Kind, output: Any) -> dict[str, Any]:
        made = compiled(output, (root("states.input", takes),), place)
        return {
            "assigns": (),
            "takes": takes,
            "passes": made.kind,
            "problems": made.problems,
            "shaped": made.expression,
        }

    def assign(self, variable: Variable[T], value: Callable[[Out], T]) -> Self:
        """Set a workflow's variable, from what the state passes on."""
        place = caller_place()
        source = root("states.input", self.takes)
        given = source if self.shaped is None else Root.of(self.shaped.node, self.shaped.kind)
        assignment, wrong = assigned(variable, value, (given,), place)
        return self._replace(assigns=(*self.assigns, assignment))._refuse(*wrong)

    def _typed(self, annotations: tuple[Any, ...]) -> None:
        output = self.__dict__.pop("untyped", None)
        if output is not None:
            self.__dict__.update(self._made(self.place, kind_of(annotations[0]), output))


Taken = DefaultTypeVar("Taken", contravariant=True, default=object)


class Fail(End[Taken]):
    """Ends the execution with an error.

    error: its name, as catchers of a surrounding Try, Parallel or Map see it; the state's name if not given. cause: a
    text for people. Either may be a lambda of the input, whose type is then given as `of`.
    """

    error: Expression | None
    cause: Expression | None

    def __init__(
        self,
        name: str,
        of: type[Taken] | None = None,
        *,
        error: str | Callable[[Taken], str] | None = None,
        cause: str | Callable[[Taken], str] | None = None,
    ) -> None:
        place = caller_place()
        takes = None if of is None else kind_of(of)
        texts: dict[str, Any] = {}
        problems: list[Problem] = []
        for field, value in (("error", error), ("cause", cause)):
            if callable(value) and of is None:
                what = f"Fail `{name}` reads its input, whose type it does not say"
                problems.append(Problem(place, what, f'write Fail("{name}", Model, ...)', "of-missing"))
            made = (
                None if value is None else value_or_lambda(value, (root("states.input", takes),), place, expected=str)
            )
            texts[field] = made.expression if made is not None else None
            problems += made.problems if made is not None else ()
        self._fill(name, place=place, takes=takes, passes=kinds.NEVER, problems=tuple(problems), **texts)


class Return(End[In, Res]):
    """Ends the execution, or the branch, with what `output` makes of its input: a Succeed with a result of its own."""

    shaped: Expression | None

    def __init__(self, name: str, of: type[In], output: Callable[[In], Res]) -> None:
        place = caller_place()
        takes = kind_of(of)
        made = compiled(output, (root("states.input", takes),), place)
        self._fill(
            name,
            place=place,
            takes=takes,
            passes=kinds.NEVER,
            ends=made.kind,
            problems=made.problems,
            shaped=made.expression,
        )


class BackTo(End[In]):
    """Not a state: what follows is one that ran before."""


def back_to(state: Step[A, Any, Any]) -> End[A]:
    """Go on with a state that stands earlier in the same chain, by its name: `wait >> back_to(poll)`."""
    place = caller_place()
    part = as_part(state, "what back_to goes to", place)
    target: BackTo[A] = object.__new__(BackTo)
    wrong = part.problems if isinstance(part, Invalid) else ()
    target._fill(part.name, takes=part.takes, passes=kinds.NEVER, place=place, target=part, problems=wrong)
    return target
