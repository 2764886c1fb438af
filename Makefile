# feedlog: `make demo` shows it, `make test` proves it, `make help` lists the rest.
# Needs git, make and Python 3.11 or newer; everything else is installed into .venv, in the versions of constraints.txt.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

DEMO_ARGS ?=
TEST_ARGS ?=
BENCH_ARGS ?=
QUALITY_ARGS ?=
TORTURE_ARGS ?=
WAREHOUSE_ARGS ?=
FUZZ_ARGS ?=
FUZZ_SECONDS ?= 30
LOCK_ARGS ?=

# Many tests wait: for servers, for their turn, for a browser. Half as many more than there are processors keep these busy.
WORKERS := $(or $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 3 / 2 2>/dev/null),auto)

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install -qq --constraint constraints.txt

# One stamp for each set of packages, so that a second run installs nothing.
PYTHON := $(VENV)/.python
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
BENCH := $(VENV)/.bench
FUZZ := $(VENV)/.fuzz
SPARK := $(VENV)/.spark
TORTURE := $(VENV)/.torture
UV := $(VENV)/.uv
PINNED := pyproject.toml hatch_build.py constraints.txt

.PHONY: help
help:
	@echo "make demo    install, write sample notes, show them in the terminal and on the pages"
	@echo "             (DEMO_ARGS=--no-serve stops before the pages)"
	@echo "make case    play one case from the first angry call to the thank-you, with briefings and letters"
	@echo "make test    install what the tests need and run them all"
	@echo "             (TEST_ARGS=tests/test_house.py runs some)"
	@echo "make test-next  the tests of the pages on the next Datasette, as far as they get in 50 seconds"
	@echo "make lint    style, types, architecture, and whether the generated pages are up to date"
	@echo "make check   lint, then test"
	@echo "make docs    write the generated pages of docs/ again"
	@echo "make tour    walk over every page in a browser, look for faults, take pictures into build/tour"
	@echo "make messages gather what the pages say; what is new waits in feedlog/web/languages to be translated"
	@echo "make bench   time feedlog beside other programs (BENCH_ARGS are passed on)"
	@echo "make torture try to lose notes: kills, full disks, fifty writers, damage (one machine under ten minutes, then what is past it;"
	@echo "             TORTURE_ARGS=kills tries one of them, TORTURE_ARGS=--short a quick form of each)"
	@echo "make warehouse five million notes as Parquet in DuckDB and on a Spark cluster of this machine: equal rows,"
	@echo "             times, memory (WAREHOUSE_ARGS=--notes 50000 for fewer; needs Java 17)"
	@echo "make fuzz    feed arbitrary bytes to what reads them (FUZZ_SECONDS=30 for each target)"
	@echo "make quality measure search and who-else on public texts (QUALITY_ARGS names their folder)"
	@echo "make lock    write uv.lock and constraints.txt again (LOCK_ARGS=--upgrade takes newer versions)"
	@echo "make wheels  fetch every pinned package into wheels/, for uv and for machines without a network"
	@echo "make clean   remove what was installed and built"

.PHONY: demo
demo: $(RUNTIME)
	@$(BIN)/feedlog demo $(DEMO_ARGS)

.PHONY: case
case: $(RUNTIME)
	@$(BIN)/python docs/consoles.py docs/case.md

.PHONY: test
test: $(DEV) chromium
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TEST_ARGS)

# The next Datasette, which is not out yet: in a folder of its own, beside what is installed already. Nothing depends on
# how it ends, so it ends soon.
NEXT := .venv-next
DATASETTE_NEXT ?= datasette>=1.0a41,<2
.PHONY: test-next
test-next: $(DEV)
	@test -d $(NEXT) || $(BIN)/python -m venv $(NEXT)
	@if ! timeout 30 $(NEXT)/bin/python -m pip --disable-pip-version-check install -qq --pre '$(DATASETTE_NEXT)'; then \
	  echo "Skipped: $(DATASETTE_NEXT) cannot be installed here." >&2; exit 0; \
	fi; \
	echo "import site; site.addsitedir('$(abspath $(firstword $(wildcard $(VENV)/lib/python*/site-packages)))')" \
	  > $$(echo $(NEXT)/lib/python*/site-packages)/feedlog-dev.pth; \
	timeout 50 $(NEXT)/bin/python -m pytest tests/web -q -n auto --no-header --tb=no -p no:cacheprovider $(TEST_ARGS) \
	  || { echo "Not everything works on $$($(NEXT)/bin/datasette --version) yet." >&2; exit 1; }

.PHONY: lint
lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

.PHONY: check
check: lint test

.PHONY: docs
docs: $(DEV)
	$(BIN)/python docs/generate.py

# What the pages say, gathered anew: a sentence that is new stands in each catalogue with an empty translation, one that
# is gone stands there no more. pybabel would add names and dates to the head of a file; they are left out.
.PHONY: tour
tour: $(DEV) chromium
	@$(BIN)/python -m tests.web.tour build/tour

.PHONY: messages
messages: $(RUNTIME)
	@$(BIN)/pybabel -q extract --mapping babel.cfg --keyword counted:1,2 --keyword html --keyword marked --no-location --omit-header \
	  --output $(VENV)/messages.pot feedlog/web
	@for language in da sv nb; do \
	  catalogue=feedlog/web/languages/$$language.po && \
	  $(BIN)/pybabel -q update --input-file $(VENV)/messages.pot --output-file $$catalogue --locale $$language \
	    --no-fuzzy-matching --ignore-obsolete --width 112 && \
	  sed -E -e '/^"(Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date):/d' \
	    -e '/^"(Last-Translator|Language-Team|Generated-By):/d' -e '$${/^$$/d;}' \
	    -e 's/^"Project-Id-Version: .*/"Project-Id-Version: feedlog\\n"/' \
	    $$catalogue > $$catalogue.bare && \
	  mv $$catalogue.bare $$catalogue || exit 1; \
	done

.PHONY: bench
bench: $(BENCH)
	@$(BIN)/python -m bench $(BENCH_ARGS)

.PHONY: torture
torture: $(TORTURE)
	@$(BIN)/python -m bench.torture $(TORTURE_ARGS)

.PHONY: warehouse
warehouse: $(SPARK)
	@$(BIN)/python -m bench.warehouse $(WAREHOUSE_ARGS)

.PHONY: fuzz
fuzz: $(FUZZ)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python -m tests.fuzz $(FUZZ_ARGS)

.PHONY: quality
quality: $(RUNTIME)
	@$(BIN)/python -m bench.quality $(QUALITY_ARGS)

# Only uv is installed for this: a dependency that no longer fits its old pin must not stop the pin from being renewed.
# The lock names files and their hashes but no host to fetch them from: that is each reader's own choice (`make wheels`).
.PHONY: lock
lock: $(UV)
	$(BIN)/uv lock $(LOCK_ARGS)
	$(BIN)/uv export --quiet --frozen --all-extras --no-hashes --no-emit-project --no-annotate --no-header \
	  --output-file constraints.txt
	@sed -E -e 's#registry = "[a-z]+://[^"]*"#registry = "wheels"#' \
	  -e 's#url = "[a-z]+://[^"]*/([^"/]+)"#path = "\1"#' \
	  -e 's#, size = [0-9]+##' -e 's#, upload-time = "[^"]*"##' uv.lock > uv.lock.bare
	@mv uv.lock.bare uv.lock

# For `uv sync --frozen`, and for machines without a network.
.PHONY: wheels
wheels: $(PYTHON)
	$(BIN)/python -m pip --disable-pip-version-check download -qq --dest wheels --requirement constraints.txt

.PHONY: clean
clean:
	rm -rf $(VENV) $(NEXT) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): $(PYTHON) $(PINNED)
	@echo "Installing feedlog into $(VENV) ..."
	@$(INSTALL) --editable .
	@touch $@

$(DEV): $(PYTHON) $(PINNED)
	@echo "Installing feedlog and what its tests need into $(VENV) ..."
	@$(INSTALL) --editable '.[dev]'
	@touch $(RUNTIME) $@

$(BENCH): $(PYTHON) $(PINNED)
	@echo "Installing feedlog and the programs it is timed beside into $(VENV) ..."
	@$(INSTALL) --editable '.[bench]'
	@touch $(RUNTIME) $@

$(FUZZ): $(DEV)
	@echo "Installing atheris into $(VENV) ..."
	@$(INSTALL) --editable '.[fuzz]'
	@touch $@

$(SPARK): $(DEV)
	@echo "Installing Spark into $(VENV) ..."
	@$(INSTALL) --editable '.[spark]'
	@touch $@

$(TORTURE): $(DEV)
	@echo "Installing an object store into $(VENV) ..."
	@$(INSTALL) --editable '.[torture]'
	@touch $@

$(UV): $(PYTHON)
	@$(INSTALL) uv
	@touch $@

# The first of these that is new enough makes .venv. The asking is done by running it: a version manager's stand-in
# may have the right name and nothing behind it.
$(PYTHON):
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "feedlog needs Python 3.11 or newer, and none was found. Install one, then run make again." >&2; exit 1; \
	fi; \
	if ! $$found -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
	  exit 1; \
	fi; \
	$$found -m venv $(VENV)
	@touch $@

# The browser tests drive a real Chromium. Where it is missing and cannot be installed they are skipped, and say so.
.PHONY: chromium
chromium:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium for the browser tests ..."; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core; } >/dev/null \
	  || echo "Chromium could not be installed: the browser tests will be skipped." >&2; \
	else \
	  echo "No chromium here: the browser tests will be skipped. On Debian: apt-get install chromium" >&2; \
	fi
