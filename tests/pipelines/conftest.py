"""Fixtures for the pipelines' tests."""

from tests.handlers.conftest import aws as aws
