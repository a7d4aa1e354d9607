"""What goes wrong in an expression, by the codes and words of JSONata."""

from __future__ import annotations

import math
from typing import Any

from simulator.values import dump


class Problem(Exception):
    """An expression that cannot be parsed or evaluated. `code` is JSONata's (T2001, D1001, S0201...)."""

    def __init__(self, code: str, message: str | None = None, **parts: Any) -> None:
        self.code = code
        text = _MESSAGES.get(code, code) if message is None else message
        for name, value in parts.items():
            text = text.replace("{" + name + "}", _show(value))
        self.message = text
        super().__init__(f"{code}: {text}" if code else text)

    def ending(self) -> str:
        """How the cause of a failed evaluation goes on: AWS names no code where a bound ended it."""
        return f": {self.message}" if self.code in _BOUNDS else f". {self}"


#: Evaluations that were ended for their depth, time or memory.
_BOUNDS = frozenset({"D1011", "D1012", "D1013"})


class Word(str):
    """A token or a name, shown in messages without quotes."""

    __slots__ = ()


def _show(value: Any) -> str:
    if isinstance(value, Word):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "Infinity" if value > 0 else "-Infinity" if value < 0 else "NaN"
    try:
        return dump(value).decode()[:500]
    except (TypeError, ValueError, RecursionError):
        return "function"


_MESSAGES = {
    "T0410": "Argument {index} of function {token} does not match function signature",
    "T0411": "Context value is not a compatible type with argument {index} of function {token}",
    "T0412": "Argument {index} of function {token} must be an array of {type}",
    "D1001": "Number out of range: {value}",
    "D1002": "Cannot negate a non-numeric value: {value}",
    "T1003": "Key in object structure must evaluate to a string; got: {value}",
    "D1004": "Regular expression matches zero length string",
    "T1005": "Attempted to invoke a non-function. Did you mean ${name}?",
    "T1006": "Attempted to invoke a non-function",
    "T1007": "Attempted to partially apply a non-function. Did you mean ${name}?",
    "T1008": "Attempted to partially apply a non-function",
    "D1009": "Multiple key definitions evaluate to same key: {value}",
    "D1011": "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive",
    "D1012": "Expression evaluation timeout: Check for infinite loop",
    "D1013": "Expression evaluation memory limit exceeded: Check for excessive memory usage",
    "T2001": "The left side of the {token} operator must evaluate to a number",
    "T2002": "The right side of the {token} operator must evaluate to a number",
    "T2003": "The left side of the range operator (..) must evaluate to an integer",
    "T2004": "The right side of the range operator (..) must evaluate to an integer",
    "T2006": "The right side of the function application operator ~> must be a function",
    "T2007": "Type mismatch when comparing values {value} and {value2} in order-by clause",
    "T2008": "The expressions within an order-by clause must evaluate to numeric or string values",
    "T2009": "The values {value} and {value2} either side of operator {token} must be of the same data type",
    "T2010": "The expressions either side of operator {token} must evaluate to numeric or string values",
    "T2011": "The insert/update clause of the transform expression must evaluate to an object: {value}",
    "T2012": "The delete clause of the transform expression must evaluate to a string or array of strings: {value}",
    "D2014": (
        "The size of the sequence allocated by the range operator (..) must not exceed 1e6.  "
        "Attempted to allocate {value}."
    ),
    "D3001": "Attempting to invoke string function on Infinity or NaN",
    "D3010": "Second argument of replace function cannot be an empty string",
    "D3011": "Fourth argument of replace function must evaluate to a positive number",
    "D3012": "Attempted to replace a matched string with a non-string value",
    "D3020": "Third argument of split function must evaluate to a positive number",
    "D3030": "Unable to cast value to a number: {value}",
    "D3040": "Third argument of match function must evaluate to a positive number",
    "D3050": "The second argument of reduce function must be a function with at least two arguments",
    "D3060": "The sqrt function cannot be applied to a negative number: {value}",
    "D3061": (
        "The power function has resulted in a value that cannot be represented as a JSON number: "
        "base={value}, exponent={exp}"
    ),
    "D3070": (
        "The single argument form of the sort function can only be applied to an array of strings or an array of "
        "numbers.  Use the second argument to specify a comparison function"
    ),
    "D3100": "The radix of the formatBase function must be between 2 and 36.  It was given {value}",
    "D3110": "The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given {value}",
    "D3137": "{value}",
    "D3138": "The $single() function expected exactly 1 matching result.  Instead it matched more.",
    "D3139": "The $single() function expected exactly 1 matching result.  Instead it matched 0.",
    "D3140": "Malformed URL passed to ${function}(): {value}",
    "D3141": "{value}",
}
