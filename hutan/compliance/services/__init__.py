"""The verbs of the compliance context, by subject. Each is the executor of an act of two people."""
