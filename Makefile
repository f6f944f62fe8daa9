# Everything a person or a machine does with this project, by verb.
#
#   make PY=python3.12 run     uses another interpreter (3.11 or newer)
#   make test PYTEST_ARGS="tests/unit -k stale"
#   make bench-store BENCH_ARGS="--quick"

PY ?= python3
UV ?= uv
VENV ?= .venv
PYTEST_ARGS ?= --numprocesses auto --dist worksteal
SERVE_ARGS ?=
BENCH_ARGS ?=
UPGRADE ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CODE := domain infrastructure api migrations tests docs benchmarks
# Two steps, each done again only when what it was made from changes.
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed
PEERS := $(VENV)/.peers
# No header and no index: the locks name packages and hashes, never a host.
LOCK_ARGS = --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url $(UPGRADE)

# An interpreter named by the caller replaces an environment made with another version.
VERSION_OF = $(shell $(1) -c 'import sys; print(sys.version_info[:2])' 2>/dev/null)
ifneq ($(origin PY),file)
ifneq ($(wildcard $(LOCKED)),)
ifneq ($(call VERSION_OF,$(PY)),$(call VERSION_OF,$(BIN)/python))
$(LOCKED): .FORCE
endif
endif
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: .FORCE help setup run test test-long bench-store bench-asof bench-imports check format format-check lint types imports lock build clean

help: ## List what can be made
	@echo "make VERB [PY=python3.12], where VERB is one of"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(INSTALLED) ## Install everything into .venv, exactly as locked
	@:

$(LOCKED): requirements-dev.lock
	@command -v $(PY) >/dev/null || { \
	  echo "$(PY) is not installed: apt-get install python3 python3-venv, or name another: make PY=python3.12 setup" >&2; exit 1; }
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PY) is older than Python 3.11: name a newer one: make PY=python3.12 setup" >&2; exit 1; }
	@$(PY) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PY) has no venv module: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV)"
	@rm -f $(LOCKED) $(INSTALLED) $(PEERS)
	@$(PY) -m venv --clear $(VENV)
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(INSTALLED): $(LOCKED) pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

run: setup ## Set up, load the worked example and serve it
	$(BIN)/foedus serve --example $(SERVE_ARGS)

test: setup ## Run the whole suite, except the tests that take minutes
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-long: setup ## Run the tests that take minutes
	$(BIN)/python -m pytest -m long --durations 20 $(PYTEST_ARGS)

bench-store: setup ## Measure the event store beside its peers and the raw limits of this machine
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

bench-asof: $(PEERS) ## Measure the questions beside DuckDB, Raphtory and a plain replay
	$(BIN)/python -m benchmarks --suite asof $(BENCH_ARGS)

bench-imports: setup ## Measure imports beside the raw insert of what comes of them
	$(BIN)/python -m benchmarks --suite imports $(BENCH_ARGS)

$(PEERS): $(INSTALLED) requirements-peers.lock
	@$(PIP) install --require-hashes -r requirements-peers.lock
	@touch $@

check: format-check lint types imports test ## Format, lint, types, imports and tests: all that must hold

format: setup ## Format the code and fix what the linter can
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix-only --quiet $(CODE)

format-check: setup
	$(BIN)/ruff format --check $(CODE)

lint: setup ## Lint
	$(BIN)/ruff check $(CODE)

types: setup ## Check the types, strictly
	$(BIN)/mypy

imports: setup ## Check which layer imports which
	$(BIN)/lint-imports

lock: ## Pin every dependency anew by version and hash (needs uv)
	@command -v $(UV) >/dev/null || { echo "uv is not installed: pip install uv" >&2; exit 1; }
	$(UV) pip compile pyproject.toml $(LOCK_ARGS) --output-file requirements.lock
	$(UV) pip compile pyproject.toml --group dev --constraints requirements.lock $(LOCK_ARGS) --output-file requirements-dev.lock
	$(UV) pip compile --group peers --constraints requirements-dev.lock $(LOCK_ARGS) --output-file requirements-peers.lock

build: setup ## Build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

clean: ## Remove .venv, caches and built files
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
