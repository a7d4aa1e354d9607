"""AWS clients for the handlers that need them: built once in a process, on first use; and what their errors mean.

Nothing is built on import, so that handlers can be imported, typed and tested without region or credentials.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from handlers.errors import HandlerError, Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_s3.client import S3Client
    from types_boto3_sns.client import SNSClient

_TRANSIENT = frozenset(
    {
        "InternalError",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


@cache
def dynamodb() -> DynamoDBClient:
    """The process's DynamoDB client."""
    client: DynamoDBClient = _client("dynamodb")
    return client


@cache
def sns() -> SNSClient:
    """The process's SNS client."""
    client: SNSClient = _client("sns")
    return client


@cache
def s3() -> S3Client:
    """The process's S3 client; a large object may take longer than other calls."""
    client: S3Client = _client("s3", read_timeout=10)
    return client


def setting(name: str) -> str:
    """A value of the function's environment, read when it is needed. Raises HandlerError naming what is missing."""
    value = os.environ.get(name)
    if not value:
        raise HandlerError(f"the environment variable {name} is not set")
    return value


@contextmanager
def aws_errors(doing: str) -> Iterator[None]:
    """Turns what AWS may do better next time into Unavailable, which workflows retry; other errors stay as they are.

    doing: what was tried, for the message: "put the quarantined message".
    """
    from botocore.exceptions import (
        ClientError,
        ConnectionError,
        HTTPClientError,
    )  # costs 60 ms, spent only by those who talk to AWS

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _TRANSIENT or status >= 500:
            raise Unavailable(f"could not {doing}: {code or status}") from error
        raise
    except (ConnectionError, HTTPClientError) as error:  # no connection, no answer in time, an answer cut off
        raise Unavailable(f"could not {doing}: {type(error).__name__}") from error


def _client(service: str, read_timeout: int = 2) -> Any:
    import boto3  # costs 0.3 s, spent only by handlers that talk to AWS
    from botocore.config import Config

    # A call ends before its Task's ten seconds do, to say so itself: 2 tries of at most 1 + 2 seconds, and a wait.
    config = Config(connect_timeout=1, read_timeout=read_timeout, retries={"mode": "standard", "total_max_attempts": 2})
    return boto3.client(service, config=config)  # type: ignore[call-overload]
