# Every target sets up what it needs in .cache and nothing elsewhere. "make" alone lists them.
PYTHON ?= python3
SETUP := $(PYTHON) tests/tools/bootstrap.py
RUN := tests/tools/run

GROUPS := lint types units scenarios functional cores browser sanity docs molecule
LONG := site artefact other-pythons matrix mutants

.DEFAULT_GOAL := help
.PHONY: help setup lock demo screenshot test test-all $(GROUPS) $(LONG) matrix-page coverage quality-page rooms bench build changelog clean
.NOTPARALLEL:

help: ## list the targets
	@sed -n -E 's/^([a-z-]+):.*## (.*)/  make \1#\2/p' Makefile | column -t -s '#'

lock: setup ## hashes of all that setup installs: writes tests/locked-*.txt
	@$(RUN) python tests/tools/lock.py

setup: ## install the tools and amazon.aws into .cache
	@$(SETUP) test

demo: ## flow logs for a small estate on an AWS emulator, start to finish
	@$(SETUP) demo
	@$(RUN) python tests/demo/demo.py

screenshot: setup ## the picture of the demo's report in the README: writes docs/report.png
	@$(RUN) python tests/demo/demo.py >/dev/null
	@$(RUN) python tests/tools/screenshot.py .cache/demo/report/report.html docs/report.png

test: setup ## every check
	@MAKE="$(MAKE)" $(RUN) python tests/tools/check.py $(GROUPS)

test-all: setup ## every check, the release, all supported versions, and mutants (two hours)
	@MAKE="$(MAKE)" $(RUN) python tests/tools/check.py $(GROUPS) $(LONG)

lint: setup ## ruff and ansible-lint
	@echo "== lint: ruff, ansible-lint"
	@$(RUN) ruff check .
	@$(RUN) ansible-lint --offline --profile production

types: setup ## mypy
	@echo "== types: mypy"
	@$(RUN) mypy

units: setup ## unit tests
	@echo "== units: pytest"
	@$(RUN) pytest -q -n auto

scenarios: setup ## the modules in AWS's bad weather: every fault, killed at any call, races, any input
	@echo "== scenarios: pytest"
	@$(RUN) pytest -q -n auto tests/scenarios tests/robustness

functional: setup ## the playbooks and the role on an AWS emulator, in many ways
	@echo "== functional: pytest"
	@$(RUN) pytest -q -n auto tests/functional

cores: setup ## private names of every ansible-core taken away; values that others write with the oldest and the newest
	@echo "== cores: pytest"
	@$(RUN) python tests/tools/cores.py

browser: setup ## the report's page in headless Chromium
	@echo "== browser: pytest"
	@chromium=$$($(RUN) python tests/tools/chromium.py) && CHROMIUM="$$chromium" $(RUN) pytest -q -n auto tests/browser

coverage: setup ## lines and branches of plugins/ that the tests run, in all their processes
	@echo "== coverage"
	@$(RUN) python tests/tools/measure_coverage.py

mutants: setup ## one small mistake at a time in the files that decide: do their unit tests notice?
	@echo "== mutants"
	@$(RUN) python tests/tools/mutants.py $(FILE)

quality-page: setup ## docs/quality.md, from what coverage and mutants measured last
	@$(RUN) python tests/tools/quality_page.py

rooms: setup ## the picture of the rooms of plugins/, from their imports: writes docs/rooms.svg
	@$(RUN) python tests/tools/rooms_picture.py

sanity: setup ## ansible-test sanity
	@echo "== sanity: ansible-test"
	@$(RUN) python tests/tools/sanity.py

docs: setup ## references in the documentation, and changelog fragments
	@echo "== docs: antsibull-docs, antsibull-changelog"
	@$(RUN) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=self --check-extra-docs-refs .
	@$(RUN) antsibull-changelog lint

site: ## the documentation site, in .cache/site
	@$(SETUP) site
	@echo "== site: antsibull-docs, Sphinx"
	@$(RUN) python tests/tools/make_site.py

molecule: setup ## the playbooks on an AWS emulator, as molecule tests them
	@echo "== molecule"
	@$(RUN) molecule test --all

bench: setup ## how long it takes, beside Cloud Custodian and others: writes docs/bench.md (45 minutes); ONLY=organisation for a part
	@$(RUN) python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(BENCH)

artefact: setup ## a release tried out: its changelog, the built artefact in an empty environment, Galaxy's importer
	@echo "== artefact: release, build, install, use"
	@$(RUN) env PYTHONPATH=$(CURDIR) python tests/tools/artefact.py

other-pythons: setup ## what sanity checks per Python, with the other Pythons found here
	@echo "== other Pythons: ansible-test"
	@$(RUN) python tests/tools/sanity.py --all-pythons

matrix: setup ## all supported versions of ansible-core, Python, amazon.aws and boto3; CELL=core-2.18-py3.11 for one
	@echo "== matrix"
	@$(RUN) python tests/tools/matrix.py $(CELL)

matrix-page: setup ## docs/versions.md, from what was measured last
	@$(RUN) python tests/tools/matrix.py --page

build: setup ## the release artefact, in .cache/build
	@$(RUN) ansible-galaxy collection build --force --output-path .cache/build

changelog: setup ## turn the changelog fragments into the entry of galaxy.yml's version
	@$(RUN) antsibull-changelog release

clean: ## remove everything that was set up or built
	rm -rf .cache
