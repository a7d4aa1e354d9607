"""Every golden file of the project: `python -m tests.golden` writes them anew, `--check` fails when one is stale."""

import sys

from tests.pipelines import golden as pipelines

if __name__ == "__main__":
    if "--check" in sys.argv:
        stale = [file for file in pipelines.FILES if not pipelines.is_current(file)]
        for file in stale:
            print(f"{file.name} is stale; write `make golden` and read `git diff`")
        sys.exit(bool(stale))
    for written in pipelines.write():
        print(f"wrote {written.name}: `git diff` shows what changed")
