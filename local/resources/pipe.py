"""aws:pipes/pipe:Pipe. https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_CreatePipe.html"""

from __future__ import annotations

from typing import Any

from local.resources.base import Call, Handler, Made, Naming, given, names, pascal


class Pipe(Handler):
    """A pipe from a queue to a state machine or function; its id is its name."""

    type = "aws:pipes/pipe:Pipe"
    handles = names(
        "name namePrefix description desiredState roleArn source target "
        "sourceParameters.sqsQueueParameters.* sourceParameters.filterCriteria.filters.pattern "
        "targetParameters.inputTemplate targetParameters.stepFunctionStateMachineParameters.* "
        "targetParameters.lambdaFunctionParameters.* targetParameters.sqsQueueParameters.* "
        "logConfiguration.level logConfiguration.includeExecutionDatas "
        "logConfiguration.cloudwatchLogsLogDestination.logGroupArn"
    )
    naming = Naming(longest=64)

    def create(self, call: Call) -> Made:
        """Create the pipe; it starts at once unless its desired state is STOPPED."""
        inputs = call.inputs
        arguments: dict[str, Any] = given(inputs, Description="description", DesiredState="desiredState")
        for ours in ("sourceParameters", "targetParameters"):
            if inputs.get(ours):
                arguments[ours[0].upper() + ours[1:]] = pascal(inputs[ours])
        if logging := inputs.get("logConfiguration"):
            arguments["LogConfiguration"] = pascal(logging, renamed={"includeExecutionDatas": "IncludeExecutionData"})
        if call.tags:
            arguments["Tags"] = dict(call.tags)
        made = call.client("pipes").create_pipe(
            Name=inputs["name"],
            Source=inputs["source"],
            Target=inputs["target"],
            RoleArn=inputs["roleArn"],
            **arguments,
        )
        return Made(inputs["name"], {"arn": made["Arn"]})


HANDLER = Pipe()
