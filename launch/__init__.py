"""What works before the environment exists: Python 3.11 and its standard library alone."""
