# Dunwell on your machine. `make` alone lists what there is.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
STACK   := $(BIN)/python -m local_stack.main
DISTS   := shared $(wildcard services/*) deploy/local deploy/play
PROJECTS := pyproject.toml $(addsuffix /pyproject.toml,$(DISTS))
READY   := $(VENV)/.ready
ARGS    ?=

.DEFAULT_GOAL := help
.PHONY: help setup up down status logs clean demo import trace test lint format types imports catalogue \
        catalogue-write bench chaos test-kafka fuzz tools pins

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

# --- look at it ---------------------------------------------------------------------------------

demo: setup ## Play weeks of business, fresh: ARGS="--days 90 --customers 200 --seed 7 --exit"
	@CLOCK_START=$(or $(CLOCK_START),2026-01-05T05:00:00+00:00) $(STACK) up --fresh
	@code=0; $(BIN)/python -m play.main $(ARGS) || code=$$?; \
	case " $(ARGS) " in *" --exit "*) $(STACK) down;; esac; exit $$code

up: setup ## Start the local stack: broker, database, services, mail box, traces
	@$(STACK) up

down: setup ## Stop the local stack, keep its data
	@$(STACK) down

status: setup ## Show what runs, and where
	@$(STACK) status

logs: setup ## Follow the logs; of one program with NAME=ledger
	@$(STACK) logs $(NAME)

trace: setup ## Print one trace as a tree: ID=<trace id>
	@$(STACK) trace $(ID)

import: setup ## Bring a CSV or XLSX into the running books: FILE=invoices.csv PROFILE=mine.yaml ARGS="--dry-run"
	@$(STACK) import "$(FILE)" $(if $(PROFILE),"$(PROFILE)") $(ARGS)

clean: setup ## Stop the local stack and remove its data, not what was fetched
	@$(STACK) clean
	@rm -rf .coverage htmlcov .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# --- work on it ---------------------------------------------------------------------------------

setup: $(READY) ## Install everything into .venv (the other targets do it by themselves)

test: setup ## Run the tests; of one folder or file with ARGS=shared/tests
ifeq ($(ARGS),)
	@$(BIN)/pytest -n 2 --ignore tests/flows
	@$(BIN)/pytest -n 2 --dist loadfile tests/flows
else
	@$(BIN)/pytest $(ARGS)
endif

lint: setup ## Check style, and that each distribution declares what it imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@for dist in $(DISTS); do (cd $$dist && $(CURDIR)/$(BIN)/deptry src) || exit 1; done

format: setup ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

types: setup ## Check the types
	@$(BIN)/mypy

imports: setup ## Check that imports go up the folder listing
	@$(BIN)/lint-imports --no-logo

catalogue: setup ## Check that the committed event catalogue is what the code says
	@$(BIN)/python -m shared.testing.catalogue check

catalogue-write: setup ## Write the event catalogue anew
	@$(BIN)/python -m shared.testing.catalogue write

bench: setup ## Measure beside a raw floor in the same run: ARGS="--only ingest --runs 5"
	@$(BIN)/python tests/bench/run.py $(ARGS)

chaos: setup ## Kill everything under load, then hold intents against effects: ARGS="--seed 7 --kills 300"
	@$(BIN)/python tests/chaos/run.py $(ARGS)

test-kafka: setup ## Test what needs several brokers, or time: rebalances, a lost node, more partitions
	@$(BIN)/pytest -m kafka $(or $(ARGS),tests/kafka)

fuzz: setup ## Bad input at random through all doors: EXAMPLES=2000 of each law, ARGS=services/ledger
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),1000) $(BIN)/pytest -m fuzz -rA --timeout 7200 $(ARGS)

tools: setup ## Fetch what tests use and skip without: kustomize, Prometheus, ClamAV's daemon, TypeScript
	@test -d .local/cache/kustomize || $(BIN)/python -m pip install --quiet --ignore-requires-python \
	  --no-deps --target .local/cache/kustomize pykustomize==0.1.4
	@command -v promtool >/dev/null || { apt-get -qq update && \
	  apt-get -qq install --yes --no-install-recommends prometheus >/dev/null; }
	@command -v clamd >/dev/null || { apt-get -qq update && \
	  apt-get -qq install --yes --no-install-recommends clamav-daemon >/dev/null; }
	@test -d .local/cache/typescript || ! command -v npm >/dev/null || npm install --silent --no-save \
	  --no-package-lock --prefix .local/cache/typescript openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3

pins: setup ## Resolve constraints.txt anew from the pyproject files
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras --group dev \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  $(foreach d,$(DISTS),--no-emit-package dunwell-$(patsubst local,local-stack,$(notdir $(d)))) \
	  --output-file constraints.txt $(PROJECTS)

# uv installs in seconds; where there is no uv for the machine, pip does the same more slowly. Compiled once,
# as pip does: where Python may not write bytecode, each start of a service would compile its libraries again.
$(READY): constraints.txt $(PROJECTS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; assert sys.version_info >= (3, 11), "Dunwell needs Python 3.11"'
	@echo "installing into $(VENV)"
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt uv || true
	@if $(BIN)/uv --version >/dev/null 2>&1; \
	then VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode \
	     --constraint constraints.txt --group dev $(addprefix --editable ,$(DISTS)); \
	else $(BIN)/python -m pip install --quiet --upgrade pip && \
	     $(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev \
	     $(addprefix --editable ,$(DISTS)); fi
	@touch $@
