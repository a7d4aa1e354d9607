"""Errors of the Step Functions API, by AWS's names."""

from __future__ import annotations


class ApiError(Exception):
    """An error that a client of the API sees: `code` is AWS's exception name, `message` its text, `reason` what a
    ValidationException says beside it, `status` that of the HTTP answer."""

    status = 400

    def __init__(self, code: str, message: str, reason: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.reason = code, message, reason


def machine_missing(arn: str) -> ApiError:
    """StateMachineDoesNotExist."""
    return ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def execution_missing(arn: str) -> ApiError:
    """ExecutionDoesNotExist."""
    return ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")


def not_redrivable(reason: str) -> ApiError:
    """ExecutionNotRedrivable."""
    return ApiError("ExecutionNotRedrivable", reason)


def over_quota(message: str) -> ApiError:
    """ServiceQuotaExceededException."""
    error = ApiError("ServiceQuotaExceededException", message)
    error.status = 402
    return error


def out_of_bounds(name: str, value: object, constraint: str) -> ApiError:
    """ValidationException for a parameter: `constraint` is "value less than or equal to 100" or the like."""
    return ApiError(
        "ValidationException",
        f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: "
        f"Member must have {constraint}",
    )


def activity_missing(arn: str) -> ApiError:
    """ActivityDoesNotExist."""
    return ApiError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")


def resource_missing(arn: str) -> ApiError:
    """ResourceNotFound."""
    return ApiError("ResourceNotFound", f"Resource not found: '{arn}'")


def invalid_arn(arn: str) -> ApiError:
    """InvalidArn."""
    return ApiError("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {arn}'")
