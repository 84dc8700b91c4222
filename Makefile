# Two commands do everything: `make run` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
STAMP := $(VENV)/.ready
# One more than the two cores this is measured on: a test that waits leaves its core to another.
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.PHONY: help setup run test test-postgres quarter soak check format bench demo

help:  ## What can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 15

setup: $(STAMP)  ## Make the environment in .venv

# The product alone, which is all that runs it.
$(INSTALLED): pyproject.toml constraints.txt
	@echo "Making the environment in $(VENV): once, a minute or a few"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(STAMP): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

run: $(INSTALLED)  ## Start the product: Telegram with a token in .env, else the demo in the browser
	$(BIN)/kinerja run

demo: $(INSTALLED)  ## The demo in the browser, whatever .env says
	$(BIN)/kinerja demo

test: setup  ## The whole test suite
	$(PYTEST)

test-postgres: setup  ## Services and conversations once more, all of them on PostgreSQL
	$(PYTEST) --database=postgresql tests/services tests/conversations

quarter: setup  ## Fourteen weeks of forty people, in three ways: about half an hour
	QUARTER=whole $(PYTEST) tests/quarter tests/postgres/test_quarter_two_clocks.py

soak: setup  ## 200 random kill -9 of every mode on both databases, compared afterwards: about 15 minutes
	$(BIN)/python -m tests.faults.soak --kills $(or $(KILLS),200) --minutes $(or $(MINUTES),60) $(SOAK)

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
