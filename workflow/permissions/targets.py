"""What the rules of single services share: targets named by arguments, watched jobs, passed roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..resources import Text
from .arns import EVERYTHING, arn, joined, literal, named, read
from .statement import Condition, Statement, allow
from .uses import Use

Rule = Callable[[Use], Iterator[Statement]]

ROLES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"


def one(
    use: Use,
    actions: tuple[str, ...],
    argument: tuple[str, ...] | str,
    service: str,
    resource: str,
    *,
    suffix: str = "",
    default: str | None = None,
    condition: Condition = (),
) -> Statement:
    """Actions on the one resource that an argument names; on all of its type where the argument is computed."""
    path = (argument,) if isinstance(argument, str) else argument
    text = use.text(*path)
    if text is None and default is not None and not use.given(*path):
        text = Text((default,))
    if text is None:
        wide = f"{'.'.join(path)} is computed"
        every = arn(service, f"{resource}*")
        return allow(use.state, actions, every, condition=condition, source=use.source, wide=wide)
    target = joined(named(text, service, resource), suffix)
    return allow(use.state, actions, target, condition=condition, source=use.source)


def watch(use: Use, rule: str) -> Statement:
    """The rule by which EventBridge tells Step Functions of a finished job."""
    actions = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
    return allow(use.state, actions, arn("events", f"rule/{rule}"), source=use.source)


def passed(use: Use, service: str, *paths: tuple[str, ...]) -> Iterator[Statement]:
    """iam:PassRole on the roles that arguments hand to a service."""
    condition: Condition = (("StringEquals", "iam:PassedToService", (Text((service,)),)),)
    for path in paths:
        if not use.given(*path):
            continue
        text = use.text(*path)
        if text is None:
            every = arn("iam", "role/*", region=False)
            wide = f"{'.'.join(path)} is computed"
            yield allow(use.state, ("iam:PassRole",), every, condition=condition, source=ROLES, wide=wide)
        else:
            role = text if _is_role(text) else arn("iam", joined("role/", text), region=False)
            yield allow(use.state, ("iam:PassRole",), role, condition=condition, source=ROLES)


def _is_role(text: Text) -> bool:
    known = literal(text)
    return known is None or known.startswith("arn:")


def everywhere(use: Use, *actions: str) -> Statement:
    """Actions that know no resources."""
    return allow(use.state, actions, EVERYTHING, source=use.source)


def bucket_of(uri: Any) -> tuple[Text | None, Text | None]:
    """Bucket and key of an `s3://bucket/key`, as far as they are known."""
    text = read(uri)
    known = literal(text)
    if text is None:
        return None, None
    if known is not None and known.startswith("s3://"):
        bucket, _, key = known[5:].partition("/")
        return Text((bucket,)), Text((key,))
    first = text.parts[0]
    if isinstance(first, str) and first == "s3://" and len(text.parts) > 1:
        rest = list(text.parts[2:])
        key_parts = [p.lstrip("/") if isinstance(p, str) and i == 0 else p for i, p in enumerate(rest)]
        return Text((text.parts[1],)), Text(tuple(p for p in key_parts if p != ""))
    return None, None


def objects(bucket: Text | None, key: Text | None) -> Text:
    """The ARN of objects of a bucket."""
    if bucket is None:
        return arn("s3", "*", region=False, account=False)
    return joined(arn("s3", bucket, region=False, account=False), "/", key if key is not None else "*")
