PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo
INPUTS := pyproject.toml $(wildcard browser/*.js browser/*.json browser/*.mjs browser/*.py)

.PHONY: demo serve test lint build clean

demo: $(VENV)/installed
	@mkdir -p $(DEMO)
	@echo '$$ imidgraph show revlimid' && $(BIN)/imidgraph show revlimid --format table
	@echo '$$ imidgraph status lenalidomide approvedFor CLL' && $(BIN)/imidgraph status lenalidomide approvedFor CLL --format table || true
	@echo '$$ imidgraph search blood clots' && $(BIN)/imidgraph search blood clots --format table
	@echo '$$ imidgraph export $(DEMO)/imid.graphml' && $(BIN)/imidgraph export $(DEMO)/imid.graphml
	@echo 'More: $(BIN)/imidgraph compare lenalidomide pomalidomide' && \
		echo '      $(BIN)/imidgraph explain thalidomide "birth defects"' && \
		echo '      $(BIN)/imidgraph --help, and make serve for pages in a browser'

serve: $(VENV)/installed-server
	$(BIN)/imidgraph serve

test: $(VENV)/installed-dev lint
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/imidgraph build --check

build: $(VENV)/installed
	$(BIN)/imidgraph build

clean:
	rm -rf $(VENV) $(DEMO)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "imidgraph needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/installed: $(INPUTS) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/installed-%: $(INPUTS) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[$*]'
	@touch $@ $(VENV)/installed
