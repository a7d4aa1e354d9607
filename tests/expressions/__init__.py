"""Tests of the expressions: what they become, that it means the same, and what is refused."""
