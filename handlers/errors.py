"""The errors that handlers raise. Their class names are what a workflow retries and catches: a Lambda's error name is
the name of the exception's class.

    HandlerError
    ├── Refused             wrong for good: never retried
    │   ├── InvalidReading  a device's message that is no reading: quarantined with this reason
    │   ├── InvalidInput    a state called a handler with something else than its parameter's type
    │   ├── InvalidResult   a handler returned something else than its annotation says
    │   └── ResultTooLarge  a result that Step Functions could not carry
    └── Unavailable         AWS said "not now": retried

Messages never quote what came from outside: they end up in causes, histories and logs.
"""


class HandlerError(Exception):
    """What a handler raises on purpose."""


class Refused(HandlerError):
    """Trying again would not help."""


class InvalidReading(Refused):
    """A message that is no acceptable reading; the text is its reason, safe to show and to store."""


class InvalidInput(Refused):
    """The input does not fit the handler's parameter; the text names places and kinds of error, no values."""


class InvalidResult(Refused):
    """The result does not fit the handler's return annotation, or is not JSON (NaN, Infinity)."""


class ResultTooLarge(Refused):
    """The result is larger than a state may pass on. Raised here because States.DataLimitExceeded cannot be caught."""


class Unavailable(HandlerError):
    """AWS throttled the call, failed inside or did not answer; the same call may succeed later."""
