"""The patterns of `match`: the test that a pattern means, and the names that it gives."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial

from .binding import unpacked
from .builder import Reader
from .conditions import count
from .constants import const_of
from .equality import equal, is_same
from .kinds import ListKind, TupleKind, family, fields_of, is_record, some
from .membership import contains
from .nodes import FALSE, NULL, TRUE, Array, Const, Node, binary, both, const, either, negate
from .refusals import Page, place_of, refuse
from .rules import parts, slices, unions
from .scope import Value

ITSELF = (bool, float, int, str, list, tuple, dict)
"""Built-in classes whose one pattern by position is the value itself."""


class PatternTest(ast.expr):
    """The test of a case, standing in a syntax tree as the test of an `if`."""

    _fields = ()

    def __init__(self, subject: Node, case: ast.match_case) -> None:
        super().__init__()
        self.subject, self.case = subject, case
        ast.copy_location(self, case.pattern)


def as_if(it: Reader, s: ast.Match) -> list[ast.stmt]:
    """match as if / elif; the subject is read once."""
    subject = it.node(s.subject)
    if isinstance(subject, Array) and isinstance(subject.kind, TupleKind):  # (a, b): each is tested where it is
        subject = Array(tuple(it.let(x, "subject") for x in subject.items), kind=subject.kind)
    else:
        subject = it.let(subject, "subject")

    def chain(cases: list[ast.match_case]) -> list[ast.stmt]:
        if not cases:
            return []
        case, others = cases[0], cases[1:]
        pattern = case.pattern
        if isinstance(pattern, ast.MatchAs) and not (pattern.pattern or pattern.name or case.guard):
            return case.body
        return [ast.copy_location(ast.If(PatternTest(subject, case), case.body, chain(others)), case.pattern)]

    return chain(s.cases)


def pattern_test(it: Reader, n: PatternTest) -> Node:
    """The pattern and its guard."""
    test = tested(it, n.case.pattern, it.scope.refine(n.subject))
    guard = n.case.guard
    return test if guard is None else both(test, it.assuming_names(test, True, lambda: it.test(guard)))


def tested(it: Reader, p: ast.pattern, x: Node) -> Node:
    """The test that x matches; the names of the pattern are set in the current scope."""
    match p:
        case ast.MatchValue():
            return equal(it, x, it.node(p.value))
        case ast.MatchSingleton():
            return is_same(it, x, const_of(p.value))
        case ast.MatchAs(pattern=None, name=name):
            if name is not None:
                it.scope.names[name] = x
            return TRUE
        case ast.MatchAs(pattern=inner, name=name) if inner is not None:
            test = tested(it, inner, x)
            if name is not None:
                it.scope.names[name] = x
            return test
        case ast.MatchOr():
            return any_of(it, p, x)
        case ast.MatchClass():
            return of_class(it, p, x)
        case ast.MatchSequence() if isinstance(some(x.kind), TupleKind):
            return where_there(it, x, lambda x: of_tuple(it, p, x))
        case ast.MatchSequence() if isinstance(some(x.kind), ListKind):
            return where_there(it, x, lambda x: of_list(it, p, x))
        case ast.MatchMapping() if family(some(x.kind)) in ("dict", "model"):
            return where_there(it, x, lambda x: of_mapping(it, p, x))
    instead = "match on constants, classes, names and _, or write if / elif"
    raise refuse(Page.UNSUPPORTED_SYNTAX, "this pattern", instead).at(place_of(it.frame.file, p))


def where_there(it: Reader, x: Node, make: Callable[[Node], Node]) -> Node:
    """The test of a value that may be None: None matches no such pattern."""
    known = negate(equal(it, x, NULL))
    return both(known, it.assuming_names(known, True, lambda: make(it.scope.refine(x))))


def any_of(it: Reader, p: ast.MatchOr, x: Node) -> Node:
    """a | b; alternatives give no names."""
    if list(captured(p)):
        raise refuse(Page.UNSUPPORTED_SYNTAX, "names in alternatives", "write two cases").at(place_of(it.frame.file, p))
    out: Node = FALSE
    for alternative in p.patterns:
        out = either(out, tested(it, alternative, x))
    return out


def of_class(it: Reader, p: ast.MatchClass, x: Node) -> Node:
    """Alert(limit=x), str()"""
    cls = it.node(p.cls)
    test = unions.is_instance(x, cls)
    python = cls.value if isinstance(cls, Const) else None
    names = list(p.kwd_attrs)
    patterns = list(p.kwd_patterns)
    if python in ITSELF and len(p.patterns) == 1 and not names:  # int(n)
        only = p.patterns[0]
        return both(test, it.assuming_names(test, True, lambda: tested(it, only, it.scope.refine(x))))
    if p.patterns:
        order = getattr(python, "__match_args__", ())
        if len(p.patterns) > len(order):
            instead = "name the fields: Alert(limit=x)"
            raise refuse(Page.UNSUPPORTED_SYNTAX, "a class pattern by position", instead)
        names = [*order[: len(p.patterns)], *names]
        patterns = [*p.patterns, *patterns]
    for name, pattern in zip(names, patterns):
        if test == FALSE:
            return FALSE
        if is_record(python) and isinstance(python, type) and name not in fields_of(python):
            it.attribute(it.scope.refine(x), name)
        test = both(test, inside(it, test, x, name, pattern))
    return test


def of_tuple(it: Reader, p: ast.MatchSequence, x: Node) -> Node:
    """(a, "x", _) of a tuple of known length."""
    if any(isinstance(q, ast.MatchStar) for q in p.patterns):
        said = "`*` in a pattern"
        raise refuse(Page.UNSUPPORTED_SYNTAX, said, "name every item").at(place_of(it.frame.file, p))
    items = unpacked(it, x, len(p.patterns), p)
    test: Node = TRUE
    for item, pattern in zip(items, p.patterns):
        test = both(test, it.assuming_names(test, True, partial(tested, it, pattern, item)))
        if test == FALSE:
            return FALSE
    return test


def of_list(it: Reader, p: ast.MatchSequence, x: Node) -> Node:
    """[a, b], [a, *rest] of a list: as many items, or at least as many."""
    stars = [i for i, q in enumerate(p.patterns) if isinstance(q, ast.MatchStar)]
    if stars and stars[0] != len(p.patterns) - 1:
        said = "`*` in a pattern that is not at its end"
        raise refuse(Page.UNSUPPORTED_SYNTAX, said, "match [first, *rest]").at(place_of(it.frame.file, p))
    items = p.patterns[: len(p.patterns) - len(stars)]
    size = const(len(items))
    test: Node = binary(count(x), ">=" if stars else "=", size) if items or not stars else TRUE
    for i, pattern in enumerate(items):
        made = partial(of_key, it, x, const(i), pattern)
        test = both(test, it.assuming_names(test, True, made))
    for star in p.patterns[len(items) :]:
        if isinstance(star, ast.MatchStar) and star.name is not None:
            it.scope.names[star.name] = slices.of_list(it, x, size, None)
    return test


def of_mapping(it: Reader, p: ast.MatchMapping, x: Node) -> Node:
    """{"source": s} of a dict or a TypedDict: the keys are there, whatever else is."""
    if p.rest is not None:
        said = "`**` in a pattern"
        raise refuse(Page.UNSUPPORTED_SYNTAX, said, "name every key").at(place_of(it.frame.file, p))
    test: Node = TRUE
    for key, pattern in zip(p.keys, p.patterns):
        k = it.node(key)
        test = both(test, contains(it, k, x))
        test = both(test, it.assuming_names(test, True, partial(of_key, it, x, k, pattern)))
    return test


def of_key(it: Reader, x: Node, k: Node, pattern: ast.pattern) -> Node:
    """The test of one value, where its key is known to be there."""
    return tested(it, pattern, parts.part(it, it.scope.refine(x), k))


def inside(it: Reader, test: Node, x: Node, name: str, pattern: ast.pattern) -> Node:
    """The test of one field, where the class is known; names that it gives stay."""

    def field() -> Node:
        value: Value = it.attribute(it.scope.refine(x), name)
        return tested(it, pattern, value if isinstance(value, Node) else NULL)

    return it.assuming_names(test, True, field)


def captured(p: ast.pattern) -> Iterator[str]:
    """The names that a pattern gives."""
    for n in ast.walk(p):
        if isinstance(n, (ast.MatchAs, ast.MatchStar)) and n.name is not None:
            yield n.name
