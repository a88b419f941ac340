# The commands of the house; `make help` lists them.

SHELL := /bin/bash
DATA ?= .data
PORT ?= 8080

.PHONY: help serve test bench fuzz format build packages

help: ## List these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 16

packages: ## Install the Debian packages that are missing
	@Scripts/packages service

build: packages ## Build the programs in release
	swift build -c release --static-swift-stdlib --product tilleul
	swift build -c release --static-swift-stdlib --product tilleul-verify

serve: build ## Serve the demonstration city on http://localhost:8080
	.build/release/tilleul serve --data-dir $(DATA) --port $(PORT) --migrate --demo

test: ## Run the whole suite, database and browser included
	@Scripts/packages service browser
	Scripts/test

bench: ## Measure, as ratios in one run
	@Scripts/packages service bench
	Scripts/bench

fuzz: ## Try every reader of foreign bytes with libFuzzer, ten minutes each
	Scripts/fuzz

format: ## Format the Swift sources
	swift format --in-place --recursive --parallel Sources Tests Package.swift
