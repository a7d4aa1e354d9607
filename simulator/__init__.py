"""Runs Amazon States Language on a laptop: JSON in, history out; it knows no DSL."""
