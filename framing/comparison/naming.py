"""Naming: which names an article uses for whom, how often, and what each connotes (van Leeuwen 2008, ch. 2)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from framing.actors import Mention
from framing.analysis import Analysis
from framing.lexicon import load_lexicon

COLUMNS = ("article", "actor", "name", "kind", "count", "share", "connotation", "first", "end", "sentence")


def naming(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """The names each article uses for each actor (van Leeuwen 2008, ch. 2).

    One row per article, actor and name, most frequent first: `count` and its `share` (0..1) of the actor's mentions
    in the article, what the name connotes as the actor lexicon notes it, and its first use: code points `first` to
    `end`, sentence number `sentence`.
    """
    notes = {entry.term: entry.note for entry in load_lexicon("actors").entries if entry.note}
    rows = [row for analysis in analyses for row in _names(analysis, notes)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _names(analysis: Analysis, notes: dict[str, str]) -> list[dict[str, object]]:
    uses: dict[tuple[str, str], list[Mention]] = {}
    mentions: dict[str, int] = {}
    for mention in sorted(analysis.mentions, key=lambda item: (item.start, item.end)):
        uses.setdefault((mention.actor, mention.name), []).append(mention)
        mentions[mention.actor] = mentions.get(mention.actor, 0) + 1
    ordered = sorted(uses.items(), key=lambda item: (-mentions[item[0][0]], item[0][0], -len(item[1]), item[0][1]))
    return [
        {
            "article": analysis.document.id,
            "actor": actor,
            "name": name,
            "kind": found[0].kind,
            "count": len(found),
            "share": len(found) / mentions[actor],
            "connotation": notes.get(name, ""),
            "first": found[0].start,
            "end": found[0].end,
            "sentence": found[0].sentence,
        }
        for (actor, name), found in ordered
    ]
