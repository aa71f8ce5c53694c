# Everything a newcomer needs: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
JOBS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); \
	[ $$n -lt 2 ] && n=2; [ $$n -gt 8 ] && n=8; echo $$n)
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup
ARGS ?=

# One line per package while pip works; its own words only when it fails.
define install
@{ $(PIP) -r $(1) 2>&1; echo "pip ended with $$?"; } | awk ' \
	/^pip ended with/ { code = $$4; next } \
	{ print > ".venv/pip.log"; words[NR % 15] = $$0 } \
	/^Collecting/ { print "  " $$2; fflush() } \
	/^Installing collected/ { print "  installing"; fflush() } \
	END { if (code) { for (i = NR; i < NR + 15; i++) if (i % 15 in words) print words[i % 15]; \
		print "pip could not install $(1); all it said is in .venv/pip.log" } exit code }'
endef

.PHONY: help run test test-postgresql test-sqlite lint bench translations system-packages
.DELETE_ON_ERROR:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: .venv/installed ## Start the portal (PORT, DATABASE_URL, REDIS_URL; ARGS=--without-demo: empty)
	@exec $(BIN)/python -u manage.py run_portal --stop-with-parent $(ARGS)

test: .venv/installed-dev system-packages ## Run all tests on PostgreSQL with Redis, then on SQLite
	@status=0; \
	$(MAKE) --no-print-directory test-postgresql || status=1; \
	$(MAKE) --no-print-directory test-sqlite || status=1; \
	exit $$status

test-postgresql: .venv/installed-dev ## Only the first half: PostgreSQL, Redis, browser
	@$(PYTEST) --database=postgresql $(ARGS)

# Code 5 is «no test chosen»: all that ARGS names may belong to the first half.
test-sqlite: .venv/installed-dev ## Only the second half: what also concerns SQLite
	@$(PYTEST) --database=sqlite -m "not postgresql and not browser and not once" $(ARGS) \
		|| [ $$? -eq 5 ]

lint: .venv/installed-dev ## Check style, formatting, migrations and Django's own checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	export PORTAL_VAR="$$folder" && unset DATABASE_URL REDIS_URL && \
	echo "$(BIN)/python manage.py makemigrations --check --dry-run" && \
	$(BIN)/python manage.py makemigrations --check --dry-run && \
	echo "$(BIN)/python manage.py check --fail-level WARNING" && \
	$(BIN)/python manage.py check --fail-level WARNING

bench: .venv/installed-dev ## Measure speed; ARGS go to `manage.py bench`
	@$(BIN)/python manage.py bench $(ARGS)

translations: .venv/installed ## Compile changed translations (make run and make test do it too)
	@$(BIN)/python manage.py compile_translations

system-packages:
	@.ci/system-packages

# The virtual environment; the stamps make pip run only when a requirement has changed.
.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "The portal needs Python 3.11 or newer as python3."; \
		echo "Here: $$(python3 --version 2>&1 || true). Another one: make run PYTHON=/path/to/python3"; \
		exit 1; fi
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "This Python cannot make virtual environments; on Debian: apt install python3-venv"; \
		exit 1; }

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing requirements.txt (only when it has changed)"
	$(call install,requirements.txt)
	@touch $@

# The folder itself is put on the path, so that a bare `pytest` finds the plugin too.
.venv/installed-dev: requirements-dev.txt requirements.txt | .venv/bin/python
	@echo "Installing requirements-dev.txt (only when it has changed)"
	$(call install,requirements-dev.txt)
	@$(BIN)/python -c "import pathlib, sysconfig; \
	pathlib.Path(sysconfig.get_path('purelib'), 'portal-folder.pth').write_text('$(CURDIR)\n')"
	@touch $@ .venv/installed
