# `make run` and `make test` need Python 3.11 or newer, git and make; `make test` says what else it lacks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCALE := api/web/locale

.PHONY: run test check services run-scaled bench faults lock assets messages

run: $(VENV)/.ready
	$(BIN)/jiebang run

test: $(VENV)/.ready-dev
	$(BIN)/pytest

check: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.check_migrations
	$(BIN)/python -m tools.check_events
	$(BIN)/python -m tools.assets --check

services: $(VENV)/.ready-dev
	$(BIN)/python -m tools.services

run-scaled: $(VENV)/.ready-dev
	$(BIN)/python -m tools.run_scaled

bench: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks

faults: $(VENV)/.ready-dev
	$(BIN)/pytest tests/faults --rounds=100 --timeout=3600

# Vendors the pages' assets again; needs Node.js. Run it after using a new icon or a new class of Tabler's.
assets: $(VENV)/.ready-dev
	$(BIN)/python -m tools.assets

# Collects the texts of pages and code into the catalogue, and compiles what is translated.
messages: $(VENV)/.ready-dev
	cd api/web && ../../$(BIN)/pybabel -q extract -F locale/babel.cfg --no-location --sort-output -o locale/messages.pot .
	$(BIN)/pybabel -q update -i $(LOCALE)/messages.pot -d $(LOCALE) --no-fuzzy-matching --ignore-obsolete
	rm $(LOCALE)/messages.pot
	$(BIN)/pybabel -q compile -d $(LOCALE) --statistics

# Locks the dependencies of pyproject.toml again; `make lock UPGRADE=--upgrade` takes newer versions. Needs uv.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate $(UPGRADE) pyproject.toml
lock:
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock

# Each environment is installed again when its lock changes; the development one contains the other.
$(VENV)/.ready: requirements.lock pyproject.toml | $(BIN)/pip
	$(call install,requirements.lock)
	touch $@

$(VENV)/.ready-dev: requirements-dev.lock pyproject.toml | $(BIN)/pip
	$(call install,requirements-dev.lock)
	touch $@ $(VENV)/.ready

define install
	$(BIN)/python -m pip install --quiet --require-hashes -r $(1)
	$(BIN)/python -m pip install --quiet --no-deps --editable .
endef

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit("Jiebang needs Python 3.11 or newer: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
