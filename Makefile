# One recipe per intention.  `make` lists them.  Everything sets itself up in .venv first.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
BIN := .venv/bin
STAMP := .venv/.setup-stamp
WORKERS ?= 2

.PHONY: default setup test types lint imports spelling sdl cases docs console judge laws faults audit bench demo check clean
.DEFAULT_GOAL := default

default: ## list the recipes
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMP) ## make .venv with the locked packages

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer found"; \
		echo "hint: install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "setting up .venv with $(PYTHON) (once, about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
		echo "hint: Debian and Ubuntu keep venv in a package of its own: python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

test: $(STAMP) ## run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

types: $(STAMP) ## check types
	$(BIN)/mypy

lint: $(STAMP) ## check style, imports and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/codespell

sdl: $(STAMP) ## print the schema into schema/schema.graphql
	$(BIN)/simpul sdl > schema/schema.graphql

cases: $(STAMP) ## rewrite the golden cases from what runs now; read the difference before committing
	SIMPUL_UPDATE_CASES=1 $(BIN)/python -m pytest tests/cases -q

docs: $(STAMP) ## write the generated pages of docs/
	$(BIN)/python -m gateway docs

console: ## build the page's files anew (needs Node)
	@command -v npm >/dev/null || { echo "error: no npm found"; \
		echo "hint: the built files are committed; only a change of console/ needs Node"; exit 1; }
	cd console && npm ci --ignore-scripts --no-audit --no-fund && node build.mjs ../gateway/console_files

laws: $(STAMP) ## the planner's laws over 2,000 cases each
	SIMPUL_LAW_CASES=2000 $(BIN)/python -m pytest tests/planner/test_laws.py -q --timeout 3600

faults: $(STAMP) ## all systems together, each failing in each of the ways it can
	SIMPUL_EVERY_FAULT=1 $(BIN)/python -m pytest tests/living/test_everybody.py -q

judge: $(STAMP) ## 10,000 generated operations through both executors
	SIMPUL_JUDGE_CASES=10000 $(BIN)/python -m pytest tests/executor -q -k judge --timeout 3600

audit: $(STAMP) ## the audits of GraphQL over HTTP against a gateway of its own (needs Node)
	$(BIN)/python -m tests.audit

bench: $(STAMP) ## measure, side by side; figures go into bench/baseline.json
	$(BIN)/python -m bench.front --save
	$(BIN)/python -m bench.connectors --save
	$(BIN)/python -m bench.transport --save
	$(BIN)/python -m bench.execution

demo: $(STAMP) ## start the sandbox's agencies and the gateway over them
	$(BIN)/simpul demo $(ARGS)

check: lint types test ## all that CI runs

clean: ## remove .venv and caches
	rm -rf .venv console/node_modules tests/audit/node_modules tests/node/node_modules build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
