# Two commands: `make report` draws the report of the teaching texts, `make test` runs every check.
# Both set up .venv on first use and need only Python 3.11 or newer and make. Paths are relative, so
# the folder may have spaces in its name.

# The first Python that is new enough; PYTHON=... chooses another.
PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$candidate" && break; \
	done)
BIN := .venv/bin
STAMP := .venv/installed
TEXTS ?= texts
REPORT ?= report.html
EDGES := framing/__main__.py,framing/cli/*,framing/output/*,framing/training/*

.PHONY: report test bench fuzz audit docs format clean

report: $(STAMP)
	"$(BIN)/framing" report "$(TEXTS)" -o "$(REPORT)" --charts charts

test: $(STAMP)
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"
	"$(BIN)/framing" lexicon lint
	"$(BIN)/pytest" --cov --numprocesses auto --dist loadfile
	"$(BIN)/coverage" report --omit='$(EDGES)' --fail-under=90 --format=total

# Takes an hour and writes docs/benchmarks.md; BENCH=--quick tries it with a few articles.
bench: $(STAMP)
	"$(BIN)/python" benchmarks/bench.py $(BENCH)

# Needs no network. With atheris in .venv the search follows which lines are reached.
fuzz: $(STAMP)
	FRAMING_EXAMPLES=$${FRAMING_EXAMPLES:-500} "$(BIN)/pytest" -q -p no:cacheprovider tests/test_properties.py
	PYTHONPATH=tests FUZZ_SECONDS=$${FUZZ_SECONDS:-600} "$(BIN)/python" -m fuzz.run

# Asks PyPI about known holes in the pinned versions, so it needs the network and is no part of `make test`.
audit: $(STAMP)
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check pip-audit
	"$(BIN)/pip-audit" --strict --no-deps --disable-pip -r constraints.txt

docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 "$(BIN)/mkdocs" build --strict --quiet
	@echo "Open build/docs/index.html"

format: $(STAMP)
	"$(BIN)/ruff" check --fix .
	"$(BIN)/ruff" format .

clean:
	rm -rf .venv report.html charts build dist .coverage .coverage.* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find framing tests -name __pycache__ -prune -exec rm -rf {} +

$(STAMP): pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "framing needs Python 3.11 or newer; found: '$(PYTHON)' $$("$(PYTHON)" --version 2>&1)." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[io,notebook,query,spark,docs,test,dev]'
	@touch "$@"
