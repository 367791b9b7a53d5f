"""Outside systems: one folder each, with an adapter and a simulator held to one contract (S20)."""
