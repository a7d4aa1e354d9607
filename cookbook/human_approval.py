"""Human approval: a refund waits up to three days for somebody's decision; silence is escalated.

Use it wherever a person, or a system without an API to ask, has to answer: the workflow sends a token and sleeps, at no
cost, until the token comes back by SendTaskSuccess. The answer is typed like any other result.
"""

from dataclasses import dataclass

from workflow import Choice, Fail, Queue, SendMessage, Task, Workflow


@dataclass
class Refund:
    order: str
    cents: int


@dataclass
class Decision:
    approved: bool
    by: str


@dataclass
class Question:
    refund: Refund
    token: str


@dataclass
class Decided:
    refund: Refund
    decision: Decision


def pay(decided: Decided) -> Decided:
    return decided


desk = Queue("approvals")
escalated = Fail("Nobody decided", cause="no decision within three days")
asked = (
    SendMessage("Ask", desk, of=Refund)
    .wait_for_token(returns=Decision, body=lambda refund, token: Question(refund, token))
    .timeout(3 * 24 * 3600)
    .output(lambda decision, refund: Decided(refund, decision))
    .catch("States.Timeout", then=escalated)
)
decided = (
    Choice("Approved?", Decided)
    .when(lambda d: d.decision.approved, then=Task("Pay", pay).timeout(30))
    .otherwise(Fail("Refused"))
)
human_approval = Workflow.standard("human-approval", asked >> decided)
