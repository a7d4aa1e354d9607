#!/bin/sh
# Compiles the hashed locks of requirements/ from pyproject.toml. They name no index; all agree with dev.txt.
set -eu
uv=$(command -v uv || echo .venv/bin/uv)
compile() { "$uv" pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 "$@"; }
compile --group dev pyproject.toml -o requirements/dev.txt
compile --group local -c requirements/dev.txt pyproject.toml -o requirements/local.txt
printf 'uv\n' | compile -c requirements/dev.txt - -o requirements/uv.txt
# What goes into the Lambda packages; the runtime itself has boto3 and what that needs.
compile -c requirements/dev.txt --no-emit-package botocore --no-emit-package python-dateutil \
    --no-emit-package six --no-emit-package urllib3 requirements/lambda.in -o requirements/lambda.txt
# The AWS CLI, a client in tests: in an environment of its own, whatever dev.txt says.
printf 'awscli\n' | compile - -o requirements/aws.txt
