"""The verbs with which each side is quoted: does one say, and the other claim?"""

from __future__ import annotations

import pandas as pd

from framing.output.charts.parts import (
    ChartFunction,
    Entry,
    Scale,
    Sheet,
    key,
    labels_of,
    note,
    nothing,
    text_width,
)  # fmt: skip
from framing.output.charts.sourcing import segment, shares_axis
from framing.output.style import UNKNOWN_SOURCE, VERB_CLASSES, WIDTH, actor_name

_ROW = 42
_OTHERS = "all other sources"


@ChartFunction
def verbs_by_side(verbs: pd.DataFrame, *, sides: int = 8, width: int = WIDTH, dark: bool = False) -> Sheet:
    """How each side's words are introduced: the share of each class of verbs, and below it the verbs, most frequent first.

    `verbs` needs the columns actor ("" for sources that are no known side), verb, verb_class and count; articles are
    taken together. `sides` is how many of the sides quoted most are shown.
    """
    if verbs.empty:
        return nothing("no attribution found", width, dark)
    sheet = Sheet(width, dark=dark)
    totals = verbs.groupby("actor")["count"].sum().sort_values(ascending=False, kind="stable")
    ranked = [*(str(actor) for actor in totals.index if actor), *([""] if "" in totals.index else [])]
    chosen = [*[actor for actor in ranked if actor][:sides], *[actor for actor in ranked if not actor]]
    names = {actor: actor_name(actor) if actor else _OTHERS for actor in chosen}
    labels = labels_of(names.values(), width)
    classes = [*VERB_CLASSES, *sorted(set(verbs.verb_class) - set(VERB_CLASSES))]
    present = [kind for kind in classes if kind in set(verbs.verb_class)]
    fills = {kind: VERB_CLASSES.get(kind, UNKNOWN_SOURCE) for kind in present}
    top = key(sheet, 0, 0, [Entry(kind, fills[kind]) for kind in present]) + 6
    scale = Scale(0, 1, labels.room, width - text_width(f"n {totals.max()}") - 8)
    for number, actor in enumerate(chosen):
        y = top + number * _ROW + 13
        labels.draw(sheet, names[actor], labels.room - 10, y)
        own = verbs[verbs.actor == actor]
        counts, done = own.groupby("verb_class")["count"].sum(), 0
        for kind in present:
            count = int(counts.get(kind, 0))
            if count:
                left, right = scale(done / totals[actor]), scale((done + count) / totals[actor])
                tip = f"{names[actor]}, {kind}: {count} of {totals[actor]}"
                segment(sheet, left, right, y, fills[kind], [f"{kind} {count}", f"{kind[:1].upper()} {count}", str(count)], tip)  # fmt: skip
                done += count
        sheet.text(scale.right + 6, y, f"n {totals[actor]}", color=sheet.ink.muted)
        words = own.groupby("verb")["count"].sum().sort_values(ascending=False, kind="stable")
        sheet.text(scale.left, y + 17, _listed(words, scale.right - scale.left), color=sheet.ink.muted)
    bottom = shares_axis(
        sheet, scale, top, top + len(chosen) * _ROW, "share of the verbs, n in attributions", grid=False
    )
    left_out = len([actor for actor in ranked if actor not in chosen])
    return sheet.cut(
        note(sheet, bottom, f"{left_out} sides quoted less often are not shown.") if left_out else bottom
    )


def _listed(words: pd.Series[int], room: float) -> str:
    """As many verbs with their counts as fit."""
    text = ""
    for place, (verb, count) in enumerate(words.items()):
        more = f"{text} · {verb} {count}" if text else f"{verb} {count}"
        rest = f" · {len(words) - place - 1} more" if place + 1 < len(words) else ""
        if text_width(more + rest) > room:
            return f"{text} · {len(words) - place} more" if text else f"{len(words)} verbs"
        text = more
    return text
