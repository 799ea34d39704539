# make demo      generate Verilog and C from a shipped model, run both over real digits
# make test      all tests but the long ones
# make test-all  these too
# make docs      the documentation as a site: build/site/index.html
# make torch     PyTorch and Brevitas in build/torch, for examples/from_*.py (1.1 GB with wheels for the CPU)
# make lint      style, and who imports whom
# Each works alone on a fresh Debian 12 with Python 3.11: it makes .venv and installs what it needs.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable
PYTEST  := $(BIN)/python -m pytest -n 2 --dist worksteal --durations 10
EXTRAS  ?= keras,train,sim,synth,serial,boards,bench,hls,onnx,nir,fuzz,sbom,docs,dev
# What a part of the tests needs, and which: make test SYSTEM=firmware TESTS=tests/targets/c
SYSTEM  ?= all
TESTS   ?=

.PHONY: help demo test test-all docs torch lint clean
help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: $(VENV)/demo
	$(BIN)/python examples/demo.py

test: $(VENV)/all
	$(PYTEST) -m 'not long' $(TESTS)

test-all: $(VENV)/all
	$(PYTEST) $(TESTS)

docs: $(VENV)/all
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

lint: $(VENV)/all
	$(BIN)/ruff check codegen tests hdl examples docs conftest.py
	$(BIN)/ruff format --check --quiet codegen tests hdl examples docs conftest.py
	$(BIN)/mypy
	$(BIN)/lint-imports

# What a first look needs, and everything.
$(VENV)/demo: pyproject.toml constraints.txt .ci/system-packages
	.ci/system-packages demo
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) '.[demo]'
	@touch $@

$(VENV)/all: $(VENV)/demo
	.ci/system-packages $(SYSTEM)
	$(INSTALL) '.[$(EXTRAS)]'
	@touch $@

torch: build/torch/installed

build/torch/installed: examples/torch-constraints.txt
	$(PYTHON) -m venv build/torch
	build/torch/bin/python -m pip install --quiet --requirement $<
	@touch $@

clean:
	rm -rf $(VENV) build
