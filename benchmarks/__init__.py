"""Benchmarks: side by side with the peers in one run, and never timed tests."""
