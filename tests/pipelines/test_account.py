"""Whatever fails, and however often messages come: in the end each has one outcome, and no alert is missing.

Random messages (several publications of one id, ids used again, wrong ones, unknown devices) are delivered in random
batches while random Tasks fail and executions die anywhere; then the queue redelivers what is left until all is done.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from handlers import clients
from handlers.alerts import describe
from handlers.models import Quarantined, Record
from pipelines.telemetry import devices, readings, repeats
from tests.handlers.aws import Aws
from tests.handlers.messages import record, telemetry
from tests.pipelines.batches import FRIDGE, published, report, through_entry
from workflow.testing import REAL, Answers, Environment, fails

STATES = [
    "Validate",
    "Summarise",
    "Look up device",
    "Store",
    "Read stored",
    "Alert",
    "Mark sent",
    "Record repeat",
    "Quarantine",
]
ERRORS = ["States.Timeout", "Lambda.ServiceException", "DynamoDB.ThrottlingException", "SNS.ThrottledException", "Boom"]


class Died(BaseException):
    """The execution is gone, as when its host is."""


def message(device: str, message_id: str, temperature: float, right: bool) -> dict[str, Any]:
    said = telemetry(messageId=message_id, temperature=temperature if right else "warm")
    return {"message": said, "topic": f"devices/{device}/telemetry"}


messages = st.builds(
    message,
    st.sampled_from(["fridge-7", "stranger"]),
    st.sampled_from("ab"),
    st.sampled_from([4.5, 9.5]),
    st.booleans(),
)
HOT = message("fridge-7", "a", 9.5, True)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],  # explaining a failure would take minutes
)
@given(
    sent=st.lists(messages, min_size=1, max_size=6),
    deliveries=st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4), max_size=6),
    faults=st.lists(st.tuples(st.sampled_from(STATES), st.sampled_from(ERRORS)), max_size=8),
    deaths=st.sets(st.integers(1, 40), max_size=3),
)
@example(sent=[HOT], deliveries=[[0]], faults=[], deaths={5})  # between store and alert
@example(sent=[HOT], deliveries=[[0]], faults=[], deaths={6})  # between alert and mark
@example(sent=[HOT, HOT], deliveries=[[0], [1]], faults=[("Alert", "Boom")], deaths=set())
def test_every_message_has_one_outcome_and_every_alert_is_sent(
    patch: pytest.MonkeyPatch,
    sent: list[dict[str, Any]],
    deliveries: list[list[int]],
    faults: list[tuple[str, str]],
    deaths: set[int],
) -> None:
    aws = Aws()
    patch.setattr(clients, "dynamodb", lambda: aws.dynamodb)
    patch.setenv("QUARANTINE_TABLE", aws.quarantine)
    environment = Environment(invoke=through_entry, answers=_faulty(faults, deaths))
    environment.table(devices).put(FRIDGE)
    queue = {
        f"trace-{n:03}": record(**made, trace=f"trace-{n:03}", sqs_id=f"sqs-{n:03}") for n, made in enumerate(sent)
    }
    waiting = dict(queue)
    rounds = [[f"trace-{n % len(queue):03}" for n in batch] for batch in deliveries]
    for batch in [*rounds, *[list(queue)] * 12]:
        left = [waiting[trace] for trace in dict.fromkeys(batch) if trace in waiting]
        for trace in _deliver(environment, left):
            del waiting[trace]
    assert not waiting

    items, again = environment.table(readings).all(), environment.table(repeats).all()
    quarantined = aws.read(aws.quarantine, Quarantined)
    outcomes = Counter([*(i.trace for i in items), *(r.trace for r in again), *(q.trace for q in quarantined)])
    assert outcomes == Counter(queue.keys())
    assert len({item.id for item in items}) == len(items)
    due = {describe(item) for item in items if item.known and item.temperature > 8}
    assert set(published(environment)) == due
    assert {item.alert for item in items} <= {"none", "sent"}
    assert {repeat.stored_by for repeat in again} <= {item.trace for item in items}


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    """What each example sets anew; undone when all are done."""
    with pytest.MonkeyPatch.context() as context:
        yield context


def _faulty(faults: list[tuple[str, str]], deaths: set[int]) -> Answers:
    """Each task first meets its faults; whichever call is one of those numbers takes the whole execution along."""
    left = {state: [error for name, error in faults if name == state] for state in STATES}
    calls = 0

    def answer(state: str) -> Any:
        def meet(_: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls in deaths:
                raise Died
            return fails(left[state].pop(0)) if left[state] else REAL

        return meet

    return {state: answer(state) for state in STATES}


def _deliver(environment: Environment, records: list[Record]) -> list[str]:
    """The traces of those that the queue may forget: an execution that died answers for none of its batch."""
    if not records:
        return []
    try:
        made = report(environment, *records)
    except Died:
        return []
    failed = {failure.itemIdentifier for failure in made.batchItemFailures}
    done = {end.sqs_id: end.trace for end in made.outcomes}
    assert failed | done.keys() == {r.messageId for r in records} and not failed & done.keys()
    return list(done.values())
