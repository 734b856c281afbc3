PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo
INPUTS := pyproject.toml $(wildcard browser/*.js browser/*.json browser/*.mjs browser/*.py)

.PHONY: demo serve test lint build clean

demo: $(VENV)/installed
	@mkdir -p $(DEMO)
	@echo '$$ imidgraph show iberdomide' && $(BIN)/imidgraph show iberdomide --format table
	@echo && echo '$$ imidgraph status lenalidomide approvedFor CLL' && \
		{ $(BIN)/imidgraph status lenalidomide approvedFor CLL 2>/dev/null || true; }
	@echo && echo '$$ imidgraph explain thalidomide "birth defects" --shown 1' && \
		$(BIN)/imidgraph explain thalidomide "birth defects" --shown 1 --format table 2>/dev/null
	@echo && echo '$$ imidgraph mentions "Carfilzomib, len/dex (KRd) or matching placebo for lenalidomide"' && \
		$(BIN)/imidgraph mentions "Carfilzomib, len/dex (KRd) or matching placebo for lenalidomide" --format table
	@echo && echo '$$ imidgraph export $(DEMO)/imid.graphml' && $(BIN)/imidgraph export $(DEMO)/imid.graphml 2>/dev/null && ls $(DEMO)
	@echo && echo 'Try next:' && \
		echo '  $(BIN)/imidgraph show revlimid                       what to know about a drug, on a card' && \
		echo '  $(BIN)/imidgraph compare lenalidomide pomalidomide   two drugs side by side' && \
		echo '  $(BIN)/imidgraph why lenalidomide --over thalidomide --for "multiple myeloma"' && \
		echo '  $(BIN)/imidgraph queries                             questions that are ready to ask' && \
		echo '  make serve                                              the same as pages in a browser'

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
