PYTHON := .venv/bin/python

.PHONY: requirements bench-ledger
requirements:  ## compile the pinned, hashed requirement files (needs uv)
	for f in base dev; do uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --no-emit-find-links requirements/$$f.in -o requirements/$$f.txt; done

bench-ledger:  ## the ledger's speed as ratios to pgbench and to a raw COPY, on a server of its own
	$(PYTHON) -m benchmarks.ledger
