# Concierge, one command each. Needs Python 3.11 or newer and make; brings everything else itself.
#
#   make run      the demo hotel on http://127.0.0.1:8000 (PORT= and DATA_DIR= choose others)
#   make test     the whole suite, with real PostgreSQL, Valkey and Chromium
#   make check    format, lint, types, layers, migrations, translations, deployment
#   make contract what we send, against Twilio's own OpenAPI file (needs Node 20)
#   make faults   what breaks in a hotel, broken on purpose; half an hour; SOAK= minutes of the last
#   make bench    the measurements; SECONDS= for longer ones, ARGS=--many for those of many processes

SHELL := /bin/sh
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.PHONY: run test contract check faults bench screenshots lock clean

PORT ?= 8000
SECONDS ?= 10
SOAK ?= 10
export PORT

# The first that is new enough: a system's python3 may be older than its python3.12.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
RUN := .venv/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps

run: .venv/installed
	@$(RUN) manage.py prepare --demo --port $(PORT)
	@exec $(RUN) manage.py serve --port $(PORT)

# Browser tests start servers of their own: one worker a core, and files kept together.
test: .venv/installed-dev
	@$(RUN) -m tests.prepare browser nginx
	$(RUN) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

contract: .venv/installed-dev
	@$(RUN) -m tests.prepare contract
	$(RUN) -m pytest tests/contract -m contract $(ARGS)

check: .venv/installed-dev
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	.venv/bin/lint-imports --no-cache --no-logo
	$(RUN) -m tests.check_site

# One after another: several would measure one another. docs/faults.md is written by the run.
faults: .venv/installed-dev
	@$(RUN) -m tests.prepare faketime
	SOAK_MINUTES=$(SOAK) $(RUN) -m pytest tests/faults -m faults $(ARGS)

bench: .venv/installed-dev
	$(RUN) -m tests.bench --seconds $(SECONDS) $(ARGS)

screenshots: .venv/installed-dev
	@$(RUN) -m tests.prepare browser
	EVERY_LOOK=1 $(RUN) -m pytest -n 2 --dist load tests/browser/test_pages.py -k photographed $(ARGS)
	@echo "The pictures are in var/screenshots."

# What is installed, to the letter; run it after changing dependencies in pyproject.toml.
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
lock: .venv/bin/python
	@$(RUN) -m pip --disable-pip-version-check install --quiet uv
	$(RUN) -m uv pip compile pyproject.toml $(LOCK) -o requirements.lock
	$(RUN) -m uv pip compile pyproject.toml --group dev $(LOCK) -o requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Concierge needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null || sh deploy/make-venv.sh $(PYTHON)

.venv/installed: requirements.lock | .venv/bin/python
	@echo "Installing what Concierge needs (once, a minute or two) …"
	@$(PIP) -r requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock | .venv/bin/python
	@echo "Installing what its tests need (once, a minute or two) …"
	@$(PIP) -r requirements-dev.lock
	@touch $@ .venv/installed
