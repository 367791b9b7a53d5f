"""Words that every context uses: quantities, clauses, refusals, events, moments. No Django."""
