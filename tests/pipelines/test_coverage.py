"""The telemetry workflow's tests go through all of it: a state or a way out that no test takes is told by its name."""

from handlers.models import Done
from pipelines.telemetry import readings, telemetry
from tests.handlers.messages import record
from tests.pipelines.batches import FRIDGE, warm
from workflow.testing import REAL, Environment, coverage, fails, in_turn

QUARANTINED = Done(sqs_id="1", trace="11111111-aaaa", outcome="quarantined")


def test_every_state_transition_rule_catcher_and_retrier() -> None:
    environment = Environment(answers={"Quarantine": QUARANTINED, "Look up device": FRIDGE})
    with coverage.measured() as measured:
        environment.run(telemetry, [record()])  # stored, no alert
        environment.run(telemetry, [record(), record(payload=b"?")])  # stored again, and quarantined
        environment.run(telemetry, [record(warm())])  # the same id, other content
        environment.run(telemetry, [record(warm(messageId="m-2"))])  # alerted
        environment.run(telemetry, [record(warm(messageId="m-2"), trace="22222222-2222")])  # a duplicate
        throttled = in_turn(fails("Lambda.TooManyRequestsException"), QUARANTINED)
        environment.run(telemetry, [record(payload=b"?")], answers={"Quarantine": throttled})

        def expire(_: object) -> object:
            environment.table(readings).delete("fridge-7#m-1")
            return REAL

        gone = environment.run(telemetry, [record()], answers={"Read stored": expire})
        assert "Expired while read" in gone.states
    assert measured.missing() == []
    (covered,) = measured.workflows.values()
    assert covered.count() == (65, 65) and measured.percent == 100.0
