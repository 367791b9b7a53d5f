"""Double entry for anything that can be owned: set-based, two-phase, append-only."""
