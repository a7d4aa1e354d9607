"""Tests of derived permissions."""
