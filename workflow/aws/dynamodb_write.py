"""DynamoDB: UpdateItem and DeleteItem, with expressions built from the table's model.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..diagnostics import Place, Problem, caller_place, did_you_mean
from ..expressions import Expression, Refusal, Root, kinds
from ..lambdas import INPUT, expression, kind_of, place_of, root, value_or_lambda
from ..resources import Readable, Symbol, Table
from ..states.base import A, In, Out
from ..states.working import Service
from .attributes import attribute, names
from .dynamodb import _alias, _as_table, _fields

M = TypeVar("M")
Value = Callable[[A], object] | str | int | float | bool | list[Any] | dict[str, Any]
"""A constant, or a lambda of the input."""

ABSENT = "DynamoDB.ConditionalCheckFailedException"
"""What UpdateItem and DeleteItem fail with where there is no such item, or `when` does not hold."""


@dataclass
class Clauses:
    """The parts of an update, as they are built: names and values get placeholders, reserved words or not."""

    state: str
    table: Readable[Any]
    source: Root
    place: Place
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def name(self, attribute_name: str) -> tuple[str, kinds.RecordField] | None:
        """The placeholder of a field, and the field; None where the model has none of that name."""
        fields = _fields(self.table)
        found = fields.get(attribute_name)
        if found is None:
            what = f"{self.table.of.__name__} has no field `{attribute_name}` for `{self.state}`"
            self.problems.append(Problem(self.place, what, did_you_mean(attribute_name, fields), "update"))
            return None
        alias = f"#{_alias(found.json)}"
        self.names[alias] = found.json
        return alias, found

    def value(self, prefix: str, attribute_name: str, value: Any, kind: kinds.Kind) -> str | None:
        """The placeholder of a value that is written as an attribute of a kind."""
        made = value_or_lambda(value, (self.source,), self.place)
        self.problems += made.problems
        if made.expression is None:
            return None
        given = made.expression.kind
        at = place_of(value, self.place) if callable(value) else self.place
        wanted = kinds.some(kind)
        if kinds.is_optional(given):
            what = f"`{attribute_name}` of `{self.state}` may be None"
            self.problems.append(Problem(at, what, "test it before, and remove the attribute where it is", "update"))
            return None
        if not kinds.fits(given, wanted):
            what = f"`{attribute_name}` of `{self.state}` is {kinds.show(wanted)}, but this is {kinds.show(given)}"
            self.problems.append(Problem(at, what, "give what the model says", "update"))
            return None
        placeholder = f":{prefix}{_alias(attribute_name)}"
        try:
            node = attribute(made.expression.node, wanted, names())
        except Refusal as refusal:
            self.problems += refusal.at(at).problems
            return None
        self.values[placeholder] = expression(node)
        return placeholder

    def pairs(self, given: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str, kinds.RecordField]]:
        """(placeholder of the name, of the value, the field) of what can be written."""
        for attribute_name, value in given.items():
            found = self.name(attribute_name)
            placeholder = self.value(prefix, attribute_name, value, found[1].kind) if found is not None else None
            if found is not None and placeholder is not None:
                yield found[0], placeholder, found[1]

    def condition(self, when: Mapping[str, Any] | None, *, exists: bool) -> str:
        """attribute_exists(key) and what has to be so."""
        tests = []
        if exists:
            key = self.name(self.table.partition_key)
            tests += [f"attribute_exists({key[0]})"] if key is not None else []
        tests += [f"{alias} = {value}" for alias, value, _ in self.pairs(when or {}, "when_")]
        return " AND ".join(tests)

    def arguments(self, key: Expression | None, **expressions: str) -> dict[str, Any]:
        """Arguments of the call; expressions that are empty are left out."""
        given: dict[str, Any] = {"TableName": Symbol(self.table.key)}
        if key is not None:
            given["Key"] = {_fields(self.table)[self.table.partition_key].json: key}
        given.update({name: text for name, text in expressions.items() if text})
        if self.names:
            given["ExpressionAttributeNames"] = self.names
        if self.values:
            given["ExpressionAttributeValues"] = self.values
        return given


def key_of(clauses: Clauses, key: Any) -> Expression | None:
    """The item's key as an attribute."""
    made = value_or_lambda(key, (clauses.source,), clauses.place)
    clauses.problems += made.problems
    if made.expression is None:
        return None
    declared = _fields(clauses.table)[clauses.table.partition_key]
    if not kinds.fits(made.expression.kind, declared.kind):
        what = (
            f"the key of table `{clauses.table.name}` is `{clauses.table.partition_key}: {kinds.show(declared.kind)}`,"
            f" but this is {kinds.show(made.expression.kind)}"
        )
        at = place_of(key, clauses.place) if callable(key) else clauses.place
        clauses.problems.append(Problem(at, what, "give the key's type", "table-key"))
        return None
    return expression(attribute(made.expression.node, declared.kind, names()))


class Writing(Service[In, Out]):
    """What UpdateItem and DeleteItem share: a call on one item, made of the table's model; the input goes on."""

    table: Table[Any]

    def _write(self, name: str, table: Any, of: Any, operation: str, call: Callable[[Clauses], dict[str, Any]]) -> None:
        place = caller_place()
        takes = kind_of(of)
        source = root("states.input", takes)
        sound, problems = _as_table(name, table, place)
        arguments: dict[str, Any] = {}
        if sound is not None:
            clauses = Clauses(name, sound, source, place)
            arguments = call(clauses)
            problems += clauses.problems
        self._serve(
            name,
            takes,
            source,
            place,
            operation,
            passes=takes,
            own=INPUT,
            table=table,
            arguments=arguments,
            problems=tuple(problems),
        )


class UpdateItem(Writing[In, Out]):
    """Changes attributes of an item and passes its input on.

    set: fields and their new values. add: numbers to add, which begin at 0. append: values to put at the end of
    lists. remove: optional fields to take away. when: fields and the values that they must have. must_exist: fail with
    ABSENT instead of making an item that has only what is written here.
    """

    def __init__(
        self: UpdateItem[A, A],
        name: str,
        table: Table[M],
        *,
        of: type[A],
        key: Callable[[A], str | int],
        set: Mapping[str, Value[A]] | None = None,
        add: Mapping[str, Value[A]] | None = None,
        append: Mapping[str, Value[A]] | None = None,
        remove: Iterable[str] = (),
        when: Mapping[str, Value[A]] | None = None,
        must_exist: bool = True,
    ) -> None:
        def call(clauses: Clauses) -> dict[str, Any]:
            item = key_of(clauses, key)
            update = _update(clauses, set or {}, add or {}, append or {}, tuple(remove))
            condition = clauses.condition(when, exists=must_exist)
            return clauses.arguments(item, UpdateExpression=update, ConditionExpression=condition)

        self._write(name, table, of, "dynamodb:updateItem", call)


def _update(
    clauses: Clauses,
    set_: Mapping[str, Any],
    add: Mapping[str, Any],
    append: Mapping[str, Any],
    remove: tuple[str, ...],
) -> str:
    twice = sorted({n for n in (*set_, *add, *append, *remove) if (*set_, *add, *append, *remove).count(n) > 1})
    changed = {*set_, *add, *append, *remove}
    what = ""
    if twice:
        what = f"`{clauses.state}` changes `{twice[0]}` in two ways"
    elif clauses.table.partition_key in changed:
        what = f"`{clauses.state}` changes `{clauses.table.partition_key}`, the key"
    elif not changed:
        what = f"`{clauses.state}` changes nothing"
    if what:
        clauses.problems.append(Problem(clauses.place, what, "write set=, add=, append= or remove=", "update"))
    sets = [f"{alias} = {value}" for alias, value, _ in clauses.pairs(set_)]
    sets += _appended(clauses, append)
    adds = [f"{alias} {value}" for alias, value, declared in clauses.pairs(add) if _number(clauses, declared)]
    removes = []
    for attribute_name in remove:
        found = clauses.name(attribute_name)
        if found is not None and not kinds.is_optional(found[1].kind) and found[1].default is kinds.REQUIRED:
            wrong = f"`{clauses.state}` removes `{attribute_name}`, which {clauses.table.of.__name__} requires"
            clauses.problems.append(Problem(clauses.place, wrong, "make it optional in the model", "update"))
        elif found is not None:
            removes.append(found[0])
    parts = (("SET", sets), ("REMOVE", removes), ("ADD", adds))
    return " ".join(f"{word} {', '.join(clause)}" for word, clause in parts if clause)


def _appended(clauses: Clauses, append: Mapping[str, Any]) -> Iterable[str]:
    for attribute_name, value in append.items():
        found = clauses.name(attribute_name)
        if found is None:
            continue
        elem = kinds.some(found[1].kind)
        if not isinstance(elem, kinds.ListKind):
            what = f"`{attribute_name}` of `{clauses.state}` is {kinds.show(elem)}, no list"
            clauses.problems.append(Problem(clauses.place, what, "write set=", "update"))
            continue
        placeholder = clauses.value("", attribute_name, value, elem.elem)
        if placeholder is not None:
            clauses.values[placeholder] = {"L": [clauses.values[placeholder]]}
            clauses.values[":none"] = {"L": []}
            yield f"{found[0]} = list_append(if_not_exists({found[0]}, :none), {placeholder})"


def _number(clauses: Clauses, declared: kinds.RecordField) -> bool:
    if kinds.family(kinds.some(declared.kind)) == "number":
        return True
    what = f"`{declared.name}` of `{clauses.state}` is {kinds.show(kinds.some(declared.kind))}, no number"
    clauses.problems.append(Problem(clauses.place, what, "write set=", "update"))
    return False


class DeleteItem(Writing[In, Out]):
    """Deletes an item and passes its input on.

    when: fields and the values that they must have, else it fails with ABSENT. must_exist: fail with ABSENT if there
    is no such item.
    """

    def __init__(
        self: DeleteItem[A, A],
        name: str,
        table: Table[M],
        *,
        of: type[A],
        key: Callable[[A], str | int],
        when: Mapping[str, Value[A]] | None = None,
        must_exist: bool = False,
    ) -> None:
        def call(clauses: Clauses) -> dict[str, Any]:
            item = key_of(clauses, key)
            condition = clauses.condition(when, exists=must_exist)
            return clauses.arguments(item, ConditionExpression=condition)

        self._write(name, table, of, "dynamodb:deleteItem", call)
