"""The command line."""

from framing.cli.main import main

__all__ = ["main"]
