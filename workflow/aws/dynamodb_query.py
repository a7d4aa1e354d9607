"""DynamoDB: Query, by AWS's SDK; the optimized integration has none.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

from ..diagnostics import Problem, caller_place, did_you_mean
from ..expressions import Root, kinds
from ..expressions.nodes import Block, Call, Collect, Field, Function, Node, Var, const
from ..lambdas import ANY, compiled, expression, kind_of, place_of, root
from ..resources import Readable, Symbol
from ..states.base import A, In, Out
from . import catalogue
from .attributes import _RAW, RECORD, attribute, names, read_item
from .calling import Calling
from .dynamodb import _alias, _as_table, _fields
from .models import pascal

M = TypeVar("M")


class Query(Calling[In, Out]):
    """Reads the items that have a value in a field, by the table's key or by an index: `list[M]`.

    by: the field; the table's key if not given. index: its index. limit: how many items at most; without it the state
    fails where there are more than AWS gives at once (1 MB), instead of passing a part on. newest_first: by the sort
    key, backwards. Only the model's fields are read.
    """

    table: Readable[Any]

    def __init__(
        self: Query[A, list[M]],
        name: str,
        table: Readable[M],
        *,
        of: type[A],
        value: Callable[[A], str | int],
        by: str | None = None,
        index: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        found = compiled(value, (root("states.input", takes),), place)
        sound, problems = _as_table(name, table, place)
        problems += found.problems
        arguments: dict[str, Any] = {}
        result = root("states.result.Items", None)
        passes = None
        if sound is not None:
            declared = _fields(sound)
            field = declared.get(by if by is not None else sound.partition_key)
            if field is None:
                what = f"{sound.of.__name__} has no field `{by}` to query by"
                problems.append(Problem(place, what, did_you_mean(str(by), declared), "query"))
            elif by is not None and by != sound.partition_key and index is None:
                what = f"`{name}` queries by `{by}`, which is not the key of table `{sound.name}`"
                problems.append(Problem(place, what, "name the index: index=", "query"))
            elif found.kind is not None and not kinds.fits(found.kind, field.kind):
                what = f"`{field.name}` is {kinds.show(field.kind)}, but this is {kinds.show(found.kind)}"
                problems.append(Problem(place_of(value, place), what, "give its type", "query"))
            elif found.expression is not None:
                aliases = {f"#{_alias(f.json)}": f.json for f in declared.values()}
                arguments = {
                    "TableName": Symbol(sound.key),
                    "KeyConditionExpression": f"#{_alias(field.json)} = :value",
                    "ProjectionExpression": ", ".join(aliases),
                    "ExpressionAttributeNames": aliases,
                    "ExpressionAttributeValues": {
                        ":value": expression(attribute(found.expression.node, kinds.some(field.kind), names()))
                    },
                }
                arguments |= {"IndexName": index} if index is not None else {}
                arguments |= {"Limit": limit} if limit is not None else {}
                arguments |= {"ScanIndexForward": False} if newest_first else {}
            result = _result(sound, whole=limit is None)
            passes = result.kind
        if limit is not None and not (isinstance(limit, int) and limit > 0):
            problems.append(Problem(place, f"limit={limit!r} of `{name}`", "give a whole number from 1", "query"))
        self._call(
            name,
            place,
            catalogue.sdk("dynamodb:query"),
            takes,
            arguments or {"TableName": "???"},  # something else is wrong
            result=result,
            passes=passes,
            own=expression(result.node),
            table=table,
            problems=problems,
        )


def _result(table: Readable[Any], *, whole: bool) -> Root:
    """The models of the items; raises where there are more, if all are wanted."""
    result = root("states.result", ANY).node
    kind = kinds.ListKind(kinds.RecordKind(table.of))
    item = Var("item", kind=RECORD)
    model = _sdk_letters(read_item(item, table.of, table.name))
    each = Function((item.name,), model, kind=ANY)
    items: Node = Collect(
        Call("$map", (Field(result, "Items", kind=kinds.ListKind(RECORD)), each), kind=kind), kind=kind
    )
    if whole:
        more = Call("$exists", (Field(result, "LastEvaluatedKey", kind=RECORD),), kind=kinds.BOOL)
        message = const(f"a query of table {table.name} has more items than come at once: give a limit")
        checked = Call("$assert", (Call("$not", (more,), kind=kinds.BOOL), message), kind=kinds.NONE)
        items = Block((("", checked),), items, kind=kind)
    return Root(items, kind)


def _sdk_letters(node: Any) -> Any:
    """The same reading, with the names that SDK integrations give to attributes' types: `Bool`, `Ss`."""
    if isinstance(node, tuple):
        return tuple(_sdk_letters(part) for part in node)
    if not isinstance(node, Node):
        return node
    made: Any = {f.name: getattr(node, f.name) for f in fields(node) if f.name not in ("kind", "value", "key")}
    changed = {name: _sdk_letters(part) for name, part in made.items()}
    if isinstance(node, Field) and (node.name == "NULL" or node.kind == _RAW.get(node.name)) and node.kind != ANY:
        changed["name"] = pascal(node.name)
    return replace(node, **changed) if changed else node
