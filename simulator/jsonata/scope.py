"""Where an expression looks up its variables, and the functions that it can make: lambdas, compositions, partials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from simulator.jsonata.bounds import Budget
from simulator.jsonata.errors import Problem
from simulator.jsonata.signature import Signature
from simulator.jsonata.values import UNDEFINED

#: A compiled expression: takes the context value and the scope.
Eval = Callable[[Any, "Scope"], Any]


class Setting(Protocol):
    """What an evaluation may ask of its execution: seeded randomness, and the time in seconds since the epoch."""

    now: float

    @property
    def random(self) -> Any:
        """A `random.Random`."""
        ...


class Scope:
    """Variables of one block, with those around it."""

    __slots__ = ("budget", "parent", "setting", "variables")

    def __init__(self, parent: Scope | None, variables: dict[str, Any], budget: Budget, setting: Setting) -> None:
        self.parent, self.variables, self.budget, self.setting = parent, variables, budget, setting

    def inner(self, variables: dict[str, Any]) -> Scope:
        """A scope inside this one."""
        return Scope(self, variables, self.budget, self.setting)

    def lookup(self, name: str) -> Any:
        """A variable's value, or undefined."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.variables:
                return scope.variables[name]
            scope = scope.parent
        return UNDEFINED


class Tail:
    """A call in tail position, to be made by whoever called: so that loops written as recursion need no stack."""

    __slots__ = ("arguments", "function", "scope")

    def __init__(self, function: Any, arguments: list[Any], scope: Scope) -> None:
        self.function, self.arguments, self.scope = function, arguments, scope


class Function:
    """Something that can be called. `arity` is how many arguments it names."""

    __slots__ = ("arity", "signature")

    def __init__(self, arity: int, signature: Signature | None) -> None:
        self.arity, self.signature = arity, signature

    def call(self, arguments: list[Any], context: Any, scope: Scope) -> Any:
        """Call it; the result may be a Tail."""
        raise NotImplementedError


class Lambda(Function):
    """A function that an expression defines; it sees where it was defined."""

    __slots__ = ("_body", "_context", "_names", "_scope")

    def __init__(self, names: list[str], body: Eval, context: Any, scope: Scope, signature: Signature | None) -> None:
        super().__init__(len(names), signature)
        self._names, self._body, self._context, self._scope = names, body, context, scope

    def call(self, arguments: list[Any], context: Any, scope: Scope) -> Any:
        """Bind the parameters (missing ones are undefined) and evaluate the body."""
        given = len(arguments)
        bound = {name: arguments[index] if index < given else UNDEFINED for index, name in enumerate(self._names)}
        inner = Scope(self._scope, bound, scope.budget, scope.setting)
        return self._body(self._context, inner)


class Native(Function):
    """A built-in function. Its implementation takes the scope first where `scoped`."""

    __slots__ = ("_implementation", "_scoped", "name")

    def __init__(
        self, name: str, implementation: Callable[..., Any], arity: int, signature: Signature | None, *, scoped: bool
    ) -> None:
        super().__init__(arity, signature)
        self.name, self._implementation, self._scoped = name, implementation, scoped

    def call(self, arguments: list[Any], context: Any, scope: Scope) -> Any:
        """Call the implementation. Too many arguments raise T0410 where a signature says so."""
        if self._scoped:
            return self._implementation(scope, *arguments)
        return self._implementation(*arguments)


class Composed(Function):
    """`f ~> g`: f, then g of its result."""

    __slots__ = ("_first", "_second")

    def __init__(self, first: Function, second: Function) -> None:
        super().__init__(1, None)
        self._first, self._second = first, second

    def call(self, arguments: list[Any], context: Any, scope: Scope) -> Any:
        """Call one after the other."""
        return apply(self._second, [apply(self._first, arguments, UNDEFINED, scope)], UNDEFINED, scope)


class Partial(Function):
    """A function with some arguments given; the placeholders are filled when it is called."""

    __slots__ = ("_arguments", "_function")

    def __init__(self, function: Function, arguments: list[Any]) -> None:
        super().__init__(sum(argument is PLACEHOLDER for argument in arguments), None)
        self._function, self._arguments = function, arguments

    def call(self, arguments: list[Any], context: Any, scope: Scope) -> Any:
        """Fill the placeholders in order."""
        given = iter(arguments)
        filled = [next(given, UNDEFINED) if item is PLACEHOLDER else item for item in self._arguments]
        return apply(self._function, filled, context, scope)


PLACEHOLDER = object()


def apply(function: Any, arguments: list[Any], context: Any, scope: Scope) -> Any:
    """Call a function and whatever it calls in tail position, in the same context. Raises T1006 for what is none."""
    while True:
        scope.budget.tick()
        if not isinstance(function, Function):
            raise Problem("T1006")
        if function.signature is not None:
            arguments = function.signature.validate(arguments, context)
        result = function.call(arguments, context, scope)
        if result.__class__ is not Tail:
            return result
        function, arguments, scope = result.function, result.arguments, result.scope


def call_with(function: Function, scope: Scope, *arguments: Any) -> Any:
    """Call a function that was given to a built-in, with as many of these arguments as it names (at least one)."""
    count = max(function.arity, 1)
    return apply(function, list(arguments[:count]), None, scope)
