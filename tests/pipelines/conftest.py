"""Fixtures for the pipelines' tests."""

import pytest

from pipelines.telemetry import devices
from tests.handlers.aws import Aws
from tests.handlers.conftest import aws as aws
from tests.pipelines.batches import FRIDGE, through_entry
from workflow.testing import Environment


@pytest.fixture
def environment(aws: Aws) -> Environment:
    """The workflow's world: handlers behind their entry points, their own tables emulated, one device known."""
    environment = Environment(invoke=through_entry)
    environment.table(devices).put(FRIDGE)
    return environment
