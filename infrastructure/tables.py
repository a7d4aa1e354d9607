"""The tables: devices, readings, repeats, quarantine.

Stage: storage. All are paid per request and encrypted; in a protected stack they can be restored to any second of the
last 35 days and are not deleted with the stack. What expires carries its time of death in `expires`; a reading is the
memory of de-duplication too (deduplicationDays, which settings check).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infrastructure.account import Account
from infrastructure.iam import Statement, allow
from infrastructure.settings import Settings

PENDING_INDEX = "pending"
"""Index of readings whose alert is pending, by since when: sparse, for only those have a `pending_since`."""


@dataclass
class TablesArgs:
    """What the tables need to know."""

    settings: Settings
    account: Account


class Tables(pulumi.ComponentResource):
    """The tables of one stack; `bindings` gives them their names in a workflow."""

    def __init__(self, name: str, args: TablesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("symphony:infrastructure:Tables", name, {}, opts)
        self._args = args
        self.devices = self._table("devices", "device_id", expires=False)
        self.readings = self._table("readings", "id", indexed=True)
        self.repeats = self._table("repeats", "trace")
        self.quarantine = self._table("quarantine", "trace")
        self._named: Mapping[str, aws.dynamodb.Table] = {
            "devices": self.devices,
            "readings": self.readings,
            "repeats": self.repeats,
            "quarantine": self.quarantine,
        }
        self.register_outputs({key: table.name for key, table in self._named.items()})

    @property
    def bindings(self) -> dict[str, pulumi.Input[str]]:
        """`table.readings` to the table's name, for a workflow's definition."""
        return {f"table.{key}": table.name for key, table in self._named.items()}

    def may_quarantine(self) -> Sequence[Statement]:
        """Keeping a message that cannot be stored."""
        return [allow(["dynamodb:PutItem"], [self._arn("quarantine")], sid="Quarantine")]

    def may_sweep(self) -> Sequence[Statement]:
        """Finding readings whose alert is pending and marking them sent."""
        readings = self._arn("readings")
        index = pulumi.Output.concat(readings, "/index/", PENDING_INDEX)
        return [
            allow(["dynamodb:Query"], [index], sid="FindPending"),
            allow(["dynamodb:UpdateItem"], [readings], sid="MarkSent"),
        ]

    def _arn(self, key: str) -> pulumi.Output[str]:
        return self._args.account.arn("dynamodb", f"table/{self._args.settings.name(key)}")

    def _table(self, key: str, hash_key: str, *, expires: bool = True, indexed: bool = False) -> aws.dynamodb.Table:
        attributes = [aws.dynamodb.TableAttributeArgs(name=hash_key, type="S")]
        if indexed:
            attributes += [
                aws.dynamodb.TableAttributeArgs(name="alert", type="S"),
                aws.dynamodb.TableAttributeArgs(name="pending_since", type="N"),
            ]
        return aws.dynamodb.Table(
            key,
            name=self._args.settings.name(key),
            billing_mode="PAY_PER_REQUEST",
            hash_key=hash_key,
            attributes=attributes,
            global_secondary_indexes=[_pending_index()] if indexed else None,
            ttl=aws.dynamodb.TableTtlArgs(attribute_name="expires", enabled=True) if expires else None,
            server_side_encryption=aws.dynamodb.TableServerSideEncryptionArgs(enabled=True),
            point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=self._args.settings.protect_data),
            deletion_protection_enabled=self._args.settings.protect_data,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _pending_index() -> aws.dynamodb.TableGlobalSecondaryIndexArgs:
    key = aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs
    return aws.dynamodb.TableGlobalSecondaryIndexArgs(
        name=PENDING_INDEX,
        key_schemas=[
            key(attribute_name="alert", key_type="HASH"),
            key(attribute_name="pending_since", key_type="RANGE"),
        ],
        projection_type="ALL",
    )
