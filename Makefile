# Everything that is done to this repository. `make` alone lists the targets.
#
# Needs Python 3.11 or later, git and make. All else goes into $(VENV), at the versions in constraints.txt.
# Another interpreter: make PYTHON=python3.13 VENV=.venv-3.13 test

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?=
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3)
INSTALL := $(BIN)/python -m pip install -qq --no-build-isolation --constraint constraints.txt

SETS := build test lint types docs bench mutation miners

WORKERS ?= auto
ARGS ?=
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal tests
# The examples of a page build on each other, so they stay in one process.
PAGES := $(BIN)/python -m pytest README.md docs src
ifdef COVER
PAGES += --cov --cov-report= --cov-fail-under=0
PYTEST += --cov --cov-append --cov-report=term
endif

# --- what a user or a contributor asks for ---

.PHONY: help
help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(VENV)/.cli  ## run the main job: a practice's spring and summer, one due date explained, one dossier
	@mkdir -p build
	@rm -f build/demo.db build/demo.db-* build/demo-outreach.db build/demo-outreach.db-*
	@echo "$$ eap-workflow run examples/practice.jsonl --policy examples/contracts.toml --store sqlite:///build/demo.db"
	@status=0; \
	$(BIN)/eap-workflow run examples/practice.jsonl --policy examples/contracts.toml --store sqlite:///build/demo.db \
	    || status=$$?; \
	if [ $$status -ne 0 ] && [ $$status -ne 3 ]; then exit $$status; fi  # 3: some were refused, as the example means to
	@echo
	@echo "$$ eap-workflow run examples/outreach.jsonl --workflow outreach --store sqlite:///build/demo-outreach.db"
	@status=0; \
	$(BIN)/eap-workflow run examples/outreach.jsonl --workflow outreach --store sqlite:///build/demo-outreach.db \
	    || status=$$?; \
	if [ $$status -ne 0 ] && [ $$status -ne 3 ]; then exit $$status; fi
	@echo
	@echo "$$ eap-workflow due --region AU-VIC --from 2026-10-28 --days 7 --explain"
	@$(BIN)/eap-workflow due --region AU-VIC --from 2026-10-28 --days 7 --explain
	@echo
	@echo "$$ eap-workflow dossier XS-0009 --html build/XS-0009.html --replace --store sqlite:///build/demo.db --at 2027-02-06T00:00:00+11:00"
	@$(BIN)/eap-workflow dossier XS-0009 --html build/XS-0009.html --replace --store sqlite:///build/demo.db \
	    --at 2027-02-06T00:00:00+11:00

.PHONY: test
test: $(VENV)/.test  ## run the tests (ARGS="-k calendar" for some, COVER=1 for coverage)
	$(if $(ARGS),,$(PAGES))
	EAP_WORKFLOW_RULES=check $(PYTEST) $(ARGS)

.PHONY: interpreters
interpreters:  ## the tests under every later Python that is here, each with an environment of its own
	@for python in python3.12 python3.13; do \
	    if "$$python" -c 'import venv' 2>/dev/null; then \
	        $(MAKE) PYTHON=$$python VENV=.venv-$$python test || exit; \
	    else \
	        echo "$$python is not here"; \
	    fi; \
	done

.PHONY: oldest
oldest:  ## the tests with the oldest packages that pyproject.toml permits, in an environment of their own
	@$(MAKE) PYTHON="$(or $(PYTHON),python3.11)" VENV=.venv-oldest .venv-oldest/.oldest
	@$(MAKE) VENV=.venv-oldest test ARGS=--quiet  # not the pages, which show the dates of today's data

.PHONY: miners
miners: $(VENV)/.miners  ## install the programs of process mining that tests ask: half a gigabyte, in an environment of their own

.PHONY: lint
lint: $(VENV)/.lint  ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

.PHONY: format
format: $(VENV)/.lint  ## ruff: mend what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: layers
layers: $(VENV)/.lint  ## imports go downwards only
	$(BIN)/lint-imports --no-logo

.PHONY: types
types: $(VENV)/.types  ## mypy on everything, pyright on the public names as a user types them, and that no type is left open
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	PATH="$(abspath $(BIN)):$$PATH" pyright --verifytypes eap_workflow --ignoreexternal | grep --extended-regexp 'error: |score'

.PHONY: docs
docs: $(VENV)/.docs  ## build the pages into build/docs; a warning is an error
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --builder html \
	    --doctree-dir build/doctrees docs build/docs
	@echo "build/docs/index.html"

.PHONY: proof
proof: $(VENV)/.test  ## walk every state of every workflow, at all bounds, and ask SPIN where it is installed
	EAP_WORKFLOW_PROOF=full $(BIN)/python -m pytest --numprocesses $(WORKERS) tests/proof

.PHONY: bench
bench: $(VENV)/.bench  ## measure against peers, side by side
	$(BIN)/python -m benchmarks $(ARGS)

.PHONY: rules
rules: $(VENV)/.test  ## run the tests that cite a rule, and write the index of what they show anew
	EAP_WORKFLOW_RULES=write $(BIN)/python -m pytest --quiet tests

.PHONY: deep
deep: $(VENV)/.test  ## the tests with many more generated examples
	HYPOTHESIS_PROFILE=deep $(PYTEST) $(ARGS)

.PHONY: mutants
mutants: $(VENV)/.mutation  ## change the code a little, many times, and see that a test notices
	$(BIN)/mutmut run $(ARGS)

.PHONY: constraints
constraints: PYTHONS := $(or $(PYTHON),python3.11)
constraints:  ## pin everything anew, from an empty environment of the oldest Python that is supported
	@mkdir -p build
	$(call make-venv,build/constraints-venv)
	build/constraints-venv/bin/python -m pip uninstall -qq --yes setuptools wheel
	build/constraints-venv/bin/python -m pip install -qq --upgrade pip
	build/constraints-venv/bin/python -m pip install -qq --upgrade --editable '.[all]' $(foreach g,$(SETS),--group $(g))
	{ echo '# The version of everything that make installs. Written by `make constraints`.'; \
	    build/constraints-venv/bin/python -m pip freeze --all --exclude-editable; } > build/constraints.txt
	mv build/constraints.txt constraints.txt
	rm -rf build/constraints-venv

.PHONY: clean
clean:  ## remove all that make made
	rm -rf $(VENV) build dist docs/generated mutants .coverage .coverage.* \
	    .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment: one folder, and a stamp in it for each set of packages ---

# $(1): the folder. The first interpreter that is new enough and can make environments.
define make-venv
	@for python in $(PYTHONS); do \
	    if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "$(1): $$("$$python" --version)"; \
	        exec "$$python" -m venv --clear $(1); \
	    fi; \
	done; \
	echo "No Python 3.11 or later with its venv module was found (tried: $(PYTHONS))." >&2; \
	echo "Install one (on Debian and Ubuntu: python3 and python3-venv), or name it: make PYTHON=/path/to/python3" >&2; \
	exit 1
endef

$(VENV)/.python: constraints.txt
	$(call make-venv,$(VENV))
	@$(BIN)/python -m pip install -qq --upgrade --constraint constraints.txt pip
	@$(INSTALL) --group build
	@touch $@

$(VENV)/.cli: $(VENV)/.python pyproject.toml
	@$(INSTALL) --editable '.[cli,diagrams]'
	@touch $@

$(VENV)/.all: $(VENV)/.cli
	@$(INSTALL) --editable '.[all]'
	@touch $@

$(VENV)/.test: $(VENV)/.all
	@$(INSTALL) --group test
	@touch $@

$(VENV)/.lint: $(VENV)/.cli
	@$(INSTALL) --group lint
	@touch $@

$(VENV)/.types: $(VENV)/.test $(VENV)/.bench $(VENV)/.docs
	@$(INSTALL) --group types
	@touch $@

$(VENV)/.docs: $(VENV)/.cli
	@$(INSTALL) --group docs
	@touch $@

$(VENV)/.bench: $(VENV)/.all
	@$(INSTALL) --group bench
	@touch $@

# What tests are written with is left as it is: a user has it of whatever version.
$(VENV)/.oldest: $(VENV)/.test
	@$(BIN)/python -m pip install -qq $$($(BIN)/python -c "$$OLDEST")
	@touch $@

define OLDEST
import pathlib, tomllib

project = tomllib.loads(pathlib.Path("pyproject.toml").read_text("utf-8"))["project"]
extras = project["optional-dependencies"]
needed = {*project["dependencies"], *(each for name in extras if name != "testing" for each in extras[name])}
print(*(each.replace(">=", "==") for each in needed if ">=" in each))
endef
export OLDEST

# Beside the others, so that nothing of theirs can be imported here: their licence is not ours.
$(VENV)/.miners: $(VENV)/.python pyproject.toml
	@$(BIN)/python -m venv --clear $(VENV)/miners
	@$(VENV)/miners/bin/python -m pip install -qq --upgrade --constraint constraints.txt pip
	@$(VENV)/miners/bin/python -m pip install -qq --constraint constraints.txt --group miners
	@touch $@

$(VENV)/.mutation: $(VENV)/.test
	@$(INSTALL) --group mutation
	@touch $@
