"""How a clock that can be moved is read."""
