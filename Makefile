# Two commands do everything: `make report` and `make test`. Both set themselves up on a machine with Python, pip and make.
.DELETE_ON_ERROR:
.PHONY: report test slow lab lint types unit notebooks format lock clean bench execute help docs figures-check browser corpora kills faults fuzz linear offline \
  determinism mutation coverage licences assurance

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
OUT ?= results
CORPUS ?= seeds

help:            ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /	/' | expand -t 14

# One thread each for linear algebra: at this size threads cost more than they bring, and two cores are shared by the kernels.
export OPENBLAS_NUM_THREADS ?= 1

# Bytecode is made once here: where Python may not write beside the packages, every kernel and command would compile numba, scipy and the rest anew.
$(READY): requirements.lock bootstrap.lock pyproject.toml
	@echo "Setting up .venv (once; about 1.5 GB) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv 2>/dev/null || ( \
	  $(PYTHON) -m pip install --quiet --target .venv-uv --require-hashes --only-binary :all: -r bootstrap.lock && \
	  PYTHONPATH=.venv-uv $(PYTHON) -m uv venv --quiet --seed .venv )
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r bootstrap.lock
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# What only work on the package needs: the documentation's builder, a browser's driver, fuzzing, coverage, mutation.
TOOLS := .venv/.tools
$(TOOLS): $(READY) tools.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r tools.lock
	@touch $@

report: $(READY) ## the main job: the seven notebooks over seeds/ (or CORPUS=…) into results/index.html
	@$(BIN)/corpus-lib run --corpus "$(CORPUS)" --out "$(OUT)"

test: lint types unit notebooks ## everything that must hold: lint, types, tests with doctests, strict nbval
	@echo "All tests passed."

# Two workers, a file of tests in one of them, so that what a file makes once is made once.
TWO := -n 2 --dist loadfile

slow: $(READY)   ## the tests that `make test` leaves out: other kernels, processes and surroundings, calibrations, races, kills
	@$(BIN)/python -m pytest -q -p no:nbval $(TWO) -m slow tests

lint: $(READY)   ## ruff, rules and layout
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

format: $(READY) ## lay the code out
	@$(BIN)/ruff format --quiet .

types: $(READY)  ## mypy, strict
	@$(BIN)/mypy --no-error-summary

# nbval takes seconds to load and compares no notebook here.
unit: $(READY)   ## pytest, doctests included, without the slow tests
	@$(BIN)/python -m pytest -q -p no:nbval $(TWO) -m "not slow"

notebooks: $(READY) ## every notebook re-executed and compared with its stored outputs
	@$(BIN)/python -m pytest -q $(TWO) --nbval --nbval-current-env --nbval-cell-timeout 120 notebooks

execute: $(READY) ## run the notebooks in place, after a change that is meant to change their outputs
	@$(BIN)/python tools/execute_notebooks.py

lab: $(READY)    ## JupyterLab on the overview
	@$(BIN)/jupyter lab notebooks/00_overview.ipynb

bench: $(TOOLS)  ## ratios against other packages
	@$(BIN)/python benchmarks/speed.py

figures-check: $(READY) ## the figures drawn anew, compared with the stored ones
	@$(BIN)/python tools/check_figures.py

docs: $(TOOLS)   ## the documentation as a site in docs/_build/html
	@$(BIN)/python -m sphinx --fail-on-warning --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

browser corpora kills faults fuzz linear offline determinism mutation coverage licences: $(TOOLS) ## one part of the assurance
	@$(BIN)/python -m tools.assurance $@

assurance: $(TOOLS) ## all parts: kills, faults, fuzzing, browser, made corpora, determinism, mutation, coverage, licences (up to two hours)
	@$(BIN)/python -m tools.assurance all

lock: $(READY)   ## resolve the dependencies again, with hashes
	@printf 'editables\nhatchling\npip\nuv\n' > .bootstrap.in
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-annotate .bootstrap.in -o bootstrap.lock; rm -f .bootstrap.in
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --all-extras pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-annotate -c requirements.lock --group benchmarks --group docs --group assurance -o tools.lock

clean:           ## remove the environment, results and caches
	rm -rf .venv .venv-uv results notebooks/.prepared docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
