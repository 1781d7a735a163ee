# Everything runs in an environment of its own, .venv, with the versions of constraints.txt.
# `make` alone says what there is. ARGS go to the command behind: make test ARGS="-k rotation"

PYTHON ?= python3
VENV ?= .venv
ARGS ?=

PY := $(VENV)/bin/python
READY := $(VENV)/.ready
PATIENT := -o faulthandler_timeout=3600
LOCKED := --all-extras --universal --no-emit-index-url --no-emit-find-links --no-header

export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONDONTWRITEBYTECODE # what pytest makes of the tests' assertions is kept: making it takes as long as a test run

.DEFAULT_GOAL := help
.PHONY: help demo test quick both sockets torture lint bench lock clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Try the bot in a Slack of its own, in the browser
	@$(PY) -m bot sandbox $(ARGS)

test: $(READY) ## Run every test
	@command -v chromium >/dev/null || echo "Chromium is missing; the browser tests need it: sudo apt-get install chromium"
	@$(PY) -m pytest -n 4 --dist worksteal $(ARGS) # many wait more than they compute

both: $(READY) ## Run every test, with every example, on SQLite and on PostgreSQL
	@TEST_FULL=1 $(PY) -m pytest -n 4 --dist worksteal --both $(ARGS)

quick: $(READY) ## Run the tests that need no browser, no PostgreSQL and no patience
	@$(PY) -m pytest -n 3 -m "not browser and not slow" -k "not postgresql" $(ARGS)

sockets: $(READY) ## Run every conversation over Socket Mode instead of HTTP
	@TEST_EAR=socket $(PY) -m pytest -n 3 tests/*/test_talk_*.py tests/home tests/delivery/test_twice.py \
	tests/rotation/test_concurrent.py tests/cover/test_requests.py tests/slack/test_grid.py tests/dates/test_fuzz.py \
	tests/oncall/test_images.py tests/ops/test_ping.py $(ARGS)

torture: $(READY) ## Kill bots, by any clock and on a full disk, break Slack 10,000 times and its network for an hour, and agree on anything
	@TORTURE_SECONDS=200 TORTURE_KILLS=100 $(PY) -m pytest -n 2 $(PATIENT) tests/delivery/test_crash.py $(ARGS)
	@TORTURE_SEQUENCES=5000 $(PY) -m pytest -n 2 $(PATIENT) tests/delivery/test_faults.py $(ARGS)
	@FLAKY_SECONDS=300 $(PY) -m pytest -n 2 $(PATIENT) tests/delivery/test_flaky.py $(ARGS)
	@TORTURE_SEQUENCES=1000 $(PY) -m pytest -n 2 $(PATIENT) tests/cover/test_agreeing_properties.py $(ARGS)

lint: $(READY) ## Look for mistakes in style and types
	@$(PY) -m ruff check . .ci/notes
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy

bench: $(READY) ## Measure how fast it answers; fails nothing
	@$(PY) -m tests.bench $(ARGS)

lock: ## Write constraints.txt anew from pyproject.toml
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && $(PYTHON) -m venv "$$dir" && \
	"$$dir/bin/pip" install --quiet uv && \
	"$$dir/bin/uv" pip compile --quiet pyproject.toml $(LOCKED) -o constraints.txt $(ARGS)

clean: ## Remove the environment
	@rm -rf $(VENV)

# Installed again when what is installed has changed. The stamp is written last, so a broken run is begun again.
$(READY): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || \
	{ echo "$(PYTHON) is missing. Install it: sudo apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) -V). Name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	{ echo "Python's venv module is missing. Install it: sudo apt-get install python3-venv"; exit 1; }
	@echo "Building $(VENV); this takes about a minute, once."
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --constraint constraints.txt --editable '.[dev,postgres]'
	@touch $@
