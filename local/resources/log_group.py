"""aws:cloudwatch/logGroup:LogGroup.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from local.resources.base import Call, Handler, Made, Naming, given, names


class LogGroup(Handler):
    """A log group; its id is its name."""

    type = "aws:cloudwatch/logGroup:LogGroup"
    handles = names("name namePrefix retentionInDays kmsKeyId logGroupClass")
    ignores: ClassVar[Mapping[str, str]] = {
        "skipDestroy": "it matters when a log group is removed",
    }
    naming = Naming(longest=512)

    def create(self, call: Call) -> Made:
        """Create the log group and set how long it keeps."""
        name = call.inputs["name"]
        logs = call.client("logs")
        logs.create_log_group(
            logGroupName=name,
            **given(call.inputs, kmsKeyId="kmsKeyId", logGroupClass="logGroupClass"),
            **({"tags": dict(call.tags)} if call.tags else {}),
        )
        days = call.inputs.get("retentionInDays") or 0
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
        arn = call.arn("logs", f"log-group:{name}")
        return Made(name, {"arn": arn, "retentionInDays": days})


HANDLER = LogGroup()
