# Two commands on a fresh machine: `make run` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test lint check bench fuzzed mutants constraints clean

run: $(READY)
	$(BIN)/calfuzz run $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

bench: $(READY)
	$(BIN)/python -m tests.benchmarks $(ARGS)

# Files and answers that are damaged at random, other ones each time, for some ten minutes.
fuzzed: $(READY)
	CALFUZZ_FUZZ_EXAMPLES=1000 $(BIN)/python -m pytest tests/fuzzed $(ARGS)

# A mutant may fill the memory for as long as it hangs.
mutants: $(READY)
	ulimit -v 4000000; $(BIN)/mutmut run --max-children 2 $(ARGS)
	$(BIN)/mutmut results

# The exact versions that the workflows install: the newest that fit together, whatever is installed here.
constraints: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --dry-run --ignore-installed --report - '.[cluster]' \
	| $(BIN)/python -c 'import json, sys; found = [each["metadata"] for each in json.load(sys.stdin)["install"]]; \
	  print(*sorted("%s==%s" % (each["name"].lower(), each["version"]) for each in found if each["name"] != "calfuzz"), sep="\n")' \
	> constraints.part
	@mv constraints.part constraints.txt

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "calfuzz needs Python 3.11 or later: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache mutants
