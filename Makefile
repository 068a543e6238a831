# Two commands matter: `make demo` and `make test`. Each sets up what it needs, once; the stamps remember.
# `make demo PORT=8001` takes another port; `make demo-reset` throws the demo's data away.

PORT ?= 8000
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
RUN := .venv/bin/python
INSTALL := .venv/bin/uv pip install --quiet --python $(RUN) --require-hashes --only-binary :all: -r
PIP_INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r
WORDS := $(wildcard locale/*/LC_MESSAGES/django.po)
SAY := @printf '==> %s\n'
CHECK_PRODUCTION := DJANGO_SETTINGS_MODULE=pitclinic.settings.production \
	PITCLINIC_SECRET_KEY=only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789 \
	PITCLINIC_FACTOR_KEY=only-for-the-check-of-factors-0123456789-abcdefghijklmnopqrstuvwxyz \
	PITCLINIC_DATABASE_URL=postgresql://pit_app:x@db.invalid/pitclinic \
	PITCLINIC_BROKER_URL=redis://broker.invalid:6379/0 PITCLINIC_PUBLIC_ORIGIN=https://clinic.invalid \
	PITCLINIC_ALLOWED_HOSTS=clinic.invalid PITCLINIC_EMAIL_URL=smtp+tls://user:x@mail.invalid:587 \
	PITCLINIC_DEFAULT_FROM_EMAIL=clinic@clinic.invalid

# Modules once compiled are kept, all in one folder, even where the shell says not to: the demo and the tests start
# some sixty Python processes, and each would compile everything anew.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.run/pycache
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo demo-reset manage test restore-drill lint lock screenshots
.DEFAULT_GOAL := help

help:
	@echo "make demo         the clinic at http://127.0.0.1:8000 (PORT=8001 for another), until Ctrl-C"
	@echo "make demo-reset   throw the demo's data away"
	@echo "make manage       a command on the demo's data: make manage DO=\"bench\""
	@echo "make test         every check and every test"
	@echo "make restore-drill  a clinic loses everything and comes back from its backup"
	@echo "make lint         the checks alone"
	@echo "make lock         renew the lock files from pyproject.toml and package.json"
	@echo "make screenshots  the pictures of the README"

demo: .stamps/demo .stamps/assets .stamps/words
	@exec $(RUN) -m pitclinic.demo --port $(PORT)

manage: .stamps/demo .stamps/words
	@exec $(RUN) -m pitclinic.demo.manage $(DO)

demo-reset: .stamps/demo
	@exec $(RUN) -m pitclinic.demo --reset

# The checks run beside the tests, which leave one core idle at first; what they say is told when one of them fails.
CHECKED := .run/checks
test: .stamps/test .stamps/assets-tests .stamps/words
	$(SAY) "Checks and tests, side by side"
	@mkdir -p .run; { $(MAKE) --no-print-directory lint && echo passed; } > $(CHECKED) 2>&1 & \
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder; tests=$$?; wait; \
	tail -n 1 $(CHECKED) | grep -qx passed || { cat $(CHECKED); exit 1; }; exit $$tests

restore-drill: .stamps/test .stamps/assets-tests .stamps/words
	@$(RUN) -m pytest -q tests/backups/test_restore_drill.py

lint: .stamps/test .stamps/assets-tests .stamps/words
	$(SAY) "Format and lint"
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	$(SAY) "Layers"
	@.venv/bin/lint-imports
	$(SAY) "Types"
	@.venv/bin/mypy .
	$(SAY) "Migrations and deployment settings"
	@DJANGO_SETTINGS_MODULE=pitclinic.settings.test $(RUN) -W ignore manage.py makemigrations --check --dry-run
	@$(CHECK_PRODUCTION) $(RUN) manage.py check --deploy --fail-level WARNING

screenshots: .stamps/test .stamps/assets-tests .stamps/words
	@$(RUN) -m tests.demo.screenshots

# --- set-up ---

.stamps/venv: requirements/tools.txt
	@test -n "$(PYTHON)" || { echo "PIT Clinic needs Python 3.11 or newer; none was found. Say which: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "PIT Clinic needs Python 3.11 or newer; $(PYTHON) is not."; exit 1; }
	$(SAY) "Python environment in .venv"
	@test -x $(RUN) || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu install python3-venv."; exit 1; }
	@$(PIP_INSTALL) requirements/tools.txt
	@mkdir -p .stamps && touch $@

.stamps/demo: .stamps/venv requirements/demo.txt
	$(SAY) "Python packages of the demo, as locked"
	@$(INSTALL) requirements/demo.txt || $(PIP_INSTALL) requirements/demo.txt || { echo "The locked packages could not be installed: no network, or no ready-made wheel for this machine (see above)."; exit 1; }
	@touch $@

.stamps/test: .stamps/venv requirements/test.txt
	$(SAY) "Python packages of the tests, as locked"
	@$(INSTALL) requirements/test.txt || $(PIP_INSTALL) requirements/test.txt || { echo "The locked packages could not be installed: no network, or no ready-made wheel for this machine (see above)."; exit 1; }
	@touch $@ .stamps/demo

.stamps/node: .stamps/venv requirements/node.txt
	@$(RUN) -P pitclinic/assets.py --has-node || { printf '==> %s\n' "No Node 20 or newer here: fetching one as a Python package"; \
		$(INSTALL) requirements/node.txt || $(PIP_INSTALL) requirements/node.txt; }
	@touch $@

.stamps/assets: .stamps/node package-lock.json pitclinic/assets.py
	$(SAY) "Third-party files of the pages"
	@$(RUN) -P pitclinic/assets.py
	@touch $@

.stamps/assets-tests: .stamps/node package-lock.json pitclinic/assets.py
	$(SAY) "Third-party files of the pages, and a browser for the tests"
	@$(RUN) -P pitclinic/assets.py --tests
	@touch $@ .stamps/assets

.stamps/words: .stamps/demo $(WORDS)
	@test -z "$(WORDS)" || .venv/bin/pybabel -q compile -d locale -D django
	@touch $@

# --- locks: no address and no comment in them, so that they are the same wherever they are made ---

COMPILE := .venv/bin/uv pip compile --quiet --generate-hashes --universal --no-header --no-annotate pyproject.toml
lock: .stamps/venv
	$(COMPILE) --upgrade --group dev -o requirements/test.txt
	$(COMPILE) -c requirements/test.txt --group demo -o requirements/demo.txt
	$(COMPILE) -c requirements/test.txt -o requirements/production.txt
	$(subst pyproject.toml,,$(COMPILE)) --upgrade --group pyproject.toml:node -o requirements/node.txt
	$(subst pyproject.toml,,$(COMPILE)) --upgrade --group pyproject.toml:tools -o requirements/tools.txt
	npm install --package-lock-only --ignore-scripts
	$(RUN) -c 'import json; f = open("package-lock.json", "r+"); lock = json.load(f); [p.pop(k, None) for p in lock["packages"].values() for k in ("funding", "resolved")]; f.seek(0); f.truncate(); f.write(json.dumps(lock, indent=2) + "\n")'
