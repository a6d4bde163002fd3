"""The command line: parse, call, print, exit code. 0 done, 1 some inputs could not be read, 2 wrong usage."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import NoReturn

import typer

from framing.cli import articles, exercise, lexicon, results
from framing.cli.writing import errors, stop
from framing.data import DataError
from framing.training.task import CorpusError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Shows how news articles frame their subject: who speaks, how certain, about whom, in which words. "
    "Every number comes with the passages it was counted from. It gives no verdicts.",
    epilog="A PATH is a file (.txt .md .html .csv .jsonl .parquet, also .gz .zst .tar .zip), a folder, a pattern, "
    "or - for standard input. "
    "Exit codes: 0 done, 1 some inputs could not be read, 2 wrong usage.",
)

for command in (
    articles.score,
    articles.compare,
    articles.report,
    results.query,
    articles.export,
    articles.dimensions,
    articles.validate,
):
    app.command()(command)
app.add_typer(exercise.app, name="exercise")
app.add_typer(lexicon.app, name="lexicon")


def main() -> None:
    """Run the command line; an expected error is one line on stderr."""
    signal.signal(signal.SIGINT, _interrupt)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file is UTF-8 on every machine; a terminal that lacks a character shows another.
        sys.stdout.reconfigure(encoding=None if sys.stdout.isatty() else "utf-8", errors="replace")
    try:
        app()
    except (DataError, CorpusError, ValueError) as error:
        stop(str(error))
    except BrokenPipeError:
        _discard_output()
        raise SystemExit(1) from None
    except OSError as error:
        _discard_output()
        where = f"{error.filename}: " if error.filename else ""
        stop(f"{where}reading or writing failed ({error.strerror}); check the disk and the permissions")


def _interrupt(number: int, frame: object) -> NoReturn:
    """Ctrl-C: what is half done is left as it is, and the shell learns why."""
    errors.print("framing: stopped; results written so far are not complete")
    raise SystemExit(128 + number)


def _discard_output() -> None:
    """A standard output that takes no more must not fail once more when the interpreter flushes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
