"""HTTP endpoints, called with the credentials of an EventBridge connection.
https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from ..diagnostics import Place, Problem, caller_place, did_you_mean
from ..lambdas import ANY, expression, kind_of, root
from ..resources import Symbol
from ..states.base import A, In, Out
from . import catalogue
from .calling import Calling
from .symbols import Connection

T = TypeVar("T")
Method = Literal["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")

RESERVED = (
    "authorization",
    "connection",
    "content-md5",
    "date",
    "expect",
    "host",
    "max-forwards",
    "proxy-",
    "server",
    "te",
    "transfer-encoding",
    "trailer",
    "upgrade",
    "via",
    "www-authenticate",
    "x-forwarded",
    "x-amz-",
    "x-amzn-",
)
"""Headers that a state may not set, or what they begin with."""


class CallHttp(Calling[In, Out]):
    """Calls an HTTPS endpoint and passes the body of its answer on, a `returns`.

    url: text or a lambda. Credentials come from the connection. An answer of 400 or more fails with
    `States.Http.StatusCode.<code>`, a connection that breaks with States.Http.Socket.
    """

    connection: Connection

    def __init__(
        self: CallHttp[A, T],
        name: str,
        connection: Connection,
        *,
        of: type[A],
        returns: type[T],
        url: Callable[[A], str] | str,
        method: Method = "GET",
        body: Callable[[A], object] | None = None,
        headers: Mapping[str, Callable[[A], str] | str] | None = None,
        query: Mapping[str, Callable[[A], str] | str] | None = None,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        problems = list(_wrong(name, connection, url, method, headers or {}, place))
        given: dict[str, Any] = {"ApiEndpoint": url, "Method": method}
        if isinstance(connection, Connection):
            given["Authentication"] = {"ConnectionArn": Symbol(connection.key)}
        for argument, value in (("Headers", headers), ("QueryParameters", query), ("RequestBody", body)):
            if value:
                given[argument] = value
        result = root("states.result.ResponseBody", kind_of(returns))
        self._call(
            name,
            place,
            catalogue.optimized("http:invoke"),
            takes,
            given,
            result=result,
            passes=result.kind,
            own=expression(root("states.result.ResponseBody", ANY).node),
            connection=connection,
            problems=problems,
        )


def _wrong(
    name: str, connection: Any, url: Any, method: Any, headers: Mapping[str, Any], place: Place
) -> list[Problem]:
    problems = []
    if not isinstance(connection, Connection):
        shown = getattr(connection, "__name__", repr(connection))
        what = f"`{name}` has no connection: {shown}"
        problems.append(Problem(place, what, 'give a Connection("..."), which holds the credentials', "http"))
    if isinstance(url, str) and not url.startswith("https://"):
        problems.append(Problem(place, f"`{name}` calls {url!r}", "Step Functions calls https:// only", "http"))
    if method not in METHODS:
        what = f"`{method}` of `{name}` is no method"
        problems.append(Problem(place, what, did_you_mean(str(method).upper(), METHODS), "http"))
    for header in headers:
        if any(header.lower() == r or (r.endswith("-") and header.lower().startswith(r)) for r in RESERVED):
            what = f"`{name}` sets the header {header}, which Step Functions keeps to itself"
            problems.append(Problem(place, what, "put credentials into the connection", "http"))
    return problems
