"""Tests of the language: states, chains, graphs, definitions, checks."""
