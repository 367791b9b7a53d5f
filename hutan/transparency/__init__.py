"""The public log: append-only Merkle tree, signed checkpoints, proofs, receipts (S18)."""
