"""The settings of a stack: the one reader of pulumi.Config.

Stage: first; everything else gets values from here. Types, defaults and descriptions stand in Pulumi.yaml; this module
adds the ranges and how settings must fit together (a batch in what a state may carry, timeouts inside one another,
de-duplication beyond the last possible delivery). All problems are raised at once, one line each:

    Pulumi.dev.yaml:9:23: symphony:batchSize is 'ten', no whole number; write one from 1 to 10000
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

import pulumi

from infrastructure.stack_files import StackFiles
from payloads.limits import PAYLOAD_BYTES, STATE_BYTES

ROOT = Path(__file__).resolve().parents[1]

RECORD_CHARACTERS = 1_024
"""What the pipe adds to a message's body: ids, receipt handle, attributes, source."""

ENVELOPE_BYTES = 1_024
"""What the rule puts round a payload, its topic and the device's name as long as they may be."""

LOG_RETENTIONS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

LONGEST_STACK_NAME = 30
"""Roles, functions and pipes take 64 characters; ours add at most 32 to the stack's name."""


class SettingsError(pulumi.RunError):
    """Every problem of a stack's settings, a line each. A RunError: Pulumi prints the lines without a stack trace."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Limits:
    """What the workflow itself says about time, in seconds (`limits_of` reads it from the workflow)."""

    longest: float
    """The worst path: every timeout, every attempt, every backoff."""
    timeout: int
    """TimeoutSeconds of the whole execution."""
    shortest_task: int | None = None
    """The smallest TimeoutSeconds of a Lambda task."""
    place: str = "the workflow"
    """Where its TimeoutSeconds is written."""


def _whole(low: int, high: int, *, choices: tuple[int, ...] = ()) -> Any:
    return field(metadata={"low": low, "high": high, "choices": choices})


def _text(*choices: str) -> Any:
    return field(metadata={"choices": choices})


def _flag() -> Any:
    return field()


@dataclass(frozen=True)
class Settings:
    """One stack's settings, checked. A field `batch_size` is the setting `symphony:batchSize`."""

    project: str = field(metadata={"given": True})
    stack: str = field(metadata={"given": True})
    batch_size: int = _whole(1, 10_000)
    batch_window_seconds: int = _whole(0, 300)
    largest_message_bytes: int = _whole(1_024, 262_144)
    queue_visibility_seconds: int = _whole(1, 43_200)
    queue_retention_days: int = _whole(1, 14)
    max_receives: int = _whole(1, 1_000)
    dead_letter_retention_days: int = _whole(1, 14)
    replay_days: int = _whole(0, 3_650)
    deduplication_days: int = _whole(1, 3_650)
    function_memory_mb: int = _whole(128, 10_240)
    function_timeout_seconds: int = _whole(1, 900)
    bundle_dependencies: bool = _flag()
    sweep_minutes: int = _whole(1, 1_440)
    pending_minutes: int = _whole(1, 10_080)
    oldest_message_minutes: int = _whole(1, 20_160)
    quarantined_per_hour: int = _whole(0, 1_000_000_000)
    alert_email: str = _text()
    log_level: str = _text("DEBUG", "INFO", "WARNING", "ERROR")
    workflow_log_level: str = _text("ALL", "ERROR", "FATAL")
    log_retention_days: int = _whole(1, 3_653, choices=LOG_RETENTIONS)
    metrics_namespace: str = _text()
    include_execution_data: bool = _flag()
    tracing: bool = _flag()
    protect_data: bool = _flag()

    def name(self, part: str) -> str:
        """The physical name of one part: `symphony-dev-telemetry`. Roles' trusts name ARNs made of it."""
        return f"{self.project}-{self.stack}-{part}"

    @property
    def service(self) -> str:
        """What logs, traces and metrics of the functions are filed under."""
        return self.name("telemetry")

    def rule_name(self, part: str) -> str:
        """The same for IoT rules, which take letters, digits and underscores only."""
        return self.name(part).replace("-", "_")


def load(limits: Limits) -> Settings:
    """The settings of the running stack. Raises SettingsError with every problem at once."""
    project, stack = pulumi.get_project(), pulumi.get_stack()
    config = pulumi.Config(project)
    files = StackFiles(ROOT, stack, project)
    given = {f"{project}:{_camel(f.name)}": config.get(_camel(f.name)) for f in _configured()}
    return read({key: value for key, value in given.items() if value is not None}, files, project, stack, limits)


def read(given: Mapping[str, str], files: StackFiles, project: str, stack: str, limits: Limits) -> Settings:
    """Settings from what Pulumi gave, `project:key` to text; what is missing takes its default from Pulumi.yaml."""
    problems: list[str] = []
    values: dict[str, Any] = {"project": project, "stack": stack}
    if len(stack) > LONGEST_STACK_NAME:
        problems.append(
            f"{files.name}: the stack's name has {len(stack)} characters; use at most {LONGEST_STACK_NAME}, "
            "for it is part of the names of roles and functions"
        )
    for setting in _configured():
        key = f"{project}:{_camel(setting.name)}"
        declared = files.declared.get(key)
        text = given.get(key, declared.default if declared else None)
        if text is None:
            problems.append(f"{files.name}: {key} is missing; add it under config:, or a default in Pulumi.yaml")
            continue
        try:
            values[setting.name] = _parse(setting, text)
        except ValueError as error:
            problems.append(f"{files.at(key, text)}: {key} is {text!r}, {error}")
    problems.extend(_unknown(files, project))
    if not problems:
        settings = Settings(**values)

        def at(name: str) -> str:
            value = getattr(settings, name)
            return files.at(f"{project}:{_camel(name)}", str(value).lower() if isinstance(value, bool) else str(value))

        problems.extend(_unfitting(settings, limits, at))
        if not problems:
            return settings
    raise SettingsError(problems)


def _configured() -> Iterator[Field[Any]]:
    return (f for f in fields(Settings) if not f.metadata.get("given"))


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _parse(setting: Field[Any], text: str) -> int | bool | str:
    """The typed value. Raises ValueError that says what the text is not and what to write instead."""
    choices = setting.metadata.get("choices", ())
    listed = ", ".join(str(choice) for choice in choices)
    if setting.type == "bool":
        if text not in ("true", "false"):
            raise ValueError("neither true nor false; write true or false, without quotes")
        return text == "true"
    if setting.type == "int":
        low, high = setting.metadata["low"], setting.metadata["high"]
        wanted = f"one of {listed}" if choices else f"one from {low} to {high}"
        try:
            number = int(text)
        except ValueError:
            raise ValueError(f"no whole number; write {wanted}") from None
        if not low <= number <= high or (choices and number not in choices):
            raise ValueError(f"which is not allowed; write {wanted}")
        return number
    if choices and text not in choices:
        close = difflib.get_close_matches(text.upper(), choices, n=1)
        raise ValueError(f"which is not allowed; write {close[0] if close else 'one of ' + listed}")
    return text


def _unknown(files: StackFiles, project: str) -> Iterator[str]:
    known = [f"{project}:{_camel(setting.name)}" for setting in _configured()]
    for entry in files.entries.values():
        if entry.key.startswith(f"{project}:") and entry.key not in known:
            close = difflib.get_close_matches(entry.key, known, n=1, cutoff=0.7)
            instead = f"did you mean {close[0]}?" if close else "Pulumi.yaml lists the settings; remove it"
            yield f"{entry.at_key}: there is no setting {entry.key}; {instead}"


def _unfitting(s: Settings, limits: Limits, at: Callable[[str], str]) -> Iterator[str]:
    """What is right alone and wrong together; `at` says where a setting's value stands."""
    yield from _bytes(s, at)
    yield from _timeouts(s, limits, at)
    yield from _lifetimes(s, at)
    if s.alert_email and ("@" not in s.alert_email.strip("@") or any(c.isspace() for c in s.alert_email)):
        yield f"{at('alert_email')}: {s.alert_email!r} is no address; write one such as cold-chain@example.com"
    if not s.bundle_dependencies and s.stack != "local":
        yield (
            f"{at('bundle_dependencies')}: on Lambda no function starts without its dependencies; write true "
            "(false is for the stack local, whose workers have them)"
        )


def _bytes(s: Settings, at: Callable[[str], str]) -> Iterator[str]:
    longest = 4 * -(-PAYLOAD_BYTES // 3) + ENVELOPE_BYTES
    if s.largest_message_bytes < longest:
        yield (
            f"{at('largest_message_bytes')}: the longest reading, {PAYLOAD_BYTES} bytes, fills up to {longest} in its "
            f"envelope, and would go to the dead-letter queue; write at least {longest}"
        )
    characters = s.batch_size * _record(s.largest_message_bytes)
    if characters > STATE_BYTES:
        fewer = STATE_BYTES // _record(s.largest_message_bytes)
        smaller = (STATE_BYTES // s.batch_size - RECORD_CHARACTERS) // 2
        instead = [f"a batchSize of at most {fewer}"] if fewer >= 1 else []
        instead += [f"a largestMessageBytes of at most {smaller}"] if smaller >= longest else []
        both = f"a largestMessageBytes of {longest} and a batchSize of at most {STATE_BYTES // _record(longest)}"
        yield (
            f"{at('batch_size')}: {s.batch_size} messages of {s.largest_message_bytes} bytes, escaped, make up to "
            f"{characters:,} characters, and a state carries {STATE_BYTES:,}; write {' or '.join(instead) or both}"
        )


def _record(body: int) -> int:
    """Characters of a message in a batch. Its body is JSON in a JSON string: at worst all of it is escaped."""
    return 2 * body + RECORD_CHARACTERS


def _timeouts(s: Settings, limits: Limits, at: Callable[[str], str]) -> Iterator[str]:
    if limits.longest >= limits.timeout:
        yield (
            f"{limits.place}: the worst path takes {limits.longest:g} s (timeouts, attempts and backoff added up), the "
            f"workflow's timeout is {limits.timeout} s; write a timeout above {limits.longest:g}, or shorten its tasks"
        )
    if limits.timeout >= s.queue_visibility_seconds:
        yield (
            f"{at('queue_visibility_seconds')}: messages reappear after {s.queue_visibility_seconds} s, while their "
            f"execution may run {limits.timeout} s; write a queueVisibilitySeconds above {limits.timeout}"
        )
    if limits.shortest_task is not None and s.function_timeout_seconds > limits.shortest_task:
        yield (
            f"{at('function_timeout_seconds')}: a function may run {s.function_timeout_seconds} s, while the workflow "
            f"gives up on it after {limits.shortest_task} s; write at most {limits.shortest_task}"
        )
    if s.oldest_message_minutes * 60 <= s.queue_visibility_seconds:
        yield (
            f"{at('oldest_message_minutes')}: one redelivery alone makes a message {s.queue_visibility_seconds} s old, "
            f"so this alarm would mean nothing; write more than {s.queue_visibility_seconds // 60}"
        )


def _lifetimes(s: Settings, at: Callable[[str], str]) -> Iterator[str]:
    if s.dead_letter_retention_days <= s.queue_retention_days:
        yield (
            f"{at('dead_letter_retention_days')}: SQS counts a dead letter's age from its first arrival, so one that "
            f"waited {s.queue_retention_days} days would be gone; write more than {s.queue_retention_days}"
        )
    last = s.queue_retention_days + s.dead_letter_retention_days + s.replay_days
    if s.deduplication_days <= last:
        yield (
            f"{at('deduplication_days')}: a message may come again up to {last} days later (queue "
            f"{s.queue_retention_days}, dead-letter queue {s.dead_letter_retention_days}, replay {s.replay_days}) and "
            f"would be stored twice; write more than {last}"
        )
