"""Tests of the Lambda code."""
