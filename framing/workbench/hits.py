"""The hits of a lexicon in a corpus: each in its context, and counted by entry, category, article and voice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from framing.analysis import ALL_VOICES, Analysis, analyze
from framing.decoding import replace_surrogates
from framing.document import Document, Sentence
from framing.lexicon import Lexicon, Match
from framing.voice import VOICES

CONTEXT = 10  # words on either side
COLUMNS = (
    "article", "sentence", "start", "end", "before", "hit", "after", "term", "category", "line", "voice", "quoted",
)  # fmt: skip
COUNTS = ("all", "category", "entry", "article", "voice")  # what hits are counted by
_ENTRY = ["term", "category", "line"]


def with_voices(articles: Iterable[Document | Analysis]) -> list[Analysis]:
    """Analyses that know who speaks: those given, and of a document what the rules of the model `lexicon` find.

    Raises `ValueError` where an analysis was made without attribution.
    """
    found: list[Analysis] = []
    for article in articles:
        if isinstance(article, Analysis):
            if "attribution" not in article.readings:
                raise ValueError(
                    f"{article.document.id}: was analysed without attribution; add that dimension"
                )
            found.append(article)
        else:
            found.append(analyze(article, model="lexicon", dimensions=["attribution"], resamples=0))
    return found


def concordance(
    lexicon: Lexicon, articles: Iterable[Document | Analysis], *, context: int = CONTEXT
) -> pd.DataFrame:
    """Every hit of a lexicon with the words around it (keyword in context, Luhn 1960), in the order of the texts.

    One row per hit: `article`, `sentence` from 1 (a headline counts), half-open code points `start` and `end`; up to
    `context` words `before` and `after` in the same paragraph; the `term`, `category` and `line` of the entry; the
    `voice` (author, attributed, headline) by the attribution of the analysis, or by the rules where a document is
    given; and whether it stands inside quotation marks, `quoted`.

    >>> from framing import Entry, Lexicon, make_document
    >>> lexicon = Lexicon("own", [Entry("brutal", "harsh")], {"categories": "harsh = h"})
    >>> frame = concordance(lexicon, [make_document("The raid was brutal, she said.", "one")], context=2)
    >>> frame[["article", "sentence", "before", "hit", "after", "voice"]].values.tolist()
    [['one', 1, 'raid was', 'brutal', ', she said.', 'attributed']]
    """
    rows = [row for analysis in with_voices(articles) for row in _hits(lexicon, analysis, context)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _hits(lexicon: Lexicon, analysis: Analysis, context: int) -> Iterator[tuple[object, ...]]:
    document, voices = analysis.document, analysis.markup.voices
    for match in lexicon.match(document):
        start, end = document.starts[match.first], document.ends[match.last - 1]
        # Frames hold valid Unicode only.
        hit, before, after = (
            replace_surrogates(part)[0]
            for part in (written(document, match), *around(document, start, end, context))
        )
        quoted = any(quote.start <= start and end <= quote.end for quote in document.quotes)
        entry = match.entry
        yield (
            document.id, document.sentence_of(match.first) + 1, start, end,
            before, hit, after,
            entry.term, entry.category, entry.line, voices.of(start, end).name, quoted,
        )  # fmt: skip


def written(document: Document, match: Match) -> str:
    """A hit as the text has it, in one line."""
    return " ".join(document.text[document.starts[match.first] : document.ends[match.last - 1]].split())


def around(document: Document, start: int, end: int, words: int) -> tuple[str, str]:
    """Up to so many words before and after a span, within its paragraph and in one line."""
    paragraph = document.paragraphs[_sentence(document, start).paragraph]
    before = document.text[paragraph.start : start]
    after = document.text[end : paragraph.end]
    left, right = before.split(), after.split()
    # A word that touches the span (a quotation mark before it, a comma after it) comes with it.
    least_left = bool(before) and not before[-1].isspace()
    least_right = bool(after) and not after[0].isspace()
    return (
        " ".join(left[max(0, len(left) - words - least_left) :]),
        " ".join(right[: words + least_right]),
    )


def _sentence(document: Document, offset: int) -> Sentence:
    index = document.sentence_at(offset)
    return document.sentences[index if index is not None else 0]


def count(
    lexicon: Lexicon,
    articles: Iterable[Document | Analysis],
    *,
    by: str = "entry",
    hits: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Hits counted by "entry", "category", "article", "voice", or "all" together; `hits` are those of `concordance`.

    `per_1000` is hits per 1,000 words (of the voice, by voice), `articles` in how many there is one, `author`,
    `attributed` and `headline` whose words they are, `quoted` how many stand inside quotation marks. `found` of
    `entries` have a hit; by entry, those without one have a row too. `dispersion` is Gries's DP over the articles,
    normalised (Gries 2008; Lijffijt & Gries 2012): 0 where each article has its share, 1 where a single short one has
    all; NaN without hits, or with one article. Raises `ValueError` for another `by`.
    """
    if by not in COUNTS:
        raise ValueError(f"hits are not counted by '{by}'; choose from {', '.join(COUNTS)}")
    articles = list(articles)
    if hits is None or by == "voice":  # only these need to know who speaks
        articles = with_voices(articles)
    if hits is None:
        hits = concordance(lexicon, articles, context=0)
    if by == "voice":
        return _by_voice(hits, with_voices(articles))
    documents = [article.document if isinstance(article, Analysis) else article for article in articles]
    sizes = np.array([document.words for document in documents], dtype=float)
    ids = [document.id for document in documents]
    if by == "article":
        return _by_article(hits, ids, sizes)
    entries = pd.DataFrame([(e.term, e.category, e.line) for e in lexicon.entries], columns=_ENTRY)
    entries = entries.drop_duplicates(ignore_index=True)
    if by == "entry":
        known = dict(list(hits.groupby(_ENTRY, sort=False)))
        keys = list(entries.itertuples(index=False, name=None))
        none = _figures(hits[:0], ids, sizes)
        rows = [_figures(known[key], ids, sizes) if key in known else none for key in keys]
        return pd.concat([entries, pd.DataFrame(rows)], axis=1)
    if by == "category":
        names = list(dict.fromkeys([*lexicon.categories, *entries.category]))
        groups = [(name, hits[hits.category == name], entries[entries.category == name]) for name in names]
    else:
        groups = [("all", hits, entries)]
    rows = [
        {
            "category": name,
            "entries": len(some),
            "found": len(own[_ENTRY].drop_duplicates()),
            **_figures(own, ids, sizes),
        }
        for name, own, some in groups
    ]
    frame = pd.DataFrame(rows)
    return frame if by == "category" else frame.drop(columns="category")


def _figures(hits: pd.DataFrame, ids: Sequence[str], sizes: np.ndarray) -> dict[str, object]:
    """Hits of a part of the lexicon: how many, how often, in how many articles, how spread, and whose words."""
    per_article = hits.article.value_counts().reindex(list(ids), fill_value=0).to_numpy(dtype=float)
    words = sizes.sum()
    return {
        "hits": len(hits),
        "per_1000": 1000 * len(hits) / words if words else np.nan,
        "articles": int(np.count_nonzero(per_article)),
        "dispersion": deviation_of_articles(per_article, sizes),
        **{voice: int((hits.voice == voice).sum()) for voice in VOICES},
        "quoted": int(hits.quoted.astype(bool).sum()),
    }


def deviation_of_articles(counts: np.ndarray, sizes: np.ndarray) -> float:
    """Gries's DP over articles of any length (Gries 2008), divided by its largest value (Lijffijt & Gries 2012), 0..1.

    NaN without hits, or with fewer than two articles that have words.

    >>> deviation_of_articles(np.array([2.0, 4.0]), np.array([100.0, 200.0]))
    0.0
    >>> deviation_of_articles(np.array([3.0, 0.0]), np.array([100.0, 200.0]))
    1.0
    """
    counts, sizes = counts[sizes > 0], sizes[sizes > 0]
    if len(sizes) < 2 or not counts.sum():
        return float("nan")
    shares = sizes / sizes.sum()
    return float(np.abs(counts / counts.sum() - shares).sum() / 2 / (1 - shares.min()))


def _by_article(hits: pd.DataFrame, ids: Sequence[str], sizes: np.ndarray) -> pd.DataFrame:
    rows = []
    for id, words in zip(ids, sizes, strict=True):
        own = hits[hits.article == id]
        rows.append({
            "article": id,
            "words": int(words),
            "hits": len(own),
            "per_1000": 1000 * len(own) / words if words else np.nan,
            "found": len(own[_ENTRY].drop_duplicates()),
            **{voice: int((own.voice == voice).sum()) for voice in VOICES},
            "quoted": int(own.quoted.astype(bool).sum()),
        })  # fmt: skip
    columns = ["article", "words", "hits", "per_1000", "found", *VOICES, "quoted"]
    return pd.DataFrame(rows, columns=columns)


def _by_voice(hits: pd.DataFrame, analyses: Sequence[Analysis]) -> pd.DataFrame:
    words = sum((analysis.markup.words.sum(axis=1) for analysis in analyses), np.zeros(len(ALL_VOICES)))
    counts = [*((hits.voice == voice).sum() for voice in VOICES), len(hits)]
    return pd.DataFrame({
        "voice": ALL_VOICES,
        "words": words.astype(int),
        "hits": np.array(counts, dtype=int),
        "per_1000": [1000 * n / size if size else np.nan for n, size in zip(counts, words, strict=True)],
    })  # fmt: skip
