"""Continue as new: a workflow that never ends starts its successor before its history is full.

Use it for work without an end, such as watching a feed, or with more rounds than the 25,000 events of a history hold.
Each execution does a fixed number of rounds, then starts the next one with what is left to know.
"""

from dataclasses import dataclass

from workflow import Choice, Succeed, Task, Wait, Workflow, back_to, context, optimized


@dataclass
class Feed:
    cursor: int
    rounds: int


def read(feed: Feed) -> Feed:
    return Feed(feed.cursor + 10, feed.rounds + 1)


read_on = Task("Read", read).timeout(30)
successor = (
    optimized(
        "Continue",
        "states:startExecution",
        of=Feed,
        stateMachineArn=lambda _: context.machine.id,
        input=lambda feed: Feed(feed.cursor, 0),
        name=lambda feed: f"from-{feed.cursor}",  # a retry starts no second successor
    )
    .timeout(10)
    .retry("States.Timeout", attempts=10, interval=5)
)
rounds = (
    Choice("Enough?", Feed)
    .when(lambda feed: feed.rounds >= 1000, then=successor >> Succeed("Continued"))
    .otherwise(Wait("Pause", seconds=60) >> back_to(read_on))
)
continue_as_new = Workflow.standard("continue-as-new", read_on >> rounds)
