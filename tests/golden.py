"""The golden files of definitions, recipes and pages: `python -m tests.golden` writes them, `--check` finds stale ones.

Those of messages, expressions and permissions are written by their tests under UPDATE_GOLDEN; `make golden` does both.
"""

import sys
from pathlib import Path

from tests.cookbook import recipes as cookbook
from tests.docs import errors_index, reference
from tests.pipelines import golden as pipelines

PARTS = (pipelines, cookbook, errors_index, reference)
ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    if "--check" in sys.argv:
        stale = [file for part in PARTS for file in part.FILES if not part.is_current(file)]
        for file in stale:
            print(f"{file.relative_to(ROOT)} is stale; write `make golden` and read `git diff`")
        sys.exit(bool(stale))
    for part in PARTS:
        for written in part.write():
            print(f"wrote {written.relative_to(ROOT)}: `git diff` shows what changed")
