"""SQS: SendMessage. https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from ..diagnostics import Problem, caller_place
from ..lambdas import INPUT, kind_of, root
from ..states.base import A, In, Out
from . import catalogue
from .calling import Calling
from .symbols import Queue

MEMBERS = {
    "body": "MessageBody",
    "group": "MessageGroupId",
    "deduplication": "MessageDeduplicationId",
    "delay": "DelaySeconds",
}


class SendMessage(Calling[In, Out]):
    """Sends a message to a queue and passes its input on. With `.wait_for_token(body=...)` it waits for an answer.

    body: text, or data that is sent as JSON. group and deduplication: of FIFO queues. delay: seconds from 0 to 900.
    attributes' values are texts.
    """

    members: ClassVar[Mapping[str, str]] = MEMBERS
    queue: Queue

    def __init__(
        self: SendMessage[A, A],
        name: str,
        queue: Queue,
        *,
        of: type[A],
        body: Callable[[A], object] | str | None = None,
        group: Callable[[A], str] | str | None = None,
        deduplication: Callable[[A], str] | str | None = None,
        delay: Callable[[A], int] | int | None = None,
        attributes: Mapping[str, Callable[[A], str] | str] | None = None,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        problems: list[Problem] = []
        values = {"body": body, "group": group, "deduplication": deduplication, "delay": delay}
        given: dict[str, Any] = {MEMBERS[key]: value for key, value in values.items() if value is not None}
        if attributes:
            given["MessageAttributes"] = {
                key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()
            }
        if isinstance(queue, Queue):
            given = {"QueueUrl": queue, **given}
            if queue.fifo and group is None:
                what = f"`{name}` sends to the FIFO queue `{queue.name}` without a group"
                problems.append(Problem(place, what, "write group=, in which messages keep their order", "queue"))
            if not queue.fifo and (group is not None or deduplication is not None):
                what = f"`{name}` gives a group or deduplication, but `{queue.name}` is no FIFO queue"
                problems.append(Problem(place, what, "the name of a FIFO queue ends with .fifo", "queue"))
        else:
            given = {"QueueUrl": "?", **given}
            what = f"`{name}` sends to {getattr(queue, '__name__', repr(queue))}, which is no queue"
            problems.append(Problem(place, what, 'give a Queue("...")', "queue"))
        self._call(
            name,
            place,
            catalogue.optimized("sqs:sendMessage"),
            takes,
            given,
            result=root("states.input", takes),
            passes=takes,
            own=INPUT,
            queue=queue,
            problems=problems,
        )
