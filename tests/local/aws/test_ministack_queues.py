"""Our quicker functions for MiniStack's queues do what its own do."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from ministack.services import sqs

from local.aws.ministack_queues import quicken
from tests.local.aws.support import name

Queue = dict[str, Any]


@pytest.fixture
def queue() -> Iterator[tuple[str, Queue]]:
    """A queue of MiniStack's, in this process, with messages in every state."""
    title = name("queue")
    url = sqs._act_create_queue({"QueueName": title}, "")["QueueUrl"]
    found = sqs._get_q(url)
    for number in range(60):
        sqs._act_send_message({"QueueUrl": url, "MessageBody": f"{number}"}, url)
    chance = random.Random(7)
    for message in chance.sample(found["messages"], 30):
        message.update(receipt_handle=f"handle {message['body']}", receive_count=1)
        message["visible_at"] += chance.choice([-5.0, 60.0])
    yield url, found
    sqs._act_delete_queue({"QueueUrl": url}, url)


@pytest.fixture
def quick() -> Any:
    """The module as the emulator has it, beside the module as it is."""
    changed = SimpleNamespace(**vars(sqs))
    changed._HANDLERS = dict(sqs._HANDLERS)
    quicken(changed)
    return changed


def shown(messages: list[Any]) -> list[tuple[Any, ...]]:
    return [(m["body"], m["receive_count"], round(m["visible_at"]), m["first_receive_at"] is None) for m in messages]


@pytest.mark.parametrize("fifo", [False, True])
@pytest.mark.parametrize("most", [1, 7, 10])
def test_the_same_messages_are_handed_out(queue: tuple[str, Queue], quick: Any, most: int, fifo: bool) -> None:
    _, mine = queue
    for number, message in enumerate(mine["messages"]):
        message["group_id"] = f"{number % 4}" if fifo else None
    mine["is_fifo"] = fifo
    theirs = copy.deepcopy(mine)
    for _ in range(8):
        assert shown(quick._collect_msgs(mine, most, 30)) == shown(sqs._collect_msgs(theirs, most, 30))
        assert shown(mine["messages"]) == shown(theirs["messages"])


def test_what_lies_behind_a_batch_is_not_looked_at(queue: tuple[str, Queue], quick: Any) -> None:
    url, found = queue
    found["messages"][20:] = [None] * 10_000  # whoever looks at these fails
    batch = quick._collect_msgs(found, 3, 30)
    entries = [{"Id": f"{place}", "ReceiptHandle": message["receipt_handle"]} for place, message in enumerate(batch)]
    answer = quick._HANDLERS["DeleteMessageBatch"]({"QueueUrl": url, "Entries": entries}, url)
    assert answer == {"Successful": [{"Id": "0"}, {"Id": "1"}, {"Id": "2"}], "Failed": []}
    assert len(found["messages"]) == 10_017


@pytest.mark.parametrize(
    "handles",
    [["handle 0"], ["handle 59", "nowhere"], [""], [None], [], ["a"] * 11, [f"handle {n}" for n in range(10)]],
    ids=str,
)
def test_a_batch_is_deleted_as_ministack_deletes_it(queue: tuple[str, Queue], quick: Any, handles: list[Any]) -> None:
    url, found = queue
    before = [*found["messages"]]
    entries = [{"Id": f"{place}", "ReceiptHandle": handle or ""} for place, handle in enumerate(handles)]
    request = {"QueueUrl": url, "Entries": entries}

    def outcome(module: Any) -> Any:
        found["messages"] = [*before]
        try:
            answer = module._HANDLERS["DeleteMessageBatch"](request, url)
        except sqs._Err as error:
            answer = error.code
        return answer, shown(found["messages"])

    assert outcome(quick) == outcome(sqs)


def test_messages_past_their_retention_go(queue: tuple[str, Queue], quick: Any) -> None:
    _, found = queue
    old = time.time() - 500_000
    for message in found["messages"][10:20]:
        message["sent_at"] = old
    quick._expire_retained(found)
    assert len(found["messages"]) == 50
    for message in found["messages"][:10]:
        message["sent_at"] = old
    quick._expire_retained(found)
    assert len(found["messages"]) == 50  # it has looked within this second
    sqs._expire_retained(found)
    assert len(found["messages"]) == 40
