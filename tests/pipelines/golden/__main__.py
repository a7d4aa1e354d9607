"""Writes the golden files anew."""

from tests.pipelines.golden import write

for file in write():
    print(f"wrote {file.name}: `git diff` shows what changed")
