#!/bin/sh
# Compiles the hashed locks of requirements/ from pyproject.toml. They name no index; all agree with dev.txt.
set -eu
uv=$(command -v uv || echo .venv/bin/uv)
compile() { "$uv" pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 "$@"; }
compile --group dev pyproject.toml -o requirements/dev.txt
compile --group local -c requirements/dev.txt pyproject.toml -o requirements/local.txt
printf 'uv\n' | compile -c requirements/dev.txt - -o requirements/uv.txt
