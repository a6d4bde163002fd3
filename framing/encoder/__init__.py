"""The model `encoder`: one small transformer, and a module for each dimension on which it decides."""

from collections.abc import Iterable

from framing.analysis import Markup


def prepare(markups: Iterable[Markup]) -> None:
    """Read several documents at once, which is faster than one by one."""
    from framing.encoder.reading import prepare as read_ahead  # noqa: PLC0415  needs what is imported here

    read_ahead(markups)
