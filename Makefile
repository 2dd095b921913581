# Consilience. `make help` prints what stands behind ## below.
SHELL := /bin/bash
# the first Python that really runs and is new enough (a version manager's shim may exist without its version)
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do "$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { command -v "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.complete
# DuckDB 1.5 with the extensions of a DuckLake, which 2.0 has none of; all else comes from $(VENV)
LAKE := .venv-lake
LAKE_STAMP := $(LAKE)/.complete
PYTEST_ARGS ?=
# processes that share the tests without a stack
JOBS ?= 2
# pytest's exit status where PYTEST_ARGS choose none of the tests (5) is no failure
NONE_CHOSEN = $(if $(PYTEST_ARGS),|| test $$? = 5)
.DEFAULT_GOAL := help

help:  ## Show this help
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | sort | while IFS=$$'\t' read -r name text; do printf '  \033[1m%-10s\033[0m %s\n' "$$name" "$$text"; done

setup: $(STAMP)  ## Install everything into .venv (skipped when up to date; uses uv where present)

$(STAMP): requirements.lock pyproject.toml
	@bash scripts/setup "$(PYTHON)" "$(VENV)"
	@touch $@

lake: $(LAKE_STAMP)  ## Install the DuckDB of the DuckLake tests into .venv-lake (docs/how-to/lake.md)

$(LAKE_STAMP): $(STAMP) requirements-lake.lock
	@bash scripts/setup-lake "$(VENV)" "$(LAKE)"
	@touch $@

demo: $(STAMP)  ## Run the demo newsroom through a real Airflow and print a comparison (ONCE=1 ends by itself)
	@$(BIN)/python -m demo $(if $(ONCE),--once)

up: $(STAMP)  ## Start the local stack for the outlets in outlets/ (Ctrl-C ends it)
	@$(BIN)/consilience up

down: $(STAMP)  ## End a running local stack
	@$(BIN)/consilience down

status: $(STAMP)  ## Show components, runs, outlets and the last publication
	@$(BIN)/consilience status

sql: $(STAMP)  ## Open the published warehouse with SQL
	@$(BIN)/consilience sql

test: $(STAMP) $(LAKE_STAMP)  ## Run all tests: style, types, unit, and the end-to-end run through Airflow
	@$(MAKE) --no-print-directory -j 3 lint e2e quick

e2e: $(STAMP)  ## Run the end-to-end tests through Airflow, one after the other on one stack
	@$(BIN)/python -m pytest tests/e2e -m e2e $(PYTEST_ARGS) $(NONE_CHOSEN)

quick: $(STAMP) $(LAKE_STAMP)  ## Run the tests that need no Airflow stack
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not e2e" $(PYTEST_ARGS) $(NONE_CHOSEN)

lint: $(STAMP)  ## Check style and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && MYPYPATH=dags $(BIN)/mypy dags/*.py

lock: $(STAMP)  ## Resolve the dependencies again and rewrite requirements.lock
	@bash scripts/lock

clean:  ## Remove the data of the demo and the caches (never your own data folder)
	@rm -rf data/demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help setup lake demo up down status sql test e2e quick lint lock clean
