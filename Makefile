# Every target makes what it needs by itself: Python 3.11 and a network are enough.

SHELL := /bin/bash
# Hundreds of short processes: none of them should compile the package anew.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT := out/demo
# One more than there are processors: many tests wait for processes, browsers and clocks.
WORKERS ?= $(shell echo $$(($$(nproc) + 1)))
CASES ?= 20000
SEED ?= 1

.DEFAULT_GOAL := help
.PHONY: help run report test lint bench nightly faults acceptance docs format lock clean browser

help: ## what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  \1\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "找不到 $(PYTHON)。请先安装 Python 3.11(如 apt-get install python3.11 python3.11-venv),或用 make PYTHON=… 指明"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "不能建立虚拟环境。请先安装 venv(如 apt-get install python3.11-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(READY) ## serve the living demo city on http://127.0.0.1:8000
	@MINGCHA_LOG_LEVEL=$${MINGCHA_LOG_LEVEL:-warning} $(BIN)/mingcha serve --demo

report: $(READY) ## without any server: make a demo city of 20,000 cases, judge it, print the path of the report
	@$(BIN)/mingcha demo $(OUT)/data --cases $(CASES) --seed $(SEED)
	@$(BIN)/mingcha check $(OUT)/data --format html --out $(OUT)/report.html || test $$? -eq 1
	@echo "$(CURDIR)/$(OUT)/report.html"

test: $(READY) browser ## every test but those on real data and the long ones; the server's on both databases
	$(BIN)/python -m pytest -n $(WORKERS)
	$(BIN)/python -m pytest -n $(WORKERS) --postgresql tests/server

browser: ## pages are looked at in a real browser, with Chinese letters
	@{ command -v chromium && ls /usr/lib/*/faketime/libfaketime.so.1; } > /dev/null 2>&1 || { test "$$(id -u)" = 0 && apt-get update -q && apt-get install -y -q chromium fonts-noto-cjk libfaketime; } \
	  || echo "没有 chromium 或 libfaketime,跳过用到它们的测试。请运行 sudo apt-get install chromium fonts-noto-cjk libfaketime"

lint: $(READY) ## style, types, layers, dependencies, and the rules themselves
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/mingcha rules lint
	$(BIN)/mingcha rules coverage --only next > /dev/null

acceptance: $(READY) ## the tests on the real data in ../shared
	@test -d ../shared || { echo "没有 ../shared:实际数据的测试要有它"; exit 1; }
	$(BIN)/python -m pytest -m acceptance

nightly: $(READY) ## the long tests
	$(BIN)/python -m pytest -n $(WORKERS) -m nightly
	$(BIN)/python -m pytest -n $(WORKERS) -m 'nightly or one_database' --postgresql tests/server

faults: $(READY) ## seed faults that named tests must notice (docs/testing.md)
	$(BIN)/python -m tests.faults

bench: $(READY) ## measure speed and memory side by side into bench/results.json
	$(BIN)/python -m bench

docs: $(READY) ## write the generated pages of docs/ anew
	$(BIN)/python -m mingcha.facts.reference docs/facts.md
	$(BIN)/python -m mingcha.trials.pages docs
	$(BIN)/python -m mingcha.cli.commands_page docs/commands.md
	$(BIN)/python -m mingcha.base.settings_page docs/settings.md

format: $(READY) ## lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## pin what is installed
	$(BIN)/python -m pip freeze --all --exclude-editable | grep -v '^pip==' > requirements.lock

clean: ## remove what was made
	rm -rf out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
