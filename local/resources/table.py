"""aws:dynamodb/table:Table. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from local.resources.base import Call, Handler, Made, Naming, names


class Table(Handler):
    """A table; its id is its name."""

    type = "aws:dynamodb/table:Table"
    handles = names(
        "name billingMode hashKey rangeKey attributes.* readCapacity writeCapacity deletionProtectionEnabled "
        "globalSecondaryIndexes.* localSecondaryIndexes.* streamEnabled streamViewType tableClass "
        "ttl.attributeName ttl.enabled pointInTimeRecovery.enabled serverSideEncryption.enabled"
    )
    ignores: ClassVar[Mapping[str, str]] = {
        "serverSideEncryption.kmsKeyArn": "the local AWS keeps tables in memory, unencrypted",
    }
    naming = Naming(longest=255)

    def create(self, call: Call) -> Made:
        """Create the table, then set what is set apart: time to live and backups."""
        dynamodb, inputs = call.client("dynamodb"), call.inputs
        name = inputs["name"]
        arguments: dict[str, Any] = {
            "TableName": name,
            "AttributeDefinitions": [
                {"AttributeName": each["name"], "AttributeType": each["type"]}
                for each in inputs.get("attributes") or []
            ],
            "KeySchema": _keys(inputs),
            "BillingMode": inputs.get("billingMode") or "PROVISIONED",
            "DeletionProtectionEnabled": bool(inputs.get("deletionProtectionEnabled")),
        }
        if arguments["BillingMode"] == "PROVISIONED":
            arguments["ProvisionedThroughput"] = _throughput(inputs)
        if inputs.get("globalSecondaryIndexes"):
            arguments["GlobalSecondaryIndexes"] = [_index(index, inputs) for index in inputs["globalSecondaryIndexes"]]
        if inputs.get("localSecondaryIndexes"):
            local = [_index({"hashKey": inputs["hashKey"], **index}, {}) for index in inputs["localSecondaryIndexes"]]
            arguments["LocalSecondaryIndexes"] = local
        if inputs.get("streamEnabled"):
            arguments["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": inputs["streamViewType"]}
        if (inputs.get("serverSideEncryption") or {}).get("enabled"):
            arguments["SSESpecification"] = {"Enabled": True}
        if inputs.get("tableClass"):
            arguments["TableClass"] = inputs["tableClass"]
        if call.tags:
            arguments["Tags"] = [{"Key": key, "Value": value} for key, value in call.tags.items()]
        table = dynamodb.create_table(**arguments)["TableDescription"]
        ttl = inputs.get("ttl") or {}
        if ttl.get("enabled"):
            dynamodb.update_time_to_live(
                TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": ttl["attributeName"]}
            )
        if (inputs.get("pointInTimeRecovery") or {}).get("enabled"):
            dynamodb.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )
        outputs = {
            "arn": table["TableArn"],
            "streamArn": table.get("LatestStreamArn", ""),
            "streamLabel": table.get("LatestStreamLabel", ""),
        }
        return Made(name, outputs)


def _keys(inputs: Mapping[str, Any]) -> list[dict[str, str]]:
    if inputs.get("keySchemas"):
        return [{"AttributeName": key["attributeName"], "KeyType": key["keyType"]} for key in inputs["keySchemas"]]
    keys = [("HASH", inputs.get("hashKey")), ("RANGE", inputs.get("rangeKey"))]
    return [{"AttributeName": name, "KeyType": kind} for kind, name in keys if name]


def _throughput(inputs: Mapping[str, Any]) -> dict[str, int]:
    return {
        "ReadCapacityUnits": inputs.get("readCapacity") or 1,
        "WriteCapacityUnits": inputs.get("writeCapacity") or 1,
    }


def _index(index: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index["projectionType"]}
    if index.get("nonKeyAttributes"):
        projection["NonKeyAttributes"] = index["nonKeyAttributes"]
    made: dict[str, Any] = {"IndexName": index["name"], "KeySchema": _keys(index), "Projection": projection}
    if table and (table.get("billingMode") or "PROVISIONED") == "PROVISIONED":
        made["ProvisionedThroughput"] = _throughput(index)
    return made


HANDLER = Table()
