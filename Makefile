# make demo   generate Verilog and C from a shipped model, run both over real digits
# make test   all tests
# Each works alone on a fresh Debian 12 with Python 3.11: it makes .venv and installs what it needs.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
EXTRAS := keras,train,sim,synth,boards,hls,report,dev

.PHONY: help demo test lint clean
help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: $(VENV)/ready
	$(BIN)/python examples/demo.py

test: $(VENV)/ready
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/ready
	$(BIN)/ruff check codegen tests hdl examples
	$(BIN)/lint-imports

$(VENV)/ready: pyproject.toml constraints.txt .ci/system-packages
	.ci/system-packages
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[$(EXTRAS)]'
	@touch $@

clean:
	rm -rf $(VENV) build
