"""Signature Version 4 for POSTs to `/` of the local endpoint (embedded default).

botocore's takes a quarter of a millisecond, as much as the rest of a call, for it must sign any request there is; this
signs one kind. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import NamedTuple

FORMS = 256
"""Sets of headers that a signer remembers: those of an operation are the same each time."""


class Signer:
    """Signs with the dummy keys of the local AWS, for one host, service and region."""

    def __init__(self, host: str, service: str, region: str, keys: tuple[str, str] = ("test", "test")) -> None:
        self._host = host
        self._access_key, self._secret = keys
        self._scope = (region, service, "aws4_request")
        self._day = ""
        self._key = b""
        self._forms: dict[tuple[tuple[str, str], ...], _Form] = {}

    def sign(self, headers: Mapping[str, str], body: bytes, now: float | None = None) -> dict[str, str]:
        """The headers to send: those given, Host, X-Amz-Date and Authorization. `now`: seconds since the epoch."""
        stamp = _stamp(int(time.time() if now is None else now))
        day = stamp[:8]
        if day != self._day:
            key = f"AWS4{self._secret}".encode()
            for part in (day, *self._scope):
                key = hmac.digest(key, part.encode(), "sha256")
            self._day, self._key = day, key
        given = tuple(headers.items())
        form = self._forms.get(given)
        if form is None:
            if len(self._forms) >= FORMS:
                self._forms.clear()
            form = self._forms[given] = _Form.of({**headers, "Host": self._host})
        request = f"{form.before}{stamp}{form.after}{hashlib.sha256(body).hexdigest()}"
        scope = "/".join((day, *self._scope))
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(self._key, text.encode(), "sha256").hex()
        credential = f"AWS4-HMAC-SHA256 Credential={self._access_key}/{scope}"
        said = f"{credential}, SignedHeaders={form.names}, Signature={signature}"
        return {**headers, "Host": self._host, "X-Amz-Date": stamp, "Authorization": said}


class _Form(NamedTuple):
    """A canonical request round its date and its body's digest, and the names of the headers that it holds."""

    before: str
    after: str
    names: str

    @staticmethod
    def of(headers: Mapping[str, str]) -> _Form:
        lower = sorted((name.lower(), value.strip()) for name, value in (*headers.items(), ("x-amz-date", "")))
        names = ";".join(name for name, _ in lower)
        date = [name for name, _ in lower].index("x-amz-date")
        before, after = (
            "".join(f"{name}:{value}\n" for name, value in part) for part in (lower[:date], lower[date + 1 :])
        )
        return _Form(f"POST\n/\n\n{before}x-amz-date:", f"\n{after}\n{names}\n", names)


@functools.lru_cache(maxsize=4)
def _stamp(second: int) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
