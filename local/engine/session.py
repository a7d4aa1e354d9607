"""boto3 clients that can reach the local AWS and nothing else.

Stage: used by deploying. The endpoint is forced and must be loopback, credentials are dummies, and neither the user's
environment, profiles, credential files nor proxies are read.
"""

from __future__ import annotations

import ipaddress
import os
import threading
from typing import Any
from urllib.parse import urlsplit

from local.engine.diagnostics import DeploymentError, Problem

ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105 no secret: the local AWS takes any
_NOWHERE = "http://127.0.0.1:9"


def local_environment(endpoint: str, region: str) -> dict[str, str]:
    """Environment variables under which any AWS SDK talks to the local AWS with dummy credentials."""
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def preview_environment(region: str) -> dict[str, str]:
    """The same for a preview, which has no AWS at all: calls are refused by the discard port."""
    return local_environment(_NOWHERE, region)


def loopback(endpoint: str) -> str:
    """The endpoint, if it is one of this machine. Raises DeploymentError otherwise."""
    host = urlsplit(endpoint).hostname or ""
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise DeploymentError(
            [
                Problem(
                    f"the endpoint {endpoint} is not on this machine",
                    "give a loopback address such as http://127.0.0.1:4566",
                )
            ]
        )
    return endpoint


class Session:
    """Makes clients, one for each service and region. Safe to use from several threads."""

    def __init__(self, endpoint: str) -> None:
        # 0.2 s of start-up, which previews need not pay.
        from botocore.config import Config
        from botocore.session import Session as BotocoreSession

        self.endpoint = loopback(endpoint)
        unread = {"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)}
        self._session = BotocoreSession(session_vars={**unread, "credentials_file": (None, None, os.devnull, None)})
        self._config = Config(
            inject_host_prefix=False,
            proxies={},
            max_pool_connections=32,
            retries={"mode": "standard", "total_max_attempts": 4},
            connect_timeout=5,
            read_timeout=60,
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a region."""
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._session.create_client(
                    service,
                    region_name=region,
                    endpoint_url=self.endpoint,
                    aws_access_key_id=ACCESS_KEY,
                    aws_secret_access_key=SECRET_KEY,
                    config=self._config,
                )
            return self._clients[service, region]
