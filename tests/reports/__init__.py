"""Documents that are made from the code and the tests: ``make refusals``, ``make clauses``."""
