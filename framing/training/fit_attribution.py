"""Fit the linear model of attribution on the training part of PolNeAR, and write its weights and card.

Run `python -m framing.training.fit_attribution ../shared/corpora` in the repository; it takes some minutes and 4 GB.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from framing.actors import find_mentions
from framing.attribution.tagged import LABELS
from framing.document import Document, make_document
from framing.linear.attribution import (
    OFFSETS,
    SIZES,
    contexts,
    describe,
    lay_out,
    read_input,
)
from framing.models.tagger import Types
from framing.models.units import common_words
from framing.models.weights import Weights, pack_words, save
from framing.training import attribution
from framing.training.attribution import Article
from framing.training.card import card, figures_table
from framing.training.crf import Example, Settings, fit
from framing.training.validate import validate

SETTINGS = Settings(c1=0.1, c2=0.05, iterations=120, least=3)
# Added to the weight of beginning a span: coders differ on what counts, and a wavering tagger finds too few.
READINESS = 0.5
WIDE = frozenset({"word", "cue", "noun", "shape"})


def train(articles: Sequence[Article]) -> Weights:
    """The weights for coded articles."""
    documents = [make_document(article.text, id=article.id) for article in articles]
    common = common_words(documents)
    arrays = fit(
        _examples(articles, documents, common),
        labels=LABELS,
        describe=describe,
        offsets=OFFSETS,
        wide=WIDE,
        sizes=SIZES,
        settings=SETTINGS,
    )
    for label, name in enumerate(LABELS):
        if name.startswith("B-"):
            arrays["transitions"][:, label] += READINESS
    return arrays | {"common": pack_words(sorted(common))}


def _examples(
    articles: Sequence[Article], documents: Sequence[Document], common: frozenset[str]
) -> Iterable[Example]:
    types = Types(describe)
    for article, document in zip(articles, documents, strict=True):
        given, word_types = read_input(document, find_mentions(document), common)
        ids = types.ids(word_types)
        numbers = contexts(lay_out([given]), types.traits[ids])
        yield Example(word_types, numbers, attribution.labels(article, document, given.units), given.bounds)


def main() -> None:
    """Train on `polnear/train`, measure on `polnear/dev`; write weights and card."""
    polnear = Path(sys.argv[1]) / "polnear"
    articles = attribution.read(polnear / "train")
    arrays = train(articles)
    save("linear", "attribution", arrays, card(TITLE, arrays, {}))
    measured = validate("attribution", polnear / "dev", "linear")
    metrics = ("content_f1", "source_f1", "cue_f1", "content_exact_f1", "recall_50")
    sections = {
        "Data": f"""
PolNeAR (Newell, Margolin & Ruths 2018), political news of seven US outlets, no licence stated: its {len(articles):,} training
articles, in which people marked source, cue and content of every attribution. Weights are shipped, no text.""",
        "Features": """
Of the words three to either side: form, ending, shape, class in the lexicons of reporting cues and source nouns. Of the place:
quotation marks and the distance to the last and the next quotation, the nearest cue words to the left and right with what stands
between and follows them, place in sentence and paragraph, a cue at the end or the beginning of the sentence, the sentence before,
runs of names, and what the rules of the model `lexicon` mark. A sequence is a paragraph. Names are never features: actors are
placeholders by kind, other capitalised words one placeholder.""",
        "Settings": f"""
Conditional random field (CRFsuite, L-BFGS), {SETTINGS.iterations} rounds, c1 = {SETTINGS.c1}, c2 = {SETTINGS.c2}, features seen
{SETTINGS.least} times or more; {READINESS} added to the weight of beginning a span. All were chosen on 120 of the training articles,
held out. No random numbers. Sources, cues and contents are linked by distance (`framing/attribution/linking.py`): with spans as
people marked them, 95 % of the sources and 92 % of the contents of 200 training articles are linked as they were.""",
        "How good it is": figures_table([("84 development articles", measured, metrics)]),
        "What it cannot do": """
Attributions inside attributed speech are not marked, as they are not in the corpus. Coders disagreed on cues, the most on verbs
of intention and feeling. It was trained on US politics of 2016; scripts, transcripts and lists of quotations are
foreign to it. It does not know whether a source said what is attributed to it.""",
    }
    save("linear", "attribution", arrays, card(TITLE, arrays, sections))


TITLE = "Attribution, linear model"

if __name__ == "__main__":
    main()
