"""ARNs with symbols in them: what statements name, bound to real names when a policy is written.

A symbol stands for a text that is not known yet: `${table.readings}` in this project's definitions, `${TopicArn}` in
SAM's. What a policy needs is often made of it: the ARN of a table's name, of a queue's URL, of a function without its
version. `Derived` is such a symbol; its placeholder names what is made, `${function.validate.unqualified}`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..resources import PARTITION, Symbol, Text

REGION = "aws.region"
ACCOUNT = "aws.account"
SELF = "self.name"
"""The name of the state machine whose role it is: its ARN would make the role depend on what needs the role."""

EVERYTHING = Text(("*",))

_PLACEHOLDER = re.compile(r"\$\{([^{}]+)\}")


@dataclass(frozen=True)
class Derived(Symbol):
    """What is made of a bound text; `form` says how."""

    form: str


def arn(service: str, resource: Text | str, *, region: bool = True, account: bool = True) -> Text:
    """`arn:<partition>:<service>:<region>:<account>:<resource>`."""
    parts: list[str | Symbol] = ["arn:", Symbol(PARTITION), f":{service}:"]
    parts += [Symbol(REGION)] if region else []
    parts += [":"]
    parts += [Symbol(ACCOUNT)] if account else []
    parts += [":"]
    return joined(Text(tuple(parts)), resource)


def joined(*texts: Text | str) -> Text:
    """Texts one after the other."""
    parts: list[str | Symbol] = []
    for text in texts:
        for part in text.parts if isinstance(text, Text) else (text,):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] = f"{parts[-1]}{part}"
            elif part != "":
                parts.append(part)
    return Text(tuple(parts))


def read(value: Any) -> Text | None:
    """A text of a definition, its placeholders read as symbols; None where it is computed when the state runs."""
    if not isinstance(value, str) or value.startswith(("{%", "$.", "$$.", "States.")):
        return None
    parts: list[str | Symbol] = []
    at = 0
    for match in _PLACEHOLDER.finditer(value):
        parts += [value[at : match.start()]] if match.start() > at else []
        parts.append(Symbol(match[1]))
        at = match.end()
    parts += [value[at:]] if at < len(value) else []
    return Text(tuple(parts))


def literal(text: Text | None) -> str | None:
    """The text itself where no symbol is in it."""
    if text is None:
        return None
    return "".join(str(p) for p in text.parts) if all(isinstance(p, str) for p in text.parts) else None


def is_arn(text: Text) -> bool:
    """Whether a text is written as an ARN."""
    first = text.parts[0] if text.parts else ""
    return isinstance(first, str) and first.startswith("arn:")


def derived(text: Text, form: str) -> Text:
    """What is made of a text; of a literal at once."""
    known = literal(text)
    if known is not None and form != "queue" and not _needs_place(form, known):
        return Text((FORMS[form](known, {}),))
    if len(text.parts) == 1 and isinstance(text.parts[0], Symbol):
        return Text((Derived(text.parts[0].key, form),))
    return text


def _needs_place(form: str, known: str) -> bool:
    return ":" in form and not known.startswith("arn:")


def named(text: Text, service: str, resource: str, *, region: bool = True, account: bool = True) -> Text:
    """The ARN of what a text names: `resource` and the name. A text that is an ARN stays; a symbol may be either."""
    if is_arn(text):
        return text
    if len(text.parts) == 1 and isinstance(text.parts[0], Symbol) and "." not in text.parts[0].key:
        return Text((Derived(text.parts[0].key, f"{service}:{resource}"),))
    return arn(service, joined(resource, text), region=region, account=account)


def _unqualified(value: str, _: Mapping[str, str]) -> str:
    """A function's ARN without version or alias."""
    return ":".join(value.split(":")[:7]) if value.startswith("arn:") else value.split(":")[0]


def _machine(value: str, _: Mapping[str, str]) -> str:
    """A state machine's ARN without version or alias: IAM knows no other.
    https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html"""
    return ":".join(value.split(":")[:7])


def _execution(value: str, bindings: Mapping[str, str]) -> str:
    """What the ARNs of a state machine's executions begin with."""
    return _machine(value, bindings).replace(":stateMachine:", ":execution:", 1)


def _express(value: str, bindings: Mapping[str, str]) -> str:
    return _machine(value, bindings).replace(":stateMachine:", ":express:", 1)


def _queue(value: str, bindings: Mapping[str, str]) -> str:
    """The ARN of a queue's URL, `https://sqs.<region>.amazonaws.com/<account>/<name>`."""
    if value.startswith("arn:"):
        return value
    url = urlsplit(value)
    account, _, name = url.path.strip("/").partition("/")
    labels = (url.hostname or "").split(".")
    region = labels[1] if len(labels) > 2 and labels[0] == "sqs" else bindings[REGION]
    return f"arn:{bindings[PARTITION]}:sqs:{region}:{account}:{name}"


FORMS: dict[str, Callable[[str, Mapping[str, str]], str]] = {
    "unqualified": _unqualified,
    "machine": _machine,
    "execution": _execution,
    "express": _express,
    "queue": _queue,
}


def _made(symbol: Derived, bindings: Mapping[str, str]) -> str:
    value = bindings[symbol.key]
    if symbol.form in FORMS:
        return FORMS[symbol.form](value, bindings)
    if value.startswith("arn:"):
        return value
    service, _, resource = symbol.form.partition(":")
    placed = "::" if service == "s3" else f":{bindings[REGION]}:{bindings[ACCOUNT]}"
    return f"arn:{bindings[PARTITION]}:{service}{placed}:{resource}{value}"


def written(text: Text, bindings: Mapping[str, str] | None) -> str:
    """A text with its symbols bound, or with placeholders where there are no bindings."""
    return "".join(part if isinstance(part, str) else _bound(part, bindings) for part in text.parts)


def _bound(symbol: Symbol, bindings: Mapping[str, str] | None) -> str:
    if bindings is None:
        form = f".{symbol.form.replace(':', '.').rstrip('./')}" if isinstance(symbol, Derived) else ""
        return f"${{{symbol.key}{form}}}"
    return _made(symbol, bindings) if isinstance(symbol, Derived) else bindings[symbol.key]


def keys(text: Text) -> set[str]:
    """The bindings that a text needs."""
    found: set[str] = set()
    for part in text.parts:
        if isinstance(part, Symbol):
            found.add(part.key)
            if isinstance(part, Derived) and (":" in part.form or part.form == "queue"):
                found |= {PARTITION, REGION, ACCOUNT}
    return found
