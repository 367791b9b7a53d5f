"""The demonstration city: a small, invented Shanghai, filled through the real services."""

from hutan.cli.demo.filling import fill

__all__ = ["fill"]
