"""Every component with sample content: demonstrations and tests only."""
