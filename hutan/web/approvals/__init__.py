"""Approval by a second person: the queue, an act with all that it changes, and the decision."""
