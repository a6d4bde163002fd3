"""What a person, a key or a model marked in the articles of an exercise, and the CSV file it comes in."""

from framing.classroom.coding.joining import join_codings
from framing.classroom.coding.marks import DIMENSIONS, LABELS, UNTYPED, Coding, Mark
from framing.classroom.coding.reading import read_codings, read_key
from framing.classroom.coding.writing import COLUMNS, sheet, write_codings

__all__ = [
    "COLUMNS",
    "DIMENSIONS",
    "LABELS",
    "UNTYPED",
    "Coding",
    "Mark",
    "join_codings",
    "read_codings",
    "read_key",
    "sheet",
    "write_codings",
]
