"""The clock that pages and commands read: real in production, movable in the demonstration city."""
