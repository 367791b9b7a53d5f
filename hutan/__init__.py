"""Hutan (沪碳): one open platform for Shanghai's carbon market."""

__version__ = "0.1.0"
