"""Fixtures for the handlers' tests."""

import pytest

from handlers import clients
from tests.handlers.aws import Aws


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    """AWS in this process, and the environment that a deployed function would have."""
    aws = Aws()
    monkeypatch.setattr(clients, "dynamodb", lambda: aws.dynamodb)
    monkeypatch.setattr(clients, "sns", lambda: aws.sns)
    monkeypatch.setenv("QUARANTINE_TABLE", aws.quarantine)
    monkeypatch.setenv("READINGS_TABLE", aws.readings)
    monkeypatch.setenv("ALERTS_TOPIC", aws.topic)
    return aws
