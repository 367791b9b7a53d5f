"""Pure decisions of the compliance context; the formulas and eligibility stand in the rules."""
