"""`python -m framing` is the command line."""

from framing.cli import main

main()
