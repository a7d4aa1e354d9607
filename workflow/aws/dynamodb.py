"""DynamoDB: GetItem and PutItem, typed by the table's model.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..diagnostics import Place, Problem, Refusal, caller_place
from ..expressions import Root, kinds
from ..expressions.nodes import NULL, Block, Call, Cond, Field, Var
from ..lambdas import ANY, INPUT, compiled, expression, kind_of, place_of, root
from ..resources import Readable, Symbol, Table
from ..states.base import A, In, Out
from ..states.working import Service
from .attributes import attribute, check, item_of, names, read_item

M = TypeVar("M")


def _as_table(name: str, table: Any, place: Place) -> tuple[Readable[Any] | None, list[Problem]]:
    """The table if it is sound, and what is wrong with it."""
    if not isinstance(table, Readable):
        shown = getattr(table, "__name__", repr(table))
        return None, [Problem(place, f"the table of `{name}` is {shown}", 'give a Table("...", Model)', "table")]
    if table.problems:
        return None, list(table.problems)
    try:
        of: Any = table.of
        wrong = list(check(of))
    except Refusal as refusal:
        return None, list(refusal.at(place).problems)
    at = getattr(table, "place", place)
    instead = "keep it as text, a number, a list or a model"
    problems = [
        Problem(at, f"table `{table.name}`: DynamoDB has no type for {w}", instead, "attribute-type") for w in wrong
    ]
    return (None if problems else table), problems


def _fields(table: Readable[Any]) -> dict[str, kinds.RecordField]:
    of: Any = table.of
    return kinds.fields_of(of)


class GetItem(Service[In, Out]):
    """Reads the item under a key: `Device | None`. Only the model's fields are read.

    consistent: see every write that succeeded before; costs twice as much.
    """

    table: Readable[Any]

    def __init__(
        self: GetItem[A, M | None],
        name: str,
        table: Readable[M],
        *,
        of: type[A],
        key: Callable[[A], str | int],
        consistent: bool = False,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        found = compiled(key, (root("states.input", takes),), place)
        sound, problems = _as_table(name, table, place)
        problems += found.problems
        arguments: dict[str, Any] = {}
        result = root("states.result.Item", None)
        passes = None
        if sound is not None:
            field = _fields(sound)[sound.partition_key]
            if found.kind is not None and not kinds.fits(found.kind, field.kind):
                what = (
                    f"the key of table `{sound.name}` is `{sound.partition_key}: {kinds.show(field.kind)}`,"
                    f" but this is {kinds.show(found.kind)}"
                )
                problems.append(Problem(place_of(key, place), what, "give the key's type", "table-key"))
            elif found.expression is not None:
                value = attribute(found.expression.node, field.kind, names())
                fields = [f.json for f in _fields(sound).values()]
                arguments = {
                    "TableName": Symbol(sound.key),
                    "Key": {field.json: expression(value)},
                    "ProjectionExpression": ", ".join(f"#{_alias(f)}" for f in fields),
                    "ExpressionAttributeNames": {f"#{_alias(f)}": f for f in fields},
                }
                if consistent:
                    arguments["ConsistentRead"] = True
            result = _result(sound)
            passes = result.kind
        self._serve(
            name,
            takes,
            result,
            place,
            "dynamodb:getItem",
            passes=passes,
            own=expression(result.node),
            table=table,
            arguments=arguments,
            problems=tuple(problems),
        )


def _alias(attribute: str) -> str:
    """Placeholders are letters, digits and underscores; all attributes get one, as hundreds of words are reserved."""
    return "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in attribute)


def _result(table: Readable[Any]) -> Root:
    item = Var("item", kind=ANY)
    raw = Field(Field(Var("states", kind=ANY), "result", kind=ANY), "Item", kind=ANY)
    kind = kinds.join(kinds.RecordKind(table.of), kinds.NONE)
    there = Call("$exists", (item,), kind=kinds.BOOL)
    model = Cond(there, read_item(item, table.of, table.name), NULL, kind=kind)
    return Root(Block((("item", raw),), model, kind=kind), kind)


class PutItem(Service[In, Out]):
    """Writes an item and passes its input on.

    unless_exists: fail with EXISTS if there is an item under this key already.
    """

    table: Table[Any]

    def __init__(
        self: PutItem[A, A],
        name: str,
        table: Table[M],
        *,
        of: type[A],
        item: Callable[[A], M],
        unless_exists: bool = False,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        sound, problems = _as_table(name, table, place)
        made = compiled(item, (root("states.input", takes),), place)
        problems += made.problems
        arguments: dict[str, Any] = {}
        if sound is not None and made.expression is not None:
            if not kinds.fits(made.expression.kind, kinds.RecordKind(sound.of)):
                what = f"table `{sound.name}` holds {sound.of.__name__}, but this is {kinds.show(made.expression.kind)}"
                problems.append(
                    Problem(place_of(item, place), what, f"make one: {sound.of.__name__}(...)", "table-item")
                )
            else:
                key = _fields(sound)[sound.partition_key].json
                arguments = {
                    "TableName": Symbol(sound.key),
                    "Item": expression(item_of(made.expression.node, sound.of)),
                }
                if unless_exists:
                    arguments["ConditionExpression"] = f"attribute_not_exists(#{_alias(key)})"
                    arguments["ExpressionAttributeNames"] = {f"#{_alias(key)}": key}
        self._serve(
            name,
            takes,
            root("states.input", takes),
            place,
            "dynamodb:putItem",
            passes=takes,
            own=INPUT,
            table=table,
            arguments=arguments,
            problems=tuple(problems),
        )
