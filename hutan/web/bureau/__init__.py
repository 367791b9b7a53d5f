"""The bureau's pages: the year board, the acts that open, determine, plan, and close a year."""
