"""One coding for each coder and round: files on different articles together, a namesake's apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from framing.classroom.coding.marks import Coding
from framing.corpus import Failure
from framing.decoding import replace_surrogates

if TYPE_CHECKING:
    from framing.classroom.exercise import Exercise


def join_codings(codings: Iterable[Coding], exercise: Exercise) -> tuple[list[Coding], list[Failure]]:
    """Codings of different articles by one coder in one round as one coding, and what there is to say about others.

    A second coding of the same article counts as one by somebody else with the same name, or not at all where it is the
    same. All articles must be among those of the exercise.
    """
    joined: dict[tuple[str, str], Coding] = {}
    failures: list[Failure] = []
    for coding in codings:
        own, count = coding, 1
        while (known := joined.get((own.coder, own.round))) is not None:
            if not set(known.articles) & set(own.articles):
                together = replace(
                    known, articles=known.articles + own.articles, marks=known.marks + own.marks
                )
                own = in_order(together, exercise)
                break
            if (known.articles, known.marks) == (own.articles, own.marks):
                own = known
                break
            count += 1
            own = replace(coding, coder=f"{coding.coder} ({count})")
        if own is known:
            failures.append(
                _said(coding, f"is the same coding as {own.file or own.coder}", "it was counted once")
            )
        elif own.coder != coding.coder:
            problem = f"holds another coding by “{coding.coder}”, counted as “{own.coder}”"
            failures.append(_said(coding, problem, "give each coder a name, and each round too"))
        joined[own.coder, own.round] = own
    return list(joined.values()), failures


def in_order(coding: Coding, exercise: Exercise) -> Coding:
    """A coding with its articles and marks in the order of the exercise and the text."""
    order = {article.id: number for number, article in enumerate(exercise.articles)}
    return replace(
        coding,
        articles=tuple(sorted(coding.articles, key=order.__getitem__)),
        marks=tuple(sorted(coding.marks, key=lambda mark: (order[mark.article], *mark[1:]))),
    )


def _said(coding: Coding, problem: str, advice: str) -> Failure:
    return Failure(replace_surrogates(coding.file or coding.coder)[0], None, problem, advice, lost=False)
