"""aws:cloudwatch/metricAlarm:MetricAlarm.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from __future__ import annotations

from typing import Any

from local.resources.base import Call, Handler, Made, Naming, given, names


class MetricAlarm(Handler):
    """An alarm on a metric or on an expression over metrics; its id is its name."""

    type = "aws:cloudwatch/metricAlarm:MetricAlarm"
    handles = names(
        "name actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions.* "
        "evaluateLowSampleCountPercentiles evaluationPeriods extendedStatistic insufficientDataActions metricName "
        "metricQueries.* namespace okActions period statistic threshold thresholdMetricId treatMissingData unit"
    )
    naming = Naming(longest=255)

    def create(self, call: Call) -> Made:
        """Put the alarm."""
        name = call.inputs["name"]
        arguments: dict[str, Any] = given(
            call.inputs,
            ActionsEnabled="actionsEnabled",
            AlarmActions="alarmActions",
            AlarmDescription="alarmDescription",
            ComparisonOperator="comparisonOperator",
            DatapointsToAlarm="datapointsToAlarm",
            EvaluateLowSampleCountPercentile="evaluateLowSampleCountPercentiles",
            EvaluationPeriods="evaluationPeriods",
            ExtendedStatistic="extendedStatistic",
            InsufficientDataActions="insufficientDataActions",
            MetricName="metricName",
            Namespace="namespace",
            OKActions="okActions",
            Period="period",
            Statistic="statistic",
            Threshold="threshold",
            ThresholdMetricId="thresholdMetricId",
            TreatMissingData="treatMissingData",
            Unit="unit",
        )
        if call.inputs.get("dimensions"):
            arguments["Dimensions"] = _dimensions(call.inputs["dimensions"])
        if call.inputs.get("metricQueries"):
            arguments["Metrics"] = [_query(query) for query in call.inputs["metricQueries"]]
        if call.tags:
            arguments["Tags"] = [{"Key": key, "Value": value} for key, value in call.tags.items()]
        call.client("cloudwatch").put_metric_alarm(AlarmName=name, **arguments)
        return Made(name, {"arn": call.arn("cloudwatch", f"alarm:{name}")})


def _dimensions(dimensions: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _query(query: dict[str, Any]) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html"""
    arguments = given(
        query, Id="id", Expression="expression", Label="label", ReturnData="returnData", Period="period",
        AccountId="accountId",
    )  # fmt: skip
    if metric := query.get("metric"):
        arguments["MetricStat"] = {
            "Metric": {
                "MetricName": metric["metricName"],
                "Dimensions": _dimensions(metric.get("dimensions") or {}),
                **given(metric, Namespace="namespace"),
            },
            **given(metric, Period="period", Stat="stat", Unit="unit"),
        }
    return arguments


HANDLER = MetricAlarm()
