"""The card beside the weights of a model: what they were made from and how, how good they are, and what they cannot do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from framing.models.weights import Weights
from framing.training.validate import Validation, flat, spoken

DATE = "2026-11-24"


def card(title: str, arrays: Weights, sections: Mapping[str, str]) -> str:
    """The text of a card; `framing.models.weights.save` puts the digest in."""
    size = sum(array.nbytes for array in arrays.values()) / 1e6
    parts = [
        f"# {title}",
        f"Made on {DATE}. {size:.1f} MB of plain arrays, SHA-256 of weights.npz: `{{sha256}}`",
    ]
    parts += [f"## {heading}\n\n{text.strip()}" for heading, text in sections.items()]
    return "\n\n".join(parts) + "\n"


def figures_table(rows: Sequence[tuple[str, Validation, Sequence[str]]]) -> str:
    """Figures as a Markdown table: for each row what was measured, the validation, and the metrics to show."""
    lines = ["| measured on | figure | value | 95 % interval | n |", "|---|---|---|---|---|"]
    for name, validation, metrics in rows:
        values, intervals = flat(validation.metrics), flat(validation.intervals)
        for metric in metrics:
            low, high = intervals[metric]
            lines.append(
                f"| {name} | {spoken(metric)} | {values[metric]:.3f} | {low:.3f}–{high:.3f} | {validation.n:,} |"
            )
    return "\n".join(lines)
