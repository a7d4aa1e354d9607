# Symphony: `make local` runs the whole pipeline on this machine, `make test` proves it. Needs Python 3.11+, make, and uv or python3-venv.
.DEFAULT_GOAL := help
SECONDS ?=
PY ?=
VENV := .venv
BIN := $(VENV)/bin
GOLDEN_TESTS := tests/expressions/test_goldens.py tests/workflow/test_mistakes.py tests/workflow/lint/test_cases.py tests/workflow/permissions/test_optimized.py
export UV_PYTHON_DOWNLOADS := never
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install local preview test lint types types-more contracts golden golden-check lock bench prove aws-cli clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r t d; do printf '  make %-14s %s\n' "$$t" "$$d"; done

install: ## create .venv with everything that developing needs
	@sh tools/bootstrap.sh dev $(PY)

local: ## run everything here: devices, pipeline, live view (SECONDS=20 to end by itself)
	@sh tools/bootstrap.sh local $(PY)
	@exec $(BIN)/python -m local $(if $(SECONDS),--seconds $(SECONDS))

preview: ## what a deployment would make, without an account or the Pulumi CLI (STACK=dev)
	@sh tools/bootstrap.sh local $(PY)
	@$(BIN)/python -m local.preview --stack $(or $(STACK),dev)

test: install ## every test
	@$(BIN)/python -m pytest

lint: install ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: install ## mypy --strict and pyright, the whole tree
	@$(BIN)/mypy .
	@$(BIN)/pyright

types-more: install ## for information: what ty and pyrefly say of the type tests
	-@$(BIN)/uv tool run ty check --output-format concise tests/typing/good.py
	-@$(BIN)/uv tool run pyrefly check --output-format min-text tests/typing/good.py

contracts: install ## who may import whom
	@$(BIN)/lint-imports

golden: install ## write the golden files anew (git diff shows what a change does)
	@$(BIN)/python -m tests.golden
	@UPDATE_GOLDEN=1 $(BIN)/python -m pytest $(GOLDEN_TESTS)

golden-check: install ## fail when a golden file is stale
	@$(BIN)/python -m tests.golden --check

lock: install ## compile the hashed locks from pyproject.toml
	@sh tools/lock.sh

bench: install ## benchmarks, side by side in one run
	@$(BIN)/python -m benchmarks

prove: install ## longer proofs
	@$(BIN)/python -m pytest -m prove

aws-cli: install ## the AWS CLI in an environment of its own, for the tests that have it as their client
	@$(BIN)/uv venv -q --allow-existing --python $(BIN)/python .tools/aws
	@$(BIN)/uv pip sync -q --python .tools/aws/bin/python --require-hashes requirements/aws.txt

clean: ## remove what installing and running made
	@rm -rf $(VENV) .tools .local build
