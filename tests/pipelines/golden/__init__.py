"""The workflows' definitions as files, which show what a change does.

`python -m tests.pipelines.golden` writes them anew, as `make golden` does; the tests compare.
"""

from pathlib import Path

from pipelines.telemetry import telemetry

FILES = {Path(__file__).with_name("telemetry.asl.json"): telemetry}
"""Every golden file and the workflow that it shows."""


def write() -> list[Path]:
    """Write every file whose workflow has changed. Returns those."""
    changed = [file for file, workflow in FILES.items() if not is_current(file)]
    for file in changed:
        file.write_text(FILES[file].to_json(), encoding="utf-8")
    return changed


def is_current(file: Path) -> bool:
    """Whether a file shows its workflow as it is."""
    return file.exists() and file.read_text(encoding="utf-8") == FILES[file].to_json()
