"""Signature Version 4 for POSTs to `/` of the local endpoint (embedded default).

botocore's takes a quarter of a millisecond, as much as the rest of a call, for it must sign any request there is; this
signs one kind. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping


class Signer:
    """Signs with the dummy keys of the local AWS, for one host, service and region."""

    def __init__(self, host: str, service: str, region: str, keys: tuple[str, str] = ("test", "test")) -> None:
        self._host = host
        self._access_key, self._secret = keys
        self._scope = (region, service, "aws4_request")
        self._day = ""
        self._key = b""

    def sign(self, headers: Mapping[str, str], body: bytes, now: float | None = None) -> dict[str, str]:
        """The headers to send: those given, Host, X-Amz-Date and Authorization. `now`: seconds since the epoch."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() if now is None else now))
        day = stamp[:8]
        if day != self._day:
            key = f"AWS4{self._secret}".encode()
            for part in (day, *self._scope):
                key = hmac.digest(key, part.encode(), "sha256")
            self._day, self._key = day, key
        sent = {**headers, "Host": self._host, "X-Amz-Date": stamp}
        lower = sorted((name.lower(), value.strip()) for name, value in sent.items())
        names = ";".join(name for name, _ in lower)
        listed = "".join(f"{name}:{value}\n" for name, value in lower)
        request = f"POST\n/\n\n{listed}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        scope = "/".join((day, *self._scope))
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(self._key, text.encode(), "sha256").hex()
        credential = f"AWS4-HMAC-SHA256 Credential={self._access_key}/{scope}"
        return {**sent, "Authorization": f"{credential}, SignedHeaders={names}, Signature={signature}"}
