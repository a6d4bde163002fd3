"""`framing score --engine spark`: a folder of results by a cluster, or by the cores of this machine."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from framing.cli.writing import errors

if TYPE_CHECKING:
    from framing.engines.rows import Settings


def score_by_spark(
    paths: list[str],
    folder: Path,
    settings: Settings,
    *,
    master: str = "local[*]",
    text_col: str = "text",
    id_col: str = "",
) -> None:
    """Score by Spark into a folder of results; exit 1 where an article could not be scored."""
    from framing.engines.spark import score_paths, session

    columns = (
        TextColumn("Scoring by Spark"),
        BarColumn(),
        TextColumn("{task.completed} of {task.total} tasks"),
    )
    began = time.monotonic()
    with (
        session(master) as spark,
        Progress(
            *columns, TimeElapsedColumn(), console=errors, transient=True, disable=not errors.is_terminal
        ) as progress,
    ):
        task = progress.add_task("", total=None)
        result = score_paths(
            paths,
            folder,
            settings,
            spark=spark,
            text_col=text_col,
            id_col=id_col or None,
            progress=lambda done, of: progress.update(task, completed=done, total=of or None),
        )
    for notice in result.notices:
        errors.print(str(notice))
    rate = result.words / max(time.monotonic() - began, 1e-9)
    errors.print(
        f"Scored {result.articles - result.failed:,} of {result.articles:,} articles in {folder} ({rate:,.0f} words/s)"
    )
    if result.failed:
        raise typer.Exit(1)
