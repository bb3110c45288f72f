# The commands of the project. `make` alone lists them.

# The first Python that is new enough, unless one is named.
IS_NEW_ENOUGH := -c "import sys; sys.exit(sys.version_info < (3, 11))"
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p $(IS_NEW_ENOUGH) 2>/dev/null && echo $$p && break; done)
endif
PY := .venv/bin/python
BOOTSTRAP := $(PYTHON) -I psp/embedded/bootstrap.py
# Data of the tests and checks, apart from those of `make run`.
TEST_DATA := .local/test
STOP_TEST_SERVERS := PSP_DATA=$(TEST_DATA) $(PY) -m psp.embedded.stop
# One worker of pytest for each processor, at most four; ARGS="-n 0" runs the tests one after the other.
PARALLEL := -n logical --maxprocesses 4
MANAGE := PSP_DATA=$(TEST_DATA) PSP_EMBEDDED_FAST=1 $(PY) -m psp.embedded.manage

.DEFAULT_GOAL := help
.PHONY: help run manage test check bench screenshots messages lock clean venv venv-dev python

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: venv ## Start everything on this machine and say where (PORT=8000, PSP_DATA=.local)
	@exec $(PY) -m psp.embedded.run --with-parent

manage: venv ## Run a command on the same data: make manage ARGS="verify_audit"
	@exec $(PY) -m psp.embedded.manage $(ARGS)

test: venv-dev ## Run every test: unit, integration, browser (ARGS="-k name" for some)
	@$(PY) -m psp.embedded.browser
	@$(PY) -m psp.embedded.messages
	@PSP_EMBEDDED_FAST=1 $(PY) -m pytest $(PARALLEL) $(ARGS); status=$$?; $(STOP_TEST_SERVERS); exit $$status

check: venv-dev ## Style, types, layers, templates, security, migrations, French catalogue, documents
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m psp.embedded.messages
	$(PY) -m psp.embedded.gettext
	$(MANAGE) makemigrations --check --dry-run
	PSP_HTTPS=1 PSP_DEMO=0 $(MANAGE) check --deploy --fail-level WARNING
	PSP_DATA=$(TEST_DATA) $(PY) -m psp.embedded.within mypy .
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(PY) -m djlint templates --check --quiet
	$(PY) -m djlint templates --lint --quiet
	$(PY) -m bandit -r -q -c pyproject.toml .
	$(PY) -m tools.check_catalogue
	PSP_DATA=$(TEST_DATA) $(PY) -m psp.embedded.within tools.check_docs
	$(PY) -m tools.check_licences

bench: venv-dev ## Measure speed and memory beside their floors (BENCH_SCALE=small or full)
	@$(BOOTSTRAP) bench
	@exec $(PY) -m tests.bench

screenshots: venv-dev ## Make the pictures of the README
	@$(PY) -m psp.embedded.browser
	@exec $(PY) -m tools.screenshots

messages: venv-dev ## Collect new English texts into the French catalogue (needs gettext)
	$(PY) -m psp.embedded.gettext
	$(PY) -m tools.merge_messages

lock: venv ## Pin the newest compatible versions in requirements/*.txt, with hashes (UPGRADE=--upgrade)
	$(BOOTSTRAP) lock
	for name in runtime embedded dev bench lock; do \
	  .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links --quiet $(UPGRADE) \
	    requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

clean: ## Stop the embedded servers and delete their data, and .venv
	@for data in .local/test .local; do \
	  if [ -x $(PY) ] && [ -d $$data ]; then PSP_DATA=$$data $(PY) -m psp.embedded.stop --remove || exit 2; fi; \
	done
	rm -rf .venv .venv.lock .local

venv: python
	@$(BOOTSTRAP) runtime embedded

venv-dev: python
	@$(BOOTSTRAP) dev

python:
	@test -n "$(PYTHON)" && "$(PYTHON)" $(IS_NEW_ENOUGH) 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed: install it, or name one: make PYTHON=/path/to/python3 ..." >&2; exit 2; }
