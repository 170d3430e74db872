# The commands that must always work on a fresh machine with Python, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.set-up

.PHONY: all demo test check bench drills docs debian clean
all: test

$(SETUP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[cluster,neo4j,notebook,postgres]' --group dev
	touch $@

demo: $(SETUP)  ## an invented county: ingest, scan, trace, picture
	$(BIN)/fundtrail --home demo-home demo

test: $(SETUP) debian check  ## everything that CI runs
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup

check: $(SETUP)  ## format, lint, types, direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

debian:  ## Debian's Chromium, a Chinese font, PostgreSQL and compose, where this user may install them
	@sh tests/debian.sh

bench: $(SETUP)  ## the figures of the README
	$(BIN)/python -m benchmarks

drills: $(SETUP) debian  ## kills, large random runs, faults; says how many kills struck during work
	FUNDTRAIL_DRILLS=100 $(BIN)/python -m pytest -rP tests/drills tests/casework tests/rules/test_metamorphic.py \
	  tests/rules/test_oracle.py tests/flow/test_bounds.py tests/graph/test_project_random.py tests/real/test_finbench.py \
	  --numprocesses 2 --dist loadgroup

docs: $(SETUP)  ## the generated pages
	$(BIN)/python -m api.docs
	$(BIN)/python -m tracer.rules.page rules > docs/rules.md
	$(BIN)/python -m tracer.rules.page registers > docs/registers.md

clean:
	rm -rf $(VENV) demo-home build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
