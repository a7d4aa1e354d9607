"""Tables, read back from the local AWS."""

from collections.abc import Callable
from typing import Any

from .conftest import Make

Clients = Callable[[str], Any]


def test_a_table_with_an_index_time_to_live_and_backups(make: Make, clients: Clients) -> None:
    made = make(
        "aws:dynamodb/table:Table",
        tags={"team": "cold"},
        name="readings",
        billingMode="PAY_PER_REQUEST",
        hashKey="id",
        attributes=[
            {"name": "id", "type": "S"},
            {"name": "alert", "type": "S"},
            {"name": "pending_since", "type": "N"},
        ],
        ttl={"attributeName": "expires", "enabled": True},
        pointInTimeRecovery={"enabled": True},
        deletionProtectionEnabled=True,
        serverSideEncryption={"enabled": True},
        globalSecondaryIndexes=[
            {
                "name": "pending",
                "projectionType": "ALL",
                "keySchemas": [
                    {"attributeName": "alert", "keyType": "HASH"},
                    {"attributeName": "pending_since", "keyType": "RANGE"},
                ],
            }
        ],
    )
    assert made.id == "readings"
    dynamodb = clients("dynamodb")
    table = dynamodb.describe_table(TableName="readings")["Table"]
    assert table["TableArn"] == made.outputs["arn"] == "arn:aws:dynamodb:us-east-1:000000000000:table/readings"
    assert table["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert table["DeletionProtectionEnabled"] is True
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "pending"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["alert", "pending_since"]
    ttl = dynamodb.describe_time_to_live(TableName="readings")["TimeToLiveDescription"]
    assert ttl["AttributeName"] == "expires" and ttl["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
    backups = dynamodb.describe_continuous_backups(TableName="readings")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert dynamodb.list_tags_of_resource(ResourceArn=made.outputs["arn"])["Tags"] == [{"Key": "team", "Value": "cold"}]


def test_a_table_with_a_range_key_a_local_index_a_stream_and_provisioned_capacity(make: Make, clients: Clients) -> None:
    made = make(
        "aws:dynamodb/table:Table",
        name="provisioned",
        hashKey="a",
        rangeKey="b",
        readCapacity=3,
        writeCapacity=2,
        streamEnabled=True,
        streamViewType="NEW_IMAGE",
        attributes=[{"name": name, "type": "S"} for name in "abc"],
        localSecondaryIndexes=[{"name": "by-c", "rangeKey": "c", "projectionType": "KEYS_ONLY"}],
        globalSecondaryIndexes=[
            {"name": "of-c", "hashKey": "c", "projectionType": "INCLUDE", "nonKeyAttributes": ["d"], "readCapacity": 4}
        ],
    )
    table = clients("dynamodb").describe_table(TableName="provisioned")["Table"]
    assert [key["KeyType"] for key in table["KeySchema"]] == ["HASH", "RANGE"]
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
    assert table["LocalSecondaryIndexes"][0]["Projection"]["ProjectionType"] == "KEYS_ONLY"
    assert table["GlobalSecondaryIndexes"][0]["Projection"]["NonKeyAttributes"] == ["d"]
    assert made.outputs["streamArn"].startswith(made.outputs["arn"] + "/stream/")
