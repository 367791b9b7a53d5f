# Longer and rarer work than ./run and ./test; `make help` lists it.

PYTHON := .venv/bin/python
export PYTHONPATH := $(CURDIR)
export PYTHONSAFEPATH := 1

.PHONY: help
help:  ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' \
	  | awk -F '\t' '{ printf "make %-16s %s\n", $$1, $$2 }'

.PHONY: nightly
nightly:  ## run the long tests that ./test leaves out
	$(PYTHON) -m pytest -n 2 -m nightly

.PHONY: clauses
clauses:  ## run the tests that prove clauses; print article, tests, result; write docs/clauses.md
	HUTAN_ENV=test DJANGO_SETTINGS_MODULE=hutan.config.settings $(PYTHON) -m tests.reports.clauses

.PHONY: refusals
refusals:  ## write docs/refusals.md from the code
	HUTAN_ENV=test DJANGO_SETTINGS_MODULE=hutan.config.settings $(PYTHON) -m tests.reports.refusals

.PHONY: screenshots
screenshots:  ## check every page in the browser and keep its pictures in build/screenshots
	@fc-list :lang=zh 2>/dev/null | grep -q . || { test "$$(id -u)" = 0 \
	  && apt-get install -y -q fonts-noto-cjk; } || echo "No Chinese font: pictures show boxes."
	rm -rf build/screenshots
	HUTAN_SCREENSHOTS=build/screenshots $(PYTHON) -m pytest tests/browser
	@ls build/screenshots | sed 's|^|build/screenshots/|'

.PHONY: requirements
requirements:  ## compile the pinned, hashed requirement files (needs uv)
	for f in base dev; do uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --no-emit-find-links requirements/$$f.in -o requirements/$$f.txt; done

.PHONY: bench-log
bench-log:  ## measure the log beside yardsticks (N leaves, a million if not said)
	$(PYTHON) -m benchmarks.log $(or $(N),1000000)

.PHONY: bench-ledger
bench-ledger:  ## the ledger's speed as ratios to pgbench and to a raw COPY, on a server of its own
	$(PYTHON) -m benchmarks.ledger

.PHONY: bench-replay
bench-replay:  ## replay eighteen years (or FILE) and measure beside a raw COPY and pgbench
	$(PYTHON) -m benchmarks.replay $(FILE)
