# The front door. `make run` starts Kaname; `make test` is what every change must pass.
# The work is in scripts/; each script says what it does in its first lines.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

DEMO ?= 0
export DEMO SEED SAMPLE

.PHONY: help setup setup-test web build run test proof bundle bench clean

help: ## Shows this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Installs what is missing and fetches models, with their licences (準備)
	@scripts/setup.sh

setup-test: ## As setup, and what the tests need
	@scripts/setup.sh --test

web: setup ## Builds the web app
	@scripts/web.sh

# The binary embeds the web app: web comes first.
build: web ## Builds the binary
	@. scripts/env.sh && say "Building kaname (プログラムを作ります)" && cargo build --workspace --bin kaname

run: build ## Starts Kaname on 127.0.0.1:8080; DEMO=1 loads the demo town first (起動)
	@scripts/run.sh

test: setup-test ## The fast tier: lints, tests, main browser journeys (試験)
	@scripts/test.sh

proof: setup-test web ## The heavy tier; SEED= repeats it, SAMPLE=0.1 does a tenth
	@. scripts/env.sh && cargo build --workspace --bins --tests
	@scripts/proof.sh

bundle: web ## One archive in dist/ that installs without a network, tested without a route
	@scripts/bundle.sh
	@scripts/test-bundle.sh

bench: build ## Measures, and prints the numbers
	@scripts/bench.sh

clean: ## Removes what was built; what was fetched stays
	rm -rf dist web/build web/.svelte-kit web/test-results
	@. scripts/env.sh && cargo clean
