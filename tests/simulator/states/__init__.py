"""Tests of the states that have more to them than one file tests."""
