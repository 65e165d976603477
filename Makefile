# The commands that a newcomer needs are `make demo` and `make test-fast`; everything installs itself into .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TESTING := $(VENV)/.installed-test
DEVELOPING := $(VENV)/.installed-dev
JAVASCRIPT := packages/sandbox/tests/javascript
MODULES := $(JAVASCRIPT)/node_modules/.package-lock.json
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

.PHONY: demo test test-fast lint bench simulate mutants locales lock clean
.DEFAULT_GOAL := demo

# What the bot and its demo need, and no more.
$(STAMP): requirements.lock pyproject.toml packages/sandbox/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo 'Installing what the bot needs into $(VENV): seconds where the packages are at hand, else a minute or two.'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable . --editable packages/sandbox
	@touch $@

# What unit and contract tests need: no browser's driver, no linters.
$(TESTING): $(STAMP) requirements-test.lock
	@echo 'Installing what unit and contract tests need into $(VENV) as well.'
	@$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

$(DEVELOPING): $(STAMP) requirements-dev.lock
	@echo 'Installing what all tests and checks need into $(VENV) as well.'
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# A bot of discord.js for a test of the sandbox. Where there is no npm, or nothing can be fetched, that test is left out.
$(MODULES): $(JAVASCRIPT)/package-lock.json
	@if command -v npm >/dev/null; then \
	  echo 'Installing discord.js for a test of the sandbox.'; \
	  npm ci --silent --prefix $(JAVASCRIPT) --fetch-retries=2 --fetch-timeout=30000 || echo 'It could not be fetched.'; \
	fi

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
test test-fast: export PYTHONDONTWRITEBYTECODE =

demo: $(STAMP)
	@$(BIN)/happyhorse demo $(if $(ONCE),--once) $(if $(OPEN),--open) $(if $(QUOTA),--quota) $(if $(PROMPT),--prompt="$$PROMPT") $(if $(IMAGE),--image="$$IMAGE") \
	  $(if $(CHARACTERS),--characters $$CHARACTERS) $(if $(DURATION),--duration="$$DURATION") \
	  $(if $(RESOLUTION),--resolution="$$RESOLUTION") $(if $(ASPECT),--aspect="$$ASPECT") $(if $(OUT),--out="$$OUT")

# A file's tests run in one process, which starts what they share once. In the order of the folders, so that what takes longest
# comes before the many short ones.
test: $(DEVELOPING) $(MODULES)
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

# The pure rules first, whose results stand there within seconds; then the sandbox, the other parts, and what ports promise.
test-fast: $(TESTING)
	$(BIN)/python -m pytest tests/unit/domain -q
	$(BIN)/python -m pytest packages/sandbox/tests tests/unit tests/contract --ignore=tests/unit/domain -n 4 --dist loadfile --no-loadscope-reorder

lint: $(DEVELOPING)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: $(DEVELOPING)
	@$(BIN)/python -m bench $(if $(OUT),--out "$$OUT")

# Lives of the whole bot in virtual time under faults, and known faults put back one by one: tests/simulation.
simulate: $(DEVELOPING)
	@$(BIN)/python -m tests.simulation $(if $(SEEDS),--seeds "$$SEEDS") $(if $(FIRST),--first "$$FIRST")

mutants: $(DEVELOPING)
	@$(BIN)/python -m tests.simulation.mutants $(if $(SEEDS),--seeds "$$SEEDS") $(if $(WRITE),--write) $$MUTANTS

# Collects the texts of bot and cogs, brings each language's catalogue up to date, and compiles it. What has no translation then
# is in the catalogue with an empty one.
locales: $(STAMP)
	@mkdir -p build
	$(BIN)/pybabel -q extract --mapping-file pyproject.toml --keywords "N_ pgettext:1c,2" --add-comments Translators: \
	  --strip-comments --add-location file --sort-by-file --width 120 --project happyhorse-bot --output-file build/messages.pot bot cogs
	$(BIN)/pybabel -q update --input-file build/messages.pot --output-dir bot/locales --no-fuzzy-matching --ignore-obsolete \
	  --ignore-pot-creation-date --width 120
	$(BIN)/pybabel -q compile --directory bot/locales

# Pinned with hashes for every supported Python and platform; no index address is written. What runs is part of what unit and
# contract tests need, and that of what all tests and checks need.
LOCK := $(BIN)/uv pip compile pyproject.toml packages/sandbox/pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
  --no-annotate --quiet

lock: $(STAMP)
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) --all-extras --output-file requirements-dev.lock
	$(LOCK) --extra build --extra scenario --extra test --constraint requirements-dev.lock --output-file requirements-test.lock
	$(LOCK) --extra build --extra scenario --constraint requirements-dev.lock --output-file requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info packages/*/build packages/*/*.egg-info $(JAVASCRIPT)/node_modules
