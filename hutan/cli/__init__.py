"""Commands and all clockwork."""
