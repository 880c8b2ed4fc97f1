# Everything here does its own set-up from a fresh clone; it needs make and Python 3.11 or later (PYTHON=... names one).

ARGS ?=
LOCK = CUSTOM_COMPILE_COMMAND="make lock" .venv-lock/bin/pip-compile --quiet --upgrade --allow-unsafe --generate-hashes \
	--strip-extras --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
PART = $(LOCK) --constraint requirements-dev.lock --build-deps-for=editable

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test check audit bench fuzz faults rehearse-failover simulate screenshots messages lock clean
.PHONY: environment demo-environment dev-environment clients node-client chromium runtimes pooler proxies patroni

# What is imported is compiled and kept, whatever the caller's environment says: tests start hundreds of interpreters.
export PYTHONDONTWRITEBYTECODE =

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: demo-environment ## a whole little world: customer, workers, pictures; prints the addresses to open
	@exec .venv/bin/python -m demo $(ARGS)

run: environment ## serve on the default data directory
	@exec .venv/bin/manyeyes serve $(ARGS)

test: dev-environment clients node-client chromium runtimes pooler proxies ## every test, browser and published clients included (ARGS="a file, or -k words")
	.venv/bin/python -m pytest $(ARGS)

check: dev-environment ## style, types, who may import whom, and the licences of what is imported
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python tools/check_licences.py

audit: environment ## ask for known vulnerabilities of what is pinned; passes, and says so, where nobody can be asked
	@test -x .venv-audit/bin/pip-audit || { .venv/bin/python -m venv .venv-audit && \
		.venv-audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1; } || true
	@.venv/bin/python tools/audit.py .venv-audit/bin/pip-audit

bench: dev-environment ## measure task lives per second, latency, memory; prints a table and JSON
	@exec .venv/bin/python -m bench $(ARGS)

fuzz: dev-environment ## look for inputs that break a served installation, FUZZ_SECONDS long (300); what did is kept
	@exec .venv/bin/python -m fuzz $(ARGS)

faults: dev-environment ## a table of faults under load: the gap, what was lost, what was doubled, the audit (four minutes)
	@PYTHONPATH=tests:. .venv/bin/python tests/faults/faults_table.py

rehearse-failover: dev-environment patroni ## Patroni moves the primary three times under load: the gaps, what was lost, who came back (four minutes)
	@PYTHONPATH=tests:. .venv/bin/python tests/faults/rehearse_failover.py

simulate: dev-environment ## try the contract's claims on a simulated crowd (ten minutes); draws the pictures of docs/why/
	.venv/bin/manyeyes simulate review --out docs/pictures/three-reviewers.png $(ARGS)
	.venv/bin/manyeyes simulate calibration --out docs/pictures/calibration.png $(ARGS)
	.venv/bin/manyeyes simulate certainty --out docs/pictures/certainty.png $(ARGS)
	.venv/bin/manyeyes simulate allow-list --out docs/pictures/allow-list.png $(ARGS)

screenshots: dev-environment chromium ## take the README's pictures of the running screens (docs/pictures/)
	@PYTHONPATH=tests:. .venv/bin/python tests/console/screenshots.py
	@PYTHONPATH=tests:. .venv/bin/python tests/ask/terminal_picture.py
	@PYTHONPATH=tests:. .venv/bin/python tests/server/dashboard_picture.py

messages: dev-environment ## bring the console's catalogues in line with its templates and code
	@PYTHONPATH=tests:. .venv/bin/python tests/support/message_catalogues.py

# Make it with Python 3.11 (PYTHON=python3.11): later ones need some packages less, none more.
lock: environment ## pin anew what pyproject.toml and tests/published_clients/requirements.in ask for
	test -x .venv-lock/bin/pip-compile || { .venv/bin/python -m venv .venv-lock && .venv-lock/bin/pip install --quiet pip-tools; }
	$(LOCK) --all-extras --build-deps-for=editable --output-file requirements-dev.lock pyproject.toml
	$(PART) --extra demo --extra advertising --output-file requirements-demo.lock pyproject.toml
	$(PART) --output-file requirements.lock pyproject.toml
	$(LOCK) --output-file tests/published_clients/requirements.lock tests/published_clients/requirements.in

clean: ## remove environments and caches; data stays
	rm -rf .venv .venv-clients .venv-lock .venv-audit tests/published_clients/node/node_modules build dist src/*.egg-info
	rm -rf .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .grimp_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What the targets above stand on. A stamp is written last, so an interrupted build starts again.
# One .venv: what serving needs (requirements.lock), then what the demo and what everything else adds to it.

environment: .venv/.installed
	@$(RUNS)

RUNS = .venv/bin/python -c '' 2>/dev/null || { \
	echo "== .venv was made from $$(readlink -m .venv/bin/python), which is gone, or you may not run it:" \
	"make clean, then make again (PYTHON=... names another)" >&2; exit 1; }

demo-environment: .venv/.demo
	@$(RUNS)

dev-environment: .venv/.dev
	@$(RUNS)

.venv/.installed: .venv/.built pyproject.toml
	@$(RUNS)
	@PYTHONWARNINGS=ignore .venv/bin/python -m pip --quiet --disable-pip-version-check install --no-deps --no-build-isolation --editable .
	@.venv/bin/python -P tools/compile_imported.py
	@touch $@

.venv/.built: requirements.lock tools/make_environment.sh
	@tools/make_environment.sh .venv requirements.lock
	@touch $@

.venv/.demo .venv/.dev: .venv/.%: requirements-%.lock .venv/.installed
	@tools/make_environment.sh .venv $< $@
	@.venv/bin/python -P tools/compile_imported.py
	@touch $@

clients: .venv-clients/.built

# The published clients pin old versions of packages that we use; they live by themselves.
.venv-clients/.built: tests/published_clients/requirements.lock tools/make_environment.sh
	@tools/make_environment.sh .venv-clients tests/published_clients/requirements.lock
	@touch $@

node-client:
	@tools/install_node_client.sh

chromium: dev-environment
	@PYTHONPATH=tests .venv/bin/python tests/support/chromium.py

runtimes: dev-environment
	@PYTHONPATH=tests .venv/bin/python tests/support/runtimes.py

pooler: dev-environment
	@PYTHONPATH=tests .venv/bin/python tests/support/pgbouncer.py

proxies: dev-environment
	@PYTHONPATH=tests .venv/bin/python tests/support/proxies.py

patroni: dev-environment
	@PYTHONPATH=tests .venv/bin/python tests/support/patroni_cluster.py
