"""The documentation keeps its word: examples run, refusals are told as written, links lead somewhere."""
