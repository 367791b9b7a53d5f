"""Organisations, persons, users, posts and roles; approvals by a second person (S21)."""
