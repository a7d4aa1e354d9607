"""Every built-in function by name, with its signature. There is no $eval: Step Functions has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.jsonata.library import aws, collections, numbers, patterns, strings, times
from simulator.jsonata.scope import Native
from simulator.jsonata.signature import Signature

_PLAIN: dict[str, tuple[str, Callable[..., Any]]] = {
    "abs": ("<n-:n>", numbers.absolute),
    "assert": ("<bs?:x>", collections.asserted),
    "average": ("<a<n>:n>", numbers.average),
    "base64decode": ("<s-:s>", strings.decode),
    "base64encode": ("<s-:s>", strings.encode),
    "boolean": ("<x-:b>", collections.boolean),
    "ceil": ("<n-:n>", numbers.ceil),
    "count": ("<a:n>", collections.count),
    "decodeUrl": ("<s-:s>", strings.decode_url),
    "decodeUrlComponent": ("<s-:s>", strings.decode_component),
    "encodeUrl": ("<s-:s>", strings.encode_url),
    "encodeUrlComponent": ("<s-:s>", strings.encode_component),
    "error": ("<s?:x>", collections.error),
    "exists": ("<x:b>", collections.exists),
    "floor": ("<n-:n>", numbers.floor),
    "formatBase": ("<n-n?:s>", numbers.format_base),
    "formatInteger": ("<n-s:s>", numbers.format_integer),
    "formatNumber": ("<n-so?:s>", numbers.format_number),
    "fromMillis": ("<n-s?s?:s>", times.from_millis),
    "hash": ("<xs?:s>", aws.hashed),
    "keys": ("<x-:a<s>>", collections.keys),
    "length": ("<s-:n>", strings.length),
    "lookup": ("<x-s:x>", collections.lookup),
    "lowercase": ("<s-:s>", strings.lowercase),
    "max": ("<a<n>:n>", numbers.largest),
    "min": ("<a<n>:n>", numbers.smallest),
    "not": ("<x-:b>", collections.negated),
    "number": ("<(nsb)-:n>", numbers.number),
    "power": ("<n-n:n>", numbers.power),
    "reverse": ("<a:a>", collections.reverse),
    "round": ("<n-n?:n>", numbers.rounded),
    "spread": ("<x-:a<o>>", collections.spread),
    "sqrt": ("<n-:n>", numbers.sqrt),
    "substring": ("<s-nn?:s>", strings.substring),
    "substringAfter": ("<s-s:s>", strings.substring_after),
    "substringBefore": ("<s-s:s>", strings.substring_before),
    "sum": ("<a<n>:n>", numbers.total),
    "toMillis": ("<s-s?:n>", times.to_millis),
    "trim": ("<s-:s>", strings.trim),
    "type": ("<x:s>", collections.type_name),
    "uppercase": ("<s-:s>", strings.uppercase),
}
_SCOPED: dict[str, tuple[str, Callable[..., Any]]] = {
    "append": ("<xx:a>", collections.appended),
    "clone": ("<(oa)-:o>", collections.cloned),
    "contains": ("<s-(sf):b>", patterns.contains),
    "distinct": ("<x:x>", collections.distinct),
    "each": ("<o-f:a>", collections.each),
    "filter": ("<af>", collections.filtered),
    "join": ("<a<s>s?:s>", strings.join),
    "map": ("<af>", collections.mapped),
    "match": ("<s-fn?:a<o>>", patterns.match),
    "merge": ("<a<o>:o>", collections.merged),
    "millis": ("<:n>", times.millis),
    "now": ("<s?s?:s>", times.now),
    "pad": ("<s-ns?:s>", strings.pad),
    "parse": ("<s-:x>", aws.parse),
    "parseInteger": ("<s-s:n>", numbers.parse_integer),
    "partition": ("<an:a>", aws.partition),
    "random": ("<n?:n>", aws.random),
    "range": ("<nnn:a>", aws.value_range),
    "reduce": ("<afj?:j>", collections.reduced),
    "replace": ("<s-(sf)(sf)n?:s>", patterns.replace),
    "shuffle": ("<a:a>", collections.shuffled),
    "sift": ("<o-f?:o>", collections.sifted),
    "single": ("<af?>", collections.single),
    "sort": ("<af?:a>", collections.ordered),
    "split": ("<s-(sf)n?:a<s>>", patterns.split),
    "string": ("<x-b?:s>", strings.string),
    "uuid": ("<:s>", aws.uuid),
    "zip": ("<a+>", collections.zipped),
}


def _native(name: str, declared: str, implementation: Callable[..., Any], *, scoped: bool) -> Native:
    signature = Signature(declared, name)
    arity = sum(not parameter.optional for parameter in signature.parameters)
    return Native(name, implementation, arity, signature, scoped=scoped)


#: The built-in functions, as the outermost scope holds them.
NATIVES: dict[str, Any] = {
    **{name: _native(name, declared, made, scoped=False) for name, (declared, made) in _PLAIN.items()},
    **{name: _native(name, declared, made, scoped=True) for name, (declared, made) in _SCOPED.items()},
}
