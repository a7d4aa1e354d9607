"""Tests of what tests workflows."""
