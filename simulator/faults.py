"""Errors of the Step Functions API, by AWS's names."""

from __future__ import annotations


class ApiError(Exception):
    """An error that a client of the API sees: `code` is AWS's exception name, `message` its text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


def machine_missing(arn: str) -> ApiError:
    """StateMachineDoesNotExist."""
    return ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def execution_missing(arn: str) -> ApiError:
    """ExecutionDoesNotExist."""
    return ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")


def activity_missing(arn: str) -> ApiError:
    """ActivityDoesNotExist."""
    return ApiError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")


def resource_missing(arn: str) -> ApiError:
    """ResourceNotFound."""
    return ApiError("ResourceNotFound", f"Resource not found: '{arn}'")


def invalid_arn(arn: str) -> ApiError:
    """InvalidArn."""
    return ApiError("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {arn}'")
