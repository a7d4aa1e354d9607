"""Functions of arrays and objects, and those that take functions."""

from __future__ import annotations

from typing import Any

from simulator.jsonata.bounds import tick
from simulator.jsonata.errors import Problem, Word
from simulator.jsonata.scope import Function, Scope, call_with
from simulator.jsonata.transform import clone
from simulator.jsonata.values import UNDEFINED, Seq, append, measure, plain, truth


def count(items: Any) -> Any:
    """$count: 0 of nothing."""
    return 0 if items is UNDEFINED else len(items)


def appended(scope: Scope, first: Any, second: Any) -> Any:
    """$append."""
    result = append(first, second)
    if isinstance(result, list):
        scope.budget.items(len(result))
    return result


def exists(value: Any) -> Any:
    """$exists."""
    return value is not UNDEFINED


def boolean(value: Any) -> Any:
    """$boolean: undefined of nothing."""
    return UNDEFINED if value is UNDEFINED else truth(value)


def negated(value: Any) -> Any:
    """$not: undefined of nothing."""
    return UNDEFINED if value is UNDEFINED else not truth(value)


def mapped(scope: Scope, items: Any, function: Any) -> Any:
    """$map: what gives nothing is left out."""
    if items is UNDEFINED:
        return UNDEFINED
    result = Seq()
    for index, item in enumerate(items):
        value = call_with(function, scope, item, index, items)
        if value is not UNDEFINED:
            result.append(value)
    scope.budget.items(len(result))
    return result


def filtered(scope: Scope, items: Any, function: Any) -> Any:
    """$filter."""
    if items is UNDEFINED:
        return UNDEFINED
    result = Seq()
    for index, item in enumerate(items):
        if truth(call_with(function, scope, item, index, items)):
            result.append(item)
    scope.budget.items(len(result))
    return result


def single(scope: Scope, items: Any, function: Any = UNDEFINED) -> Any:
    """$single. Raises D3138, D3139."""
    if items is UNDEFINED:
        return UNDEFINED
    found: Any = UNDEFINED
    for index, item in enumerate(items):
        if function is UNDEFINED or truth(call_with(function, scope, item, index, items)):
            if found is not UNDEFINED:
                raise Problem("D3138")
            found = item
    if found is UNDEFINED:
        raise Problem("D3139")
    return found


def reduced(scope: Scope, items: Any, function: Any, initial: Any = UNDEFINED) -> Any:
    """$reduce. Raises D3050."""
    if items is UNDEFINED:
        return UNDEFINED
    if function.arity < 2:
        raise Problem("D3050")
    begin = 0
    if initial is UNDEFINED:
        if not items:
            return UNDEFINED
        initial, begin = items[0], 1
    result = initial
    for index in range(begin, len(items)):
        result = call_with(function, scope, result, items[index], index, items)
    return result


def sifted(scope: Scope, value: Any, function: Any) -> Any:
    """$sift: the fields for which the function holds; nothing if there are none."""
    if value is UNDEFINED:
        return UNDEFINED
    result = {key: item for key, item in value.items() if truth(call_with(function, scope, item, key, value))}
    return result or UNDEFINED


def each(scope: Scope, value: Any, function: Any) -> Any:
    """$each."""
    if value is UNDEFINED:
        return UNDEFINED
    made = (call_with(function, scope, item, key, value) for key, item in value.items())
    return Seq(item for item in made if item is not UNDEFINED)


def keys(value: Any) -> Seq:
    """$keys, of an object or of all objects of an array."""
    if isinstance(value, list):
        return Seq(dict.fromkeys(key for item in value for key in keys(item)))
    return Seq(value if value.__class__ is dict else ())


def lookup(value: Any, key: Any) -> Any:
    """$lookup."""
    if isinstance(value, list):
        result = Seq()
        for item in value:
            found = lookup(item, key)
            if found is not UNDEFINED:
                result.extend(found if isinstance(found, list) else [found])
        return result
    return value.get(key, UNDEFINED) if value.__class__ is dict else UNDEFINED


def spread(value: Any) -> Any:
    """$spread: an object for each field."""
    if isinstance(value, list):
        below = [spread(item) for item in value]
        made = [each for item in below for each in (item if isinstance(item, list) else [item])]
        return made if value else Seq()  # as the reference appends them: an array that stays one
    if value.__class__ is dict:
        return Seq({key: item} for key, item in value.items())
    return value


def merged(scope: Scope, objects: Any) -> Any:
    """$merge."""
    if objects is UNDEFINED:
        return UNDEFINED
    result: dict[str, Any] = {}
    for item in objects:
        scope.budget.tick()
        result.update(item)
    scope.budget.items(len(result), 100)
    return result


def reverse(items: Any) -> Any:
    """$reverse."""
    if items is UNDEFINED or len(items) <= 1:
        return items
    return list(reversed(items))


def zipped(scope: Scope, *arrays: Any) -> Any:
    """$zip: as long as the shortest."""
    lists = [array if isinstance(array, list) else [] if array is UNDEFINED else [array] for array in arrays]
    scope.budget.items(min(map(len, lists)), 80 + 8 * len(lists))
    return [list(items) for items in zip(*lists, strict=False)]


def shuffled(scope: Scope, items: Any) -> Any:
    """$shuffle, by the execution's seed."""
    if items is UNDEFINED or len(items) <= 1:
        return items
    result = list(items)
    scope.setting.random.shuffle(result)
    scope.budget.look()
    return result


def distinct(scope: Scope, items: Any) -> Any:
    """$distinct: the first of equal items."""
    if not isinstance(items, list) or len(items) <= 1:
        return items
    seen: set[Any] = set()
    result = Seq() if items.__class__ is Seq else []
    for item in items:
        scope.budget.tick()
        key = _canonical(item)
        if key not in seen:
            seen.add(key)
            result.append(item)
    return result


def _canonical(value: Any) -> Any:
    tick()
    if value.__class__ is dict:
        return ("o", frozenset((key, _canonical(item)) for key, item in value.items()))
    if isinstance(value, list):
        return ("a", tuple(_canonical(item) for item in value))
    if value.__class__ is bool:
        return ("b", value)
    if isinstance(value, Function):
        return ("f", id(value))
    return value


def ordered(scope: Scope, items: Any, function: Any = UNDEFINED) -> Any:
    """$sort: numbers or texts, or by a function that says whether its first argument comes after its second."""
    if items is UNDEFINED:
        return UNDEFINED
    if len(items) <= 1:
        return items
    if function is not UNDEFINED:

        def compare(a: Any, b: Any) -> int:
            return 1 if truth(call_with(function, scope, a, b)) else 0

        return _merge_sort(list(items), compare, scope)
    kinds = {str if item.__class__ is str else float if item.__class__ in (int, float) else None for item in items}
    if len(kinds) != 1 or None in kinds:
        raise Problem("D3070", value=items)
    return sorted(items)


def _merge_sort(items: list[Any], after: Any, scope: Scope) -> list[Any]:
    """Stable: the function is asked whether the left item comes after the right one, never the other way round."""
    if len(items) <= 1:
        return items
    middle = len(items) // 2
    left, right = _merge_sort(items[:middle], after, scope), _merge_sort(items[middle:], after, scope)
    result: list[Any] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if after(left[i], right[j]):
            result.append(right[j])
            j += 1
        else:
            result.append(left[i])
            i += 1
    return [*result, *left[i:], *right[j:]]


def type_name(value: Any) -> Any:
    """$type."""
    if value is UNDEFINED:
        return UNDEFINED
    if value is None:
        return "null"
    for kind, name in ((bool, "boolean"), (str, "string"), (int, "number"), (float, "number"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object" if value.__class__ is dict else "function"


def error(message: Any = UNDEFINED) -> Any:
    """$error. Raises D3137."""
    raise Problem("D3137", value=Word("$error() function evaluated" if message is UNDEFINED else message))


def asserted(condition: Any, message: Any = UNDEFINED) -> Any:
    """$assert. Raises D3141."""
    if condition is not True:
        raise Problem("D3141", value=Word("$assert() statement failed" if message is UNDEFINED else message))
    return UNDEFINED


def cloned(scope: Scope, value: Any) -> Any:
    """$clone."""
    if value is UNDEFINED:
        return UNDEFINED
    scope.budget.text(measure(value))
    return clone(plain(value))
