# make run · make test · make bench · make models · make figures · make generators        (make help lists all)
#
# Everything runs in .venv, which `make setup` creates and keeps in step with pyproject.toml and installers/locks/.
# A second set-up takes a fraction of a second. PYTHON=... chooses the interpreter, ARGS=... is handed on.

PYTHON ?= python3
ARGS ?=
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts/
else
BIN := .venv/bin/
endif
PY := $(BIN)python
# A window cannot be opened on a Linux machine without a screen: `run` then plays the same session offscreen.
SCREENLESS := [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]
# Two threads of torch on a busy machine spin against each other; one is faster and repeatable.
QUIET := OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench models figures generators installer clean

help:  ## list what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup:  ## create .venv with the locked libraries, and what the system lacks
	@$(PYTHON) installers/setup_env.py

run: setup  ## open the studio; without a screen, leave a session's music and picture in demo/
	@if $(SCREENLESS); then \
	  echo "No screen here: playing the session offscreen; its music and a picture of the window come to demo/"; \
	  QT_QPA_PLATFORM=offscreen $(PY) -m app --demo demo/ $(ARGS); \
	else $(PY) -m app $(ARGS); fi

test: lint  ## lint, types, import contracts and every test
	$(QUIET) $(PY) -m pytest -q $(ARGS)

lint: setup  ## ruff, mypy, import contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(BIN)lint-imports --no-logo

format: setup  ## let ruff mend and lay out the code
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench:  ## measure speed against its limits and peers, as JSON
	@$(PYTHON) installers/setup_env.py --bench
	$(QUIET) $(PY) -m app bench --json $(ARGS)

models: setup  ## train every shipped model again by its recipe; ARGS=--resume goes on where it was stopped
	$(PY) -m app train all --out resources/bundles $(ARGS)
	$(PY) -m app train judge --out resources/judges/kinds.safetensors

figures: setup  ## write docs/systems.md and docs/games.md from the bundles
	$(PY) -m app models --markdown docs/systems.md
	$(PY) -m benchmarks.games --page

generators: setup  ## write docs/generators.md: every system that writes music, measured side by side
	$(PY) -m app evaluate --compare --markdown docs/generators.md --csv docs/generators.csv $(ARGS)

installer: setup  ## build what people install on this operating system, in dist/
	$(PY) installers/build.py $(ARGS)

clean:  ## remove what was made, not .venv
	rm -rf build dist demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
