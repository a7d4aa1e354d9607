"""What a resource handler is: how one type of resource is made in the local AWS.

Stage: below the engine, which calls handlers. A handler states which inputs it honours and which it knowingly leaves
aside, with the reason; any other input stops the deployment, because a setting that is silently dropped makes the local
stack differ from the real one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


class Unsupported(Exception):
    """The local AWS cannot make what the inputs ask for. `instead` says what to write."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(f"{what}; {instead}")
        self.what, self.instead = what, instead


@dataclass(frozen=True)
class Naming:
    """Automatic names, `NAME-1a2b3c4`, as pulumi-aws makes them for a resource without a name.

    `clean` changes characters that the service does not take; `suffix` may add an ending that the inputs call for.
    """

    property: str = "name"
    longest: int = 255
    clean: Callable[[str], str] = str
    suffix: Callable[[Mapping[str, Any]], str] = lambda inputs: ""

    def name(self, logical: str, hexadecimal: str, inputs: Mapping[str, Any]) -> str:
        """The automatic name; `namePrefix` replaces the resource's own name and the hyphen."""
        prefix = inputs.get(f"{self.property}Prefix")
        start = prefix if isinstance(prefix, str) else f"{logical}-"
        ending = hexadecimal + self.suffix(inputs)
        return self.clean(start)[: self.longest - len(ending)] + ending


@dataclass(frozen=True)
class Call:
    """What a handler gets: the inputs as plain values (names given, secrets opened), and the way to the local AWS.

    `client(service)` gives a boto3 client of the resource's region. `archive(input)` gives the bytes of a zip.
    `tags` are the resource's own and the provider's default tags.
    """

    urn: str
    inputs: Mapping[str, Any]
    region: str
    account: str
    partition: str
    client: Callable[[str], Any]
    archive: Callable[[str], bytes]
    tags: Mapping[str, str] = field(default_factory=dict)

    def arn(self, service: str, resource: str, *, regional: bool = True) -> str:
        """An ARN in the resource's region and account."""
        return f"arn:{self.partition}:{service}:{self.region if regional else ''}:{self.account}:{resource}"


@dataclass(frozen=True)
class Made:
    """A resource that exists: its id as pulumi-aws gives it, and the outputs beside its inputs."""

    id: str
    outputs: Mapping[str, Any] = field(default_factory=dict)


class Handler(ABC):
    """One resource type. A new one is a module here with a `HANDLER`, and a line in `registry.py`.

    Inputs are named by path, as Pulumi names them; lists do not show: `sqs.queueUrl`. `tags.*` stands for all below.
    """

    type: ClassVar[str]
    handles: ClassVar[frozenset[str]]
    ignores: ClassVar[Mapping[str, str]] = {}
    """Inputs left aside, each with the reason."""
    naming: ClassVar[Naming | None] = None

    @abstractmethod
    def create(self, call: Call) -> Made:
        """Make the resource. Raises botocore's ClientError, or Unsupported."""

    def unknown_inputs(self, inputs: Mapping[str, Any]) -> list[str]:
        """The paths of given inputs that this handler neither handles nor ignores."""
        return sorted({path for path in leaf_paths(inputs) if not self._covers(path)})

    def _covers(self, path: str) -> bool:
        known = self.handles | set(self.ignores) | {"region", "tags.*", "tags"}
        parts = path.split(".")
        return path in known or any(".".join(parts[:n]) + ".*" in known for n in range(1, len(parts) + 1))


def leaf_paths(value: Any, path: str = "") -> Iterator[str]:
    """The paths of everything given in `value` that is no mapping and no list of mappings."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from leaf_paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for item in value:
            yield from leaf_paths(item, path)
    elif value is not None:
        yield path


def names(text: str) -> frozenset[str]:
    """`handles = names("url policy")`, over several lines where there are many."""
    return frozenset(text.split())


def given(inputs: Mapping[str, Any], **renamed: str) -> dict[str, Any]:
    """The arguments of an API call: `given(inputs, Description="description")`, without what is not given."""
    return {api: inputs[ours] for api, ours in renamed.items() if inputs.get(ours) is not None}


def pascal(value: Any, *, free: frozenset[str] = frozenset(), renamed: Mapping[str, str] | None = None) -> Any:
    """Nested inputs as most AWS APIs write them: `flexibleTimeWindow: {mode}` as `FlexibleTimeWindow: {Mode}`.

    What lies under a key of `free` is the user's own and stays. `renamed` are keys that differ by more than the case.
    """
    changes = renamed or {}
    if isinstance(value, Mapping):
        return {
            changes.get(key, key[:1].upper() + key[1:]): item
            if key in free
            else pascal(item, free=free, renamed=renamed)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list):
        return [pascal(item, free=free, renamed=renamed) for item in value]
    return value
