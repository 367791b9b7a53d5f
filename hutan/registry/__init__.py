"""Allowances as registered property: accounts, serial blocks, transactions (S6)."""
