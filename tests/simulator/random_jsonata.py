"""Random JSONata expressions and values to ask two evaluators about.

Left out is what JSON cannot tell (Infinity, functions), what the reference does by accident (updates of texts inside a
transform, filters of nothing by `true`, a comparator or a filter in a call that ends a function), and the order of keys
that look like integers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

NAMES: tuple[str, ...] = ("a", "b", "c", "items", "name", "n", "list", "`x y`")
CONSTANTS: tuple[str, ...] = (
    "0",
    "1",
    "2",
    "-1",
    "1.5",
    "''",
    "'x'",
    "'foo'",
    "'a,b'",
    "true",
    "false",
    "null",
    "[]",
    "[1]",
    "[1, 2, 3]",
)
CONSTANTS += ("{}", "{'a': 1}", "'10'", "[null]", "['b', 'a']", "100")
SCALARS = (
    0,
    1,
    2,
    3,
    -1,
    1.5,
    10,
    "",
    "x",
    "foo",
    "bar",
    "a,b",
    "10",
    " 5 ",
    True,
    False,
    None,
    "Foo Bar",
    0.1,
    "é",
    "日本",
)
OPERATORS: tuple[str, ...] = ("+", "-", "*", "&", "=", "!=", "<", ">", "<=", ">=", "and", "or", "in")
OF_ONE: tuple[str, ...] = (
    "string",
    "length",
    "uppercase",
    "lowercase",
    "trim",
    "number",
    "abs",
    "floor",
    "ceil",
    "round",
    "boolean",
    "not",
)
OF_ONE += ("exists", "count", "sum", "max", "min", "average", "reverse", "distinct", "keys", "type", "sort", "merge")
OF_ONE += ("spread", "join", "base64encode", "encodeUrlComponent")

TESTS: tuple[str, ...] = ("0", "-1", "1", "<name> = <constant>", "$ = <constant>", "<name> > 1")
STEPS: tuple[str, ...] = (
    *[".<name>"] * 10,
    ".*",
    ".**",
    "[<test>]",
    ".<name>[<test>]",
    ".<name>[]",
    "[]",
    ".(<e>)",
    "^(>n)",
    "^(n)",
)
STEPS += ("^(>name, n)", "{name: n}", "{'k': $count($)}", ".{'k': $}", ".{'k': <name>}", "@$v.<name>")
STEPS += ("#$i.{'i': $i, 'v': $}", ".<name>.%.<name>")
FORMS = (
    *["(<e> <operator> <e>)"] * 8,
    *["$<f>(<e>)"] * 8,
    "(<e> ? <e> : <e>)",
    "[<e>, <e>]",
    "{'a': <e>, 'b': <e>}",
    "($x := <e>; [$x, <e>])",
    "[0..3].(<e>)",
    "[<e>][0]",
    "[<e>][$ = 1]",
    "(<e>).$string()",
    "$map(<e>, function($x) { $x })",
    "$map(<e>, function($x) { [$x] })",
    "$map(<e>, function($x) { <e> })",
    "$map([<e>], function($x) { $filter($x, function($y) { $y = <e> }) })",
    "$map([<e>, <e>], function($x) { $<f>($x) })",
    "$filter(<e>, function($x) { $x })",
    "$filter(<e>, function($x) { <e> })",
    "$reduce(<e>, function($p, $x) { $p & $x })",
    "$reduce(<e>, function($p, $x) { $append($p, $x) })",
    "$each({'p': <e>, 'q': 1}, function($x, $k) { $k & $x })",
    "$sift({'p': <e>, 'q': 1}, function($x) { $x = 1 })",
    "[$sort(<e>, function($l, $r) { $l > $r })]",
    "$append(<e>, <e>)",
    "$zip(<e>, <e>)",
    "$lookup(<e>, 'a')",
    "(<e>) ~> $<f>",
    "$split(<e>, ',')",
    "$split(<e>, '')",
    "$split(<e>, /[a-z]/)",
    "$contains(<e>, 'o')",
    "$contains(<e>, /o/)",
    "$substringBefore(<e>, 'o')",
    "$substringAfter(<e>, <e>)",
    "$substring(<e>, -2)",
    "$substring(<e>, 1, 2)",
    "$pad(<e>, -5, '#')",
    "$replace(<e>, 'o', '$0')",
    "$replace(<e>, /(o)(o)?/, '$1$2-')",
    "$match(<e>, /[a-z]+/)",
    "$join(<e>, ',')",
    "$formatNumber(<e>, '#,##0.00')",
)


class Writer:
    """Writes expressions and values from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def value(self, depth: int = 0) -> Any:
        """JSON, at most five levels deep."""
        kind = self.random.random()
        if depth > 3 or kind < 0.5:
            return self.random.choice(SCALARS)
        if kind < 0.75:
            return [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        return {self._key(): self.value(depth + 1) for _ in range(self.random.randrange(4))}

    def input(self) -> dict[str, Any]:
        """What `$states.input` is: most names, and a list of records as workflows have them."""
        found = {name.strip("`"): self.value() for name in NAMES if self.random.random() < 0.8}
        found["list"] = [
            {"n": self.random.randrange(5), "name": self.random.choice("pqr"), "items": [self.value(2)]}
            for _ in range(self.random.randrange(4))
        ]
        return found

    def expression(self, depth: int = 0) -> str:
        """An expression over `$states.input`."""
        kind = self.random.random() if depth < 5 else 0.3 * self.random.random()
        if kind < 0.15:
            return str(self.random.choice(CONSTANTS))
        if kind < 0.4:
            return "$states.input" + "".join(self._of(STEPS, depth) for _ in range(self.random.randrange(1, 4)))
        return self._of(FORMS, depth)

    def _key(self) -> str:
        return self.random.choice(NAMES).strip("`")

    def _of(self, forms: Sequence[str], depth: int) -> str:
        """One of the forms, its holes filled."""
        return re.sub("<[a-z]+>", lambda hole: self._filled(hole[0], depth), self.random.choice(forms))

    def _filled(self, hole: str, depth: int) -> str:
        if hole == "<e>":
            return self.expression(depth + 1)
        words = {"<name>": NAMES, "<constant>": CONSTANTS, "<operator>": OPERATORS, "<f>": OF_ONE, "<test>": TESTS}[
            hole
        ]
        word = self.random.choice(words)
        return self._of([word], depth) if "<" in word and hole == "<test>" else str(word)
