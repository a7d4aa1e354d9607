"""The local AWS: an emulator behind a guard, and our Step Functions, Lambda, Pipes and Scheduler, at one endpoint.

with LocalAws() as aws:
    boto3.client("sqs", endpoint_url=aws.endpoint, **aws.credentials)
"""

from local.aws.process import ChildFailed
from local.aws.stack import LocalAws

__all__ = ["ChildFailed", "LocalAws"]
