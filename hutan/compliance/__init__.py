"""Obligations, surrender, use of reductions, carry-over, closing a year (S7)."""
