"""Tests of definitions that nobody here wrote."""
