"""The account of a run: every published message has exactly one outcome, or the account says which has none.

Stage: the end of a local run; pure, no AWS, no clock. The rules are the pipeline's own, the same everywhere:

- A message is one publication. It is known by the trace id that the IoT rule gives it, not by its reading (two
  publications of one id are two messages) and not by its SQS id (which changes on redrive).
- Outcomes: stored, duplicate, quarantined, dead-lettered; until one of these, it waits.
- What is finished is finished, wherever a copy still lies: a stored reading, a duplicate or a quarantined message whose
  copy is still in a queue counts once, as what it became.
- A reading stored with its alert still pending is not finished: it is dead-lettered when its message is in the
  dead-letter queue, else it waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

Key = tuple[str, str]
"""What one MQTT message is known by on the topic, where it has no trace yet: (topic, SHA-256 of its payload in hex)."""


@dataclass(frozen=True)
class Seen:
    """One message as one of the pipeline's places shows it.

    `trace` is empty where the place holds something that no trace can be read from; such a thing counts by itself.
    `digest` is the SHA-256 of the whole payload, where the place kept the whole of it.
    """

    trace: str
    device: str = ""
    message: str = ""
    digest: str = ""
    pending: bool = False


@dataclass(frozen=True)
class Evidence:
    """What the tables and queues hold at one moment.

    `waiting` is the queue's own count of its messages, those in flight included; `queued` are those of them that could
    be read (a message in flight shows itself to its receiver only).
    """

    stored: Sequence[Seen] = ()
    repeats: Sequence[Seen] = ()
    quarantined: Sequence[Seen] = ()
    dead: Sequence[Seen] = ()
    queued: Sequence[Seen] = ()
    waiting: int = 0


@dataclass(frozen=True)
class Published:
    """One message that its device knows to have arrived (PUBACK)."""

    device: str
    topic: str
    digest: str
    kind: str = ""
    message: str = ""

    @property
    def key(self) -> Key:
        """What the message is known by on the topic."""
        return (self.topic, self.digest)


@dataclass(frozen=True)
class Account:
    """The outcomes of `published` messages. `notes` say what a reader of the figures should know."""

    published: int
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    dead_lettered: int = 0
    waiting: int = 0
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def outcomes(self) -> int:
        """How many messages have an outcome or are known to wait."""
        return self.stored + self.duplicates + self.quarantined + self.dead_lettered + self.waiting

    @property
    def missing(self) -> int:
        """How many published messages are nowhere; negative when there are more outcomes than messages."""
        return self.published - self.outcomes

    @property
    def balances(self) -> bool:
        """Whether every published message has exactly one outcome."""
        return self.missing == 0

    def line(self) -> str:
        """Return the account in one line; the sign is "!=" when it does not balance."""
        sign = "=" if self.balances else "!="
        return (
            f"published {self.published} {sign} stored {self.stored} + duplicates {self.duplicates} + "
            f"quarantined {self.quarantined} + dead-lettered {self.dead_lettered} + waiting {self.waiting}"
        )


_FINISHED: Final = ("stored", "duplicate", "quarantined")


def settle(published: int, evidence: Evidence) -> Account:
    """Give each trace of `evidence` its one outcome and add them up against `published` messages."""
    notes: list[str] = []
    ended: dict[str, str] = {}
    for outcome, places in zip(
        _FINISHED,
        ([seen for seen in evidence.stored if not seen.pending], evidence.repeats, evidence.quarantined),
        strict=True,
    ):
        for seen in places:
            before = ended.setdefault(seen.trace, outcome)
            if before != outcome:
                notes.append(f"trace {seen.trace} is both {before} and {outcome}; it counts once, as {before}")
    pending = {seen.trace for seen in evidence.stored if seen.pending} - ended.keys()

    dead = {seen.trace for seen in evidence.dead if seen.trace} - ended.keys()
    nameless = sum(not seen.trace for seen in evidence.dead)
    if nameless:
        notes.append(f"{nameless} dead-lettered without a trace that can be read; each counts as one message")

    # A copy left in the queue of what is counted already is no second message.
    copies = {seen.trace for seen in evidence.queued if seen.trace in ended or seen.trace in dead}
    unfinished = {seen.trace for seen in evidence.queued if seen.trace} - ended.keys() - dead
    by_trace = len(unfinished | (pending - dead)) + sum(not seen.trace for seen in evidence.queued)
    waiting = max(evidence.waiting - len(copies), by_trace)
    swept = len(pending - dead) - evidence.waiting
    if swept > 0:
        notes.append(f"{swept} stored with the alert pending and in no queue: the sweep alerts for them")

    counted = Counter(ended.values())
    return Account(
        published=published,
        stored=counted["stored"],
        duplicates=counted["duplicate"],
        quarantined=counted["quarantined"],
        dead_lettered=len(dead) + nameless,
        waiting=waiting,
        notes=tuple(notes),
    )


def count_published(acknowledged: Iterable[Key], heard: Mapping[Key, int]) -> tuple[int, int]:
    """Return (messages published, those of them that no simulated device had acknowledged).

    `heard` counts what a listener on the topic received: messages of other MQTT clients too, and a message whose
    acknowledgement was lost with the connection and which its device therefore sent again, which is two messages.
    """
    own = Counter(acknowledged)
    beyond = sum(max(0, times - own[key]) for key, times in heard.items())
    return sum(own.values()) + beyond, beyond


def unaccounted(published: Iterable[Published], evidence: Evidence) -> list[Published]:
    """Return the messages of `published` of which `evidence` shows nothing.

    By payload where a place kept it whole, else by device and message id. Each thing seen answers for one message.
    """
    by_digest: Counter[str] = Counter()
    by_id: Counter[tuple[str, str]] = Counter()
    taken: set[str] = set()
    places = (evidence.stored, evidence.repeats, evidence.quarantined, evidence.dead, evidence.queued)
    for seen in (seen for place in places for seen in place):
        if seen.trace and seen.trace in taken:
            continue
        taken.add(seen.trace)
        if seen.digest:
            by_digest[seen.digest] += 1
        else:
            by_id[seen.device, seen.message] += 1

    # The exact evidence first, or a message could use up what is the only evidence of another.
    left: list[Published] = []
    for message in published:
        if by_digest[message.digest] > 0:
            by_digest[message.digest] -= 1
        else:
            left.append(message)
    missing: list[Published] = []
    for message in left:
        for identity in ((message.device, message.message), (message.device, "")):
            if by_id[identity] > 0:
                by_id[identity] -= 1
                break
        else:
            missing.append(message)
    return missing
