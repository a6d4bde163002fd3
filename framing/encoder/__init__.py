"""The model `encoder`: one small transformer, and a module for each dimension on which it decides."""

from framing.encoder.reading import prepare

__all__ = ["prepare"]
