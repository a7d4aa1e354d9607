"""boto3 sessions for the local AWS that nothing of the user's can lead to a real account (embedded default)."""

from __future__ import annotations

import os
from typing import Any

import boto3
import botocore.session
from botocore.config import Config


def local_session(region: str) -> boto3.Session:
    """A session with dummy keys that reads neither `~/.aws` nor `AWS_PROFILE`, whatever the user has set."""
    inner = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    return boto3.Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - a dummy
        region_name=region,
        botocore_session=inner,
    )


def local_client(session: boto3.Session, service: str, endpoint: str, **options: Any) -> Any:
    """A client of the local endpoint. `options` are boto3's; a `config` is merged over ours."""
    # StartSyncExecution would put "sync-" before the host, and such a name does not exist on loopback.
    config = Config(inject_host_prefix=False, retries={"mode": "standard", "total_max_attempts": 4})
    given = options.pop("config", None)
    make: Any = session.client
    return make(service, endpoint_url=endpoint, config=config.merge(given) if given else config, **options)
