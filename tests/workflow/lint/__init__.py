"""The linter of plain ASL."""
