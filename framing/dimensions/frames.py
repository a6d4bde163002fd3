"""News frames: which of six common frames a sentence puts its subject into (Semetko & Valkenburg 2000)."""

from __future__ import annotations

from itertools import chain

import numpy as np

from framing.analysis import Dimension, Evidence, Markup, Score, cues, grouped, rates
from framing.lexicon import load_lexicon

FRAMES = ("conflict", "human_interest", "economic_consequences", "morality", "responsibility", "security")


def find_frames(markup: Markup) -> list[Evidence]:
    """Cues of the frames, labelled with the frame."""
    lexicon = load_lexicon("frames")
    return cues("frames", markup.document, lexicon, lexicon.match(markup.document))


def measure_frames(markup: Markup, evidence: list[Evidence]) -> list[Score]:
    """Share of sentences with a cue of the frame, 0..1, by frame and voice; `n` is the sentences of the voice."""
    flags = np.minimum(markup.count(grouped(evidence, FRAMES)), 1)
    by_frame = rates(
        "frames", "share", flags, markup.sentences, scale=1, unit="share of sentences", labels=FRAMES
    )
    return list(chain.from_iterable(by_frame))


DIMENSION = Dimension(
    name="frames",
    title="Frames",
    question="Which sides of its subject does the text bring out?",
    unit="share of sentences",
    higher="more sentences hold a word of the frame; a sentence may belong to several frames",
    limits=(
        "It counts words of a frame and cannot tell whether the frame organises the article; "
        "the shares of two frames do not compare, since one has more words than the other. Not validated on hand-coded news."
    ),
    reference="Semetko & Valkenburg 2000; Buzan, Wæver & de Wilde 1998 for security",
    find=find_frames,
    measure=measure_frames,
)
