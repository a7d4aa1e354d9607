"""Keeps what handlers offload (`payloads.offloaded`) in S3; imported only for handlers that do.

None of this project's handlers does, so that no bucket is deployed. What one needs who does:

- a bucket that is private (public access blocked), encrypted, and expires its objects after as long as an execution
  may run and be redriven (`aws.s3.Bucket` with a lifecycle rule; 15 days where executions run for one day), in a
  component of its own under infrastructure/
- OFFLOAD_BUCKET in the environment of the functions, in `__main__.py`; OFFLOAD_KEY too, the ARN of a KMS key, if it is
  not to be S3's own key that encrypts
- in `grants` of the function: s3:PutObject on the bucket's objects if it returns an `Offloaded`, s3:GetObject if it
  takes one (with OFFLOAD_KEY also kms:GenerateDataKey, kms:Decrypt). The state machine's role needs nothing.

A value's key is its execution and the SHA-256 of its JSON: an attempt that is made again writes the same object again,
a changed object is refused, and what one execution left can be found and removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from handlers import clients
from payloads.offloaded import kept_in


class Bucket:
    """The objects of one execution. Raises HandlerError without OFFLOAD_BUCKET, Unavailable if S3 is not to be had."""

    def __init__(self, execution: str) -> None:
        # arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME; of an Express one there is an id behind the name.
        parts = execution.split(":")[6:]
        self._prefix = "/".join(["offloaded", *(parts[:3] or ["no-execution"])])

    def put(self, digest: str, content: bytes) -> str:
        """Keep a value, encrypted."""
        key = f"{self._prefix}/{digest}"
        kms = os.environ.get("OFFLOAD_KEY")
        encryption: dict[str, Any] = {"ServerSideEncryption": "AES256"}
        if kms:
            encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms}
        with clients.aws_errors("offload a result"):
            clients.s3().put_object(
                Bucket=clients.setting("OFFLOAD_BUCKET"),
                Key=key,
                Body=content,
                ContentType="application/json",
                **encryption,
            )
        return key

    def get(self, key: str) -> bytes | None:
        """A kept value, of this execution or of one that passed it on."""
        s3 = clients.s3()
        if not key.startswith("offloaded/"):
            return None
        with clients.aws_errors("load an offloaded value"):
            try:
                content: bytes = s3.get_object(Bucket=clients.setting("OFFLOAD_BUCKET"), Key=key)["Body"].read()
            except s3.exceptions.NoSuchKey:
                return None
        return content


@contextmanager
def offloading(execution: str) -> Iterator[None]:
    """What is offloaded meanwhile belongs to this execution."""
    with kept_in(Bucket(execution)):
        yield
