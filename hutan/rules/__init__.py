"""The law as a pure library: dated, cited parameters, formulas, calendar (S1). No Django."""
