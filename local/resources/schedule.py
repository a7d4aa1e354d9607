"""aws:scheduler/schedule:Schedule.

https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from local.resources.base import Call, Handler, Made, Naming, given, names, pascal


class Schedule(Handler):
    """A schedule; its id is `GROUP/NAME`."""

    type = "aws:scheduler/schedule:Schedule"
    handles = names(
        "name namePrefix description groupName scheduleExpression scheduleExpressionTimezone state "
        "startDate endDate actionAfterCompletion "
        "flexibleTimeWindow.mode flexibleTimeWindow.maximumWindowInMinutes target.arn target.roleArn target.input "
        "target.retryPolicy.maximumRetryAttempts target.retryPolicy.maximumEventAgeInSeconds "
        "target.deadLetterConfig.arn"
    )
    ignores: ClassVar[Mapping[str, str]] = {
        "kmsKeyArn": "the local AWS encrypts nothing",
    }
    naming = Naming(longest=64)

    def create(self, call: Call) -> Made:
        """Create the schedule."""
        inputs = call.inputs
        arguments: dict[str, Any] = given(
            inputs,
            Description="description",
            GroupName="groupName",
            ScheduleExpressionTimezone="scheduleExpressionTimezone",
            State="state",
            StartDate="startDate",
            EndDate="endDate",
            ActionAfterCompletion="actionAfterCompletion",
        )
        made = call.client("scheduler").create_schedule(
            Name=inputs["name"],
            ScheduleExpression=inputs["scheduleExpression"],
            FlexibleTimeWindow=pascal(inputs["flexibleTimeWindow"]),
            Target=pascal(inputs["target"]),
            **arguments,
        )
        group = inputs.get("groupName") or "default"
        return Made(f"{group}/{inputs['name']}", {"arn": made["ScheduleArn"], "groupName": group})


HANDLER = Schedule()
