"""Pure decisions of the parties context."""
