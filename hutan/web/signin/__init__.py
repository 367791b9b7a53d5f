"""Sign-in: password, second factor, sessions, locks."""
