"""Where the stack is deployed: partition, region and account, and the ARNs made of them.

Stage: after the settings, before the components. Roles trust a service only on behalf of one resource, whose ARN must
be known before the resource exists; that is why physical names are chosen and ARNs are built from them. Policies use
built ARNs too, so that a preview shows them whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class Account:
    """The account, region and partition (`aws`, `aws-cn`, `aws-us-gov`) that this run deploys to."""

    id: pulumi.Output[str]
    region: pulumi.Output[str]
    partition: pulumi.Output[str]

    @staticmethod
    def current() -> Account:
        """Those of the provider's credentials."""
        return Account(
            id=aws.get_caller_identity_output().account_id,
            region=aws.get_region_output().region,
            partition=aws.get_partition_output().partition,
        )

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """`arn:aws:sqs:eu-central-1:123456789012:RESOURCE` in whatever partition this is."""
        return pulumi.Output.concat("arn:", self.partition, ":", service, ":", self.region, ":", self.id, ":", resource)
