"""Pure decisions of the log: hashes, trees, proofs, records, notes, keys. No Django, no clock."""
