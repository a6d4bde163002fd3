"""Naming: which names an article uses for whom, how often, and what each connotes (van Leeuwen 2008, ch. 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from framing.actors import name_uses
from framing.analysis import Analysis

COLUMNS = (
    "article",
    "actor",
    "name",
    "kind",
    "count",
    "mentions",
    "share",
    "connotation",
    "start",
    "end",
    "sentence",
)


def naming(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """The names each article uses for each actor (van Leeuwen 2008, ch. 2).

    One row per article, actor and name, most frequent first: `count` and its `share` (0..1) of the actor's
    `mentions` in the article, what the name connotes, and its first use: code points `start` to `end`, sentence
    number `sentence`.
    """
    rows = []
    for analysis in analyses:
        mentions = Counter(mention.actor for mention in analysis.mentions)
        rows += [
            {
                "article": analysis.document.id,
                **use._asdict(),
                "mentions": mentions[use.actor],
                "share": use.count / mentions[use.actor],
            }
            for use in name_uses(analysis.mentions)
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
