"""Programs that print a ratio against a yardstick run beside them. Nothing here is a test."""
