"""Lock with a lease: of many deployments of one service only one runs at a time; a crashed one frees it after an hour.

Use it when two executions must not touch the same thing at once. The lock is an item that is written only where there
is none, or where its lease is over; whoever does not get it tries again for a while.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from workflow import DeleteItem, Fail, Same, Table, Task, Try, Workflow, optimized


@dataclass
class Deployment:
    service: str
    version: str


@dataclass
class Lock:
    service: str
    holder: str
    until: int


TAKEN = "DynamoDB.ConditionalCheckFailedException"


def deploy(deployment: Deployment) -> Deployment:
    return deployment


locks = Table("locks", Lock, key="service")
taken = (
    optimized(
        "Take lock",
        "dynamodb:putItem",
        of=Deployment,
        TableName=locks,
        Item=lambda d: {
            "service": {"S": d.service},
            "holder": {"S": d.version},
            "until": {"N": f"{round(datetime.now(UTC).timestamp()) + 3600:d}"},
        },
        ConditionExpression="attribute_not_exists(#service) OR #until < :now",
        ExpressionAttributeNames={"#service": "service", "#until": "until"},
        ExpressionAttributeValues=lambda d: {":now": {"N": f"{round(datetime.now(UTC).timestamp()):d}"}},
    )
    .timeout(5)
    .retry(TAKEN, attempts=20, interval=15, backoff=1.0)
    .output(lambda _, deployment: deployment)
    .catch(TAKEN, then=Fail("Locked"))
)


def release(name: str) -> DeleteItem[Deployment, Deployment]:
    mine = {"holder": lambda d: d.version}  # not a lock that another took after our lease
    return DeleteItem(name, locks, of=Deployment, key=lambda d: d.service, when=mine).timeout(5)


failed = release("Release after failure") >> Fail("Not deployed")
work = Try("Work", Task("Deploy", deploy).timeout(900)).catch("States.ALL", output=lambda c: c.input, then=failed)
lock = Workflow.standard("lock", taken >> work >> release("Release") >> Same("Deployed"))
