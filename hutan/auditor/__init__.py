"""Recomputes everything from the exported log alone. Shares no code with the product."""
