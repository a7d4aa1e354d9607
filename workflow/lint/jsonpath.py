"""JSONPath as Step Functions reads it: syntax of paths, of reference paths and of intrinsic functions.

A checker, not an evaluator: it says where a text stops being a path. It reads the variables that a path starts with.
https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..diagnostics import did_you_mean

INTRINSICS: dict[str, tuple[int, int | None]] = {
    "Format": (1, None), "StringToJson": (1, 1), "JsonToString": (1, 1), "Array": (0, None), "ArrayPartition": (2, 2),
    "ArrayContains": (2, 2), "ArrayRange": (3, 3), "ArrayGetItem": (2, 2), "ArrayLength": (1, 1), "ArrayUnique": (1, 1),
    "Base64Encode": (1, 1), "Base64Decode": (1, 1), "Hash": (2, 2), "JsonMerge": (3, 3), "MathRandom": (2, 3),
    "MathAdd": (2, 2), "StringSplit": (2, 2), "UUID": (0, 0),
}  # fmt: skip
"""Each function with the least and the most arguments; None: any number."""
DEPTH = 10
"""How deep intrinsic functions may nest."""

_SUBSTITUTION = re.compile(r"\$\{[^}]+\}")
"""What SAM, CloudFormation or Terraform fill in before AWS reads the definition."""
_NAME = re.compile(r"[\w-]+|(?:[\w-]*\$\{[^}]+\}[\w-]*)+")
_VARIABLE = re.compile(r"[^\W\d]\w*")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_INDEXES = re.compile(r"\s*-?\d+\s*(?:,\s*-?\d+\s*)*")
_SLICE = re.compile(r"\s*-?\d*\s*:\s*-?\d*\s*(?::\s*-?\d*\s*)?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_FUNCTION = re.compile(r"States\.(\w*)\s*\(")


class BadPath(ValueError):
    """The text is no path. The span is where that shows."""

    def __init__(self, what: str, instead: str, start: int, end: int) -> None:
        super().__init__(what)
        self.what, self.instead, self.start, self.end = what, instead, start, end


@dataclass
class Read:
    """What a path or an intrinsic reads: names of variables with where they start. `definite`: one value at most."""

    variables: list[tuple[str, int]] = field(default_factory=list)
    reference: bool = True


def path(text: str) -> Read:
    """Check a path. Raises BadPath."""
    if _SUBSTITUTION.fullmatch(text):
        return Read(reference=True)
    reader = _Reader(text)
    reader.path()
    reader.done("the path")
    return reader.read


def reference(text: str) -> Read:
    """Check a reference path, which names one place in the input. Raises BadPath."""
    if text.startswith("$$") or not text.startswith("$"):
        raise BadPath("a reference path starts with `$.`", "write `$.name`", 0, len(text))
    read = path(text)
    if not read.reference or read.variables:
        instead = "use names and whole numbers only: `$.a.b[0]`"
        raise BadPath(
            "a reference path names one place: no `*`, `..`, `?`, `:`, `,` or function", instead, 0, len(text)
        )
    return read


def path_or_function(text: str) -> Read:
    """Check a field that takes a path, and an intrinsic function where AWS allows one. Raises BadPath."""
    return template(text) if text.startswith("States.") else path(text)


def template(text: str) -> Read:
    """Check the value of a key that ends in `.$`: a path or an intrinsic function. Raises BadPath."""
    reader = _Reader(text)
    reader.argument(0, top=True)
    reader.done("the value")
    return reader.read


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.read = text, 0, Read()

    def done(self, what: str) -> None:
        """There must be nothing left."""
        if self.at != len(self.text):
            raise BadPath(f"{what} goes on with `{self.text[self.at :]}`", "", self.at, len(self.text))

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """What the pattern matches here, taken."""
        match = pattern.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return match[0]

    def next_is(self, mark: str) -> bool:
        """Take a mark if it is the next."""
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def path(self) -> None:
        """`$`, `$$` or `$name`, and what follows."""
        start = self.at
        if not self.next_is("$"):
            raise BadPath("a path starts with `$`", "write `$.name`", start, len(self.text))
        if not self.next_is("$"):
            name = self.take(_VARIABLE)
            if name:
                self.read.variables.append((name, start))
        while self.at < len(self.text) and self._segment():
            pass

    def _segment(self) -> bool:
        start = self.at
        if self.next_is(".."):
            self.read.reference = False
            if self.text.startswith("[", self.at):
                return True
            if not self.next_is("*") and not self.take(_NAME):
                raise BadPath("`..` names nothing", "write `..name`", start, self.at)
            return True
        if self.next_is("."):
            if self.next_is("*"):
                self.read.reference = False
            elif self.text.startswith("[", self.at):
                return True  # `$.[0]`, as many write it
            elif not self.take(_NAME):
                raise BadPath("`.` names nothing", "write `.name`, or `['a name']`", start, start + 1)
            elif self.next_is("()"):
                self.read.reference = False
            return True
        if self.next_is("["):
            self._bracket(start)
            return True
        return False

    def _bracket(self, start: int) -> None:
        if self.next_is("?"):
            self._filter(start)
        elif self.next_is("*"):
            self.read.reference = False
        elif names := self.take(_QUOTED):
            while self.take(re.compile(r"\s*,\s*")):
                self.read.reference = False
                if not self.take(_QUOTED):
                    raise BadPath("a name in quotes is missing", "", self.at, self.at + 1)
            if names in ("''", '""'):
                raise BadPath("`['']` names nothing", "", start, self.at)
        elif self.take(_SLICE):
            self.read.reference = False
        elif (indexes := self.take(_INDEXES)) is not None:
            self.read.reference &= indexes.strip().isdigit()
        else:
            raise BadPath("`[` holds neither a name in quotes, nor an index, `*` or `?(...)`", "", start, start + 1)
        if not self.next_is("]"):
            raise BadPath("a `]` is missing", "", start, len(self.text))

    def _filter(self, start: int) -> None:
        """`?(...)`: brackets and quotes must match."""
        self.read.reference = False
        if not self.next_is("("):
            raise BadPath("a filter is written `[?(...)]`", "", start, self.at)
        depth = 1
        while depth:
            if self.at >= len(self.text):
                raise BadPath("a `)` of this filter is missing", "", start, len(self.text))
            if self.text[self.at] in "'\"":
                if not self.take(_QUOTED):
                    raise BadPath("a quote of this filter is not closed", "", self.at, len(self.text))
                continue
            depth += {"(": 1, ")": -1}.get(self.text[self.at], 0)
            self.at += 1

    def argument(self, depth: int, *, top: bool = False) -> None:
        """A path, an intrinsic function, or inside one a text, a number, true, false or null."""
        start = self.at
        if self.text.startswith("$", self.at):
            self.path()
        elif self.text.startswith("States.", self.at):
            self._intrinsic(depth + 1)
        elif top:
            instead = "for a text as it is write the key without `.$`"
            raise BadPath("a value of `.$` is a path or an intrinsic function", instead, start, max(len(self.text), 1))
        elif not self.take(_QUOTED) and not self.take(_NUMBER) and not self.take(re.compile(r"true|false|null")):
            raise BadPath("an argument is a path, a text in `'`, a number or a function", "", start, start + 1)

    def _intrinsic(self, depth: int) -> None:
        start = self.at
        match = _FUNCTION.match(self.text, self.at)
        if match is None:
            raise BadPath("an intrinsic function is written `States.Name(...)`", "", start, len(self.text))
        name = match[1]
        if name not in INTRINSICS:
            hint = did_you_mean(name, INTRINSICS).replace("`", "`States.", 1)
            raise BadPath(f"there is no intrinsic function `States.{name}`", hint, start, start + 7 + len(name))
        if depth > DEPTH:
            raise BadPath(f"intrinsic functions nest deeper than {DEPTH}", "", start, match.end())
        self.at = match.end()
        count = self._arguments(depth, start)
        least, most = INTRINSICS[name]
        if count < least or (most is not None and count > most):
            wanted = f"{least}" if most == least else f"{least} to {most}" if most is not None else f"{least} or more"
            raise BadPath(f"`States.{name}` takes {wanted} arguments, here are {count}", "", start, self.at)

    def _arguments(self, depth: int, start: int) -> int:
        space = re.compile(r"\s*")
        self.take(space)
        count = 0
        while not self.next_is(")"):
            if count:
                if not self.next_is(","):
                    raise BadPath("a `)` or `,` is missing", "", start, len(self.text))
                self.take(space)
            self.argument(depth)
            self.take(space)
            count += 1
            if self.at >= len(self.text):
                raise BadPath("a `)` is missing", "", start, len(self.text))
        return count
