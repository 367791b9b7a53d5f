"""The law as a pure library: dated, cited parameters in TOML, the calendar, formulas. No Django.

``parameters.rulebook()`` is the book; ``calendar`` answers working days; ``clauses.find`` quotes
the law; each formula stands in a module named for its subject and returns its working.
"""
