"""The Step Functions API (AWS JSON 1.0) in front of an engine: boto3 and the AWS CLI are its clients."""

from simulator.api.app import create_app

__all__ = ["create_app"]
