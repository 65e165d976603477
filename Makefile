# The two commands a newcomer needs are `make demo` and `make test`; everything installs itself into .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint bench simulate mutants lock clean
.DEFAULT_GOAL := demo

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Values reach the shell as environment variables, never as text pasted into a command line, and make does not read them
# either: a $ in a prompt is a dollar.
override PROMPT := $(value PROMPT)
override IMAGE := $(value IMAGE)
override CHARACTERS := $(value CHARACTERS)
override DURATION := $(value DURATION)
override RESOLUTION := $(value RESOLUTION)
override ASPECT := $(value ASPECT)
override OUT := $(value OUT)
override SEEDS := $(value SEEDS)
override FIRST := $(value FIRST)
override MUTANTS := $(value MUTANTS)
export PROMPT IMAGE CHARACTERS DURATION RESOLUTION ASPECT OUT SEEDS FIRST MUTANTS

# Images like to set this; the tests start some hundred processes, which would all compile us again.
test: export PYTHONDONTWRITEBYTECODE =

demo: $(STAMP)
	@$(BIN)/happyhorse demo $(if $(ONCE),--once) $(if $(PROMPT),--prompt="$$PROMPT") $(if $(IMAGE),--image="$$IMAGE") \
	  $(if $(CHARACTERS),--characters $$CHARACTERS) $(if $(DURATION),--duration="$$DURATION") \
	  $(if $(RESOLUTION),--resolution="$$RESOLUTION") $(if $(ASPECT),--aspect="$$ASPECT") $(if $(OUT),--out="$$OUT")

test: $(STAMP)
	$(BIN)/python -m pytest -n 3 --dist loadgroup

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: $(STAMP)
	@$(BIN)/python -m bench $(if $(OUT),--out "$$OUT")

# Lives of the whole bot in virtual time under faults, and known faults put back one by one: tests/simulation.
simulate: $(STAMP)
	@$(BIN)/python -m tests.simulation $(if $(SEEDS),--seeds "$$SEEDS") $(if $(FIRST),--first "$$FIRST")

mutants: $(STAMP)
	@$(BIN)/python -m tests.simulation.mutants $(if $(SEEDS),--seeds "$$SEEDS") $(if $(WRITE),--write) $$MUTANTS

# Pinned with hashes for every supported Python and platform; no index address is written.
lock: $(STAMP)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info
