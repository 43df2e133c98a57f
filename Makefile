# `make run` and `make test` need nothing but Python 3.11 and make: both set up .venv first.
PYTHON ?= python3.11
CONFIG ?= configs/demo.yaml
BOOK ?=
ACCURACY ?=
PYTEST_WORKERS ?= 2
PORT ?= 5000

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

export MLFLOW_DISABLE_TELEMETRY := true

.PHONY: run ui review docs test test-fast coverage mutate check bench bench-accuracy lock lock-automl release clean setup
.DEFAULT_GOAL := run

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@if [ "$$(uname -sm)" = "Darwin x86_64" ]; then \
	  echo "clientvalue needs a Mac with Apple silicon, got an Intel one, for which numba has no wheels: use a container, see deploy/" >&2; \
	  exit 2; fi
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

# The main job: train, evaluate, predict and explain on one book; without arguments on the simulated one.
run: $(READY)
ifeq ($(CONFIG)$(BOOK),configs/demo.yaml)
	$(BIN)/clientvalue simulate --config $(CONFIG)
endif
	$(BIN)/clientvalue run --config $(CONFIG) $(if $(BOOK),--book $(BOOK))

# Runs, versions and model cards in a browser on this machine, from the tracking store of the config: not a server's.
ui: $(READY)
	@echo "http://127.0.0.1:$(PORT)/#/experiments?workflowType=machine_learning"
	$(BIN)/mlflow ui --host 127.0.0.1 --port $(PORT) --backend-store-uri \
	  "$$($(BIN)/clientvalue config --yaml --config $(CONFIG) | sed -n 's/^ *tracking_uri: *\([^ ]*\).*/\1/p')"

# The reviewers' workbench on the published runs of a config, with a member of each role to log in as; a first run of
# the demo where nothing is published yet.
review: $(READY)
ifeq ($(CONFIG),configs/demo.yaml)
	@test -e data/processed/demo/scores/latest || $(MAKE) run
endif
	$(BIN)/clientvalue review --config $(CONFIG) --demo

# The documentation as a site; a warning fails it.
docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html
	@echo "open docs/_build/html/index.html"

test: $(READY)
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal

# The inner loop: what fits no model, reads no book, tracks no run and opens no browser.
test-fast: $(READY)
	$(BIN)/python -m pytest --fast -n $(PYTEST_WORKERS) --dist worksteal

# Lines and branches of the rules that the tests beside them reach; below the floor in pyproject.toml it fails.
coverage: $(READY)
	$(BIN)/python -m pytest --fast -n $(PYTEST_WORKERS) --dist worksteal --cov --cov-report term-missing:skip-covered

# Changes the rules one spot at a time; where too few changes make a test fall, it fails and names the others.
mutate: $(READY)
	$(BIN)/mutmut run --max-children $(PYTEST_WORKERS) > mutants.log || { tail -c 2000 mutants.log; exit 1; }
	$(BIN)/python -m bench.mutants

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python deploy/audit.py

# Wheel, source archive, bill of materials and checksums in dist/, and the tag to set.
release: $(READY)
	$(BIN)/python deploy/release.py

bench: $(READY)
	$(BIN)/python -m bench

# Value and decline beside what else one would pick, on public books and the simulated one; sets up bench/.venv-automl.
bench-accuracy: $(READY)
	$(BIN)/python -m bench accuracy --write $(ACCURACY)

# Pins what the bench compares with; the project itself does not need it.
lock-automl: $(READY)
	$(BIN)/uv pip compile --group pyproject.toml:automl --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
	  --generate-hashes --no-annotate --no-header --upgrade --output-file bench/automl-requirements.txt

# Pins every package with its hashes, for every platform, and names no index: for developers, and for what only runs.
lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header \
	  --upgrade --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra delta --extra iceberg --extra review \
	  --extra monitoring --universal --python-version 3.11 --constraint requirements.lock \
	  --generate-hashes --no-annotate --no-header --output-file requirements-runtime.lock

clean:
	rm -rf $(VENV) mutants mutants.log .coverage .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
