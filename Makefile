# Everything a person or a machine does with this repository. Python 3.11+, Node 20.9+ and make are all it needs.
PYTHON ?= python3
RUN := $(PYTHON) scripts/run.py

.DEFAULT_GOAL := help
.PHONY: help demo dev test lint types format gen bench

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16
	@echo
	@echo '  Variables: API_PORT (8000)  WEB_PORT (3000)  SIGMASIGHT_HOME (.sigmasight)  DATABASE_URL (embedded)'
	@echo '  More of them: .env.example'

demo: ## Run everything with demo data; RESET=1 starts afresh, WEB=0 leaves the web app out
	@$(RUN) demo

dev: ## The same, restarting on changes of the code
	@$(RUN) dev

test: ## Set up, check and test everything, the browser included
	@$(RUN) test

lint: ## Check style and import rules
	@$(RUN) lint

types: ## Check types
	@$(RUN) types

format: ## Put the code into its one format
	@$(RUN) format

gen: ## Write what is generated: openapi.json, the web client, the contract fixture, the summaries
	@$(RUN) gen

bench: ## Run the benchmarks; ONLY=name runs one
	@$(RUN) bench
