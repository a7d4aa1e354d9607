"""Fixtures and options for all tests."""

pytest_plugins = ["workflow_pytest"]
