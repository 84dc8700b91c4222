# Two commands do everything: `make run` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
WORKERS ?= 2

.PHONY: help setup run test quarter check format bench demo

help:  ## What can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMP)  ## Make the environment in .venv

$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

run: setup  ## Start the product: Telegram with a token in .env, else the demo in the browser
	$(BIN)/kinerja run

demo: setup  ## The demo in the browser, whatever .env says
	$(BIN)/kinerja demo

test: setup  ## The whole test suite
	$(BIN)/python -m pytest -n $(WORKERS)

quarter: setup  ## Fourteen weeks of forty people, in three ways: about half an hour
	QUARTER=whole $(BIN)/python -m pytest -n $(WORKERS) tests/quarter tests/postgres/test_quarter_two_clocks.py

check: setup  ## Format, lint, types, import rule
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup  ## Write the format and the fixes that are safe
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup  ## Every figure of the README
	for b in capture dates linking_year outcomes daily tick progress cascade sheet skp_import; do \
		$(BIN)/python -m bench.$$b || exit 1; done
	for f in unseen known_jobs; do $(BIN)/python -m bench.linking bench/data/linking_$$f.jsonl || exit 1; done
