"""Several analyses side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from framing.analysis import Analysis
from framing.comparison import differences as between_articles
from framing.comparison import facts as coverage
from framing.comparison import groups, keywords, naming, passages, rows, sourcing
from framing.encoder import vectors


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several analyses and what sets them apart, as tidy frames described in the modules of `framing.comparison`.

    A frame is worked out when it is first asked for. Scores, differences and distinctive words are those of articles;
    `group_scores`, `group_differences` and `group_keywords` those of the groups that a metadata column named `group_by` makes.
    """

    analyses: tuple[Analysis, ...]
    seed: int = 0
    resamples: int = 1000
    group_by: str | None = None

    @cached_property
    def scores(self) -> pd.DataFrame:
        """A row per article and score."""
        return rows.scores_frame(self.analyses)

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """A row per article and piece of evidence."""
        return rows.evidence_frame(self.analyses)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """A row per pair of articles and score."""
        return between_articles.differences(self.analyses, seed=self.seed, resamples=self.resamples)

    @cached_property
    def group_scores(self) -> pd.DataFrame:
        """A row per group and score, with intervals over articles. Raises `ValueError` without `group_by`."""
        return groups.group_scores(self.analyses, self._by, seed=self.seed, resamples=self.resamples)

    @cached_property
    def group_differences(self) -> pd.DataFrame:
        """A row per pair of groups and score, tested over articles. Raises `ValueError` without `group_by`."""
        return groups.group_differences(self.analyses, self._by, seed=self.seed, resamples=self.resamples)

    @cached_property
    def keywords(self) -> pd.DataFrame:
        """A row per article and word or phrase of up to three words: how distinctive it is."""
        return keywords.keywords(self.analyses, longest=3)

    @cached_property
    def group_keywords(self) -> pd.DataFrame:
        """A row per group and word or phrase of up to three words. Raises `ValueError` without `group_by`."""
        return keywords.keywords(self.analyses, longest=3, by=self._by)

    @cached_property
    def naming(self) -> pd.DataFrame:
        """A row per article, actor and name."""
        return naming.naming(self.analyses)

    @cached_property
    def renamings(self) -> pd.DataFrame:
        """A row per change of name inside an article."""
        return naming.renamings(self.analyses)

    @cached_property
    def speakers(self) -> pd.DataFrame:
        """A row per article, type of source and actor: whose words the article gives."""
        return sourcing.speakers(self.analyses)

    @cached_property
    def verbs(self) -> pd.DataFrame:
        """A row per article, side and verb by which the side is quoted."""
        return sourcing.verbs(self.analyses)

    @cached_property
    def verb_differences(self) -> pd.DataFrame:
        """A row per pair of sides and class of verbs."""
        return sourcing.verb_differences(self.analyses)

    @cached_property
    def author_and_sources(self) -> pd.DataFrame:
        """A row per article and actor: stance of the author against stance of the quoted."""
        return sourcing.author_and_sources(self.analyses, seed=self.seed, resamples=self.resamples)

    @cached_property
    def facts(self) -> pd.DataFrame:
        """A row per fact and article that mentions it."""
        return coverage.facts(self.analyses)

    @cached_property
    def passages(self) -> pd.DataFrame:
        """A row per pair of passages that tell the same thing."""
        models = {analysis.signature["model"] for analysis in self.analyses}
        return passages.passages(
            self.analyses, vectors=vectors.sentence_vectors if models == {"encoder"} else None
        )

    @cached_property
    def similarity(self) -> pd.DataFrame:
        """A row per pair of articles: how alike their words are."""
        return passages.similarity(self.analyses)

    @property
    def _by(self) -> str:
        if self.group_by is None:
            raise ValueError(
                "this comparison has no groups; name a metadata column: compare(analyses, group_by='outlet')"
            )
        return self.group_by


def compare(
    analyses: Iterable[Analysis], *, seed: int = 0, resamples: int = 1000, group_by: str | None = None
) -> Comparison:
    """Set analyses side by side, in the order given; `group_by` names a metadata column, such as outlet, genre or date.

    Raises `ValueError` when two articles share an id, or no article has the column.
    """
    analyses = tuple(analyses)
    counts = Counter(analysis.document.id for analysis in analyses)
    twice = [id for id, count in counts.items() if count > 1]
    if twice:
        raise ValueError(f"two articles have the id '{twice[0]}'; give each its own")
    if group_by is not None and analyses:
        groups.grouped(analyses, group_by)  # says what columns there are, if not this one
    return Comparison(analyses, seed, resamples, group_by)
