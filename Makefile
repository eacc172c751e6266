# Everything a developer or a curious stranger runs. Needs Python 3.11 or newer, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test check thorough browser kill endpoints evals bench load migrate lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(BIN)/.runtime ## Make .venv with the command incident-copilot in .venv/bin
setup-dev: $(BIN)/.dev ## The same, with the tools for tests and checks

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }

$(BIN)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV); the first time this takes a minute or two."
	$(PIP) install -q --require-hashes -r requirements.lock
	$(PIP) install -q --no-build-isolation --no-deps -e .
	@touch $@

$(BIN)/.dev: requirements-dev.lock $(BIN)/.runtime
	$(PIP) install -q --require-hashes -r requirements-dev.lock
	@touch $@

demo: setup ## Play a real-looking incident in a pretend Slack, with the copilot at work
	$(BIN)/incident-copilot demo $(ARGS)

test: setup-dev ## Unit, integration and scenario tests (starts its own PostgreSQL and Redis)
	$(BIN)/python -m pytest -q -n auto --dist worksteal $(ARGS)

thorough: setup-dev ## The same on both databases throughout, with many more examples; takes long
	COPILOT_TEST_EXAMPLES=100 INTERLEAVINGS=20 COPILOT_TEST_DATABASES=both \
		$(BIN)/python -m pytest -q -n auto --dist worksteal --timeout=1800 $(ARGS)

check: setup-dev ## Lint, types, import contracts, lock, compose file and Dockerfile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PIP) check
	! grep -nE '^(--(extra-)?index-url|--find-links)|https?://' requirements.lock requirements-dev.lock
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile

browser: setup-dev ## Pages in a real Chromium (must be installed)
	$(BIN)/python -m pytest -q tests/browser $(ARGS)

kill: setup-dev ## Kill processes and servers at random while Slack talks; nothing may be lost
	$(BIN)/python -m pytest -q -s tests/kill $(ARGS)

endpoints: setup-dev ## The model proposer against aimock with chaos on (needs node and npm, fetches it once)
	$(BIN)/python -m pytest -q -s --show-capture=no tests/endpoints $(ARGS)

evals: setup-dev ## How good the proposer and the drafter are, on the data in ../shared/data
	$(BIN)/python -m tests.evals $(ARGS)
	$(BIN)/python -m tests.evals.token_share
	$(BIN)/python -m tests.evals.draft_tokens
	$(BIN)/python -m tests.evals.drafting
	$(BIN)/python -m tests.evals.checking

bench: setup-dev ## Speed as ratios against a baseline in the same run, and the proposer's quality
	$(BIN)/python -m tests.benchmarks $(ARGS)
	$(BIN)/python -m tests.evals $(findstring --quick,$(ARGS))

load: setup-dev ## How long Slack waits for its answer, at 8.3 and 83 events a second and at the limit
	$(BIN)/python -m tests.benchmarks.ack_load $(ARGS)

migrate: setup ## Bring the database of COPILOT_DATABASE_URL up to date
	$(BIN)/incident-copilot migrate

lock: setup-dev ## Write the hashed locks anew from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--no-annotate pyproject.toml --group build -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--no-annotate pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
