# The whole interface is `make quickstart` and `make test`; both need Python 3.11 and make, nothing else. `make help` lists the rest.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := .uv/bin/uv
BIN := .venv/bin
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11
ARGS ?=
export NO_MKDOCS_2_WARNING := 1
# Dozens of processes are started here, and each would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup quickstart test soak check coverage docs format wheels lock clean

help:  ## Say what each target does
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

quickstart: .venv/.app  ## Set everything up and start annotating the seed articles
	@$(BIN)/python manage.py quickstart $(ARGS)

test: setup  ## Set everything up and pass every test; ARGS="tests/unit/formats -k bilou" runs just that
	@$(BIN)/python -m tests.run $(ARGS)

soak: setup  ## The long runs: kills, backups, damaged files, made-up requests; SEED=1000 and DURATION=30 (minutes) take others
	@$(BIN)/python -m tests.soak --seed $(or $(SEED),1000) --minutes $(or $(DURATION),30)
	@CASES=0 $(BIN)/python -m tests.run --only postgresql

setup: .venv/.dev  ## .venv with exactly the locked packages

check: setup  ## Lint, types, contracts, templates, migrations, documentation; no test
	@$(BIN)/python -m tests.run --only checks

coverage: setup  ## Run the tests on SQLite and show which lines none of them reaches
	@$(BIN)/python -m pytest -q -n auto --dist worksteal --cov --cov-report=term:skip-covered annotations tests/unit tests/integration tests/api

docs: setup  ## Build the documentation's site into var/docs
	@$(BIN)/mkdocs build --quiet

format: setup  ## Rewrite the code in the house style
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .
	$(BIN)/oxfmt "annotations/**/*.js" "annotations/**/*.css"

wheels: setup  ## Build the workbench and the agreement library as packages into dist/
	$(BIN)/hatchling build -t wheel -d dist
	cd packaging/agreement && ../../$(BIN)/hatchling build -t wheel -d ../../dist

lock: $(UV)  ## Renew every lock in requirements/
	$(COMPILE) --upgrade requirements/uv.in -o requirements/uv.txt
	$(COMPILE) --upgrade pyproject.toml -c requirements/held-back.in -o requirements/app.txt
	$(COMPILE) --upgrade pyproject.toml --extra team -c requirements/app.txt -o requirements/team.txt
	$(COMPILE) --upgrade pyproject.toml requirements/dev.in --extra dev -c requirements/team.txt --override requirements/overridden.in -o requirements/dev.txt
	$(COMPILE) --upgrade requirements/label-studio.in -o requirements/label-studio.txt

clean:  ## Remove the environments; the data in var/ stay
	rm -rf .venv .uv

$(UV): requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.app: $(UV) requirements/app.txt
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/app.txt
	@touch $@

.venv/.dev: $(UV) requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@ .venv/.app
