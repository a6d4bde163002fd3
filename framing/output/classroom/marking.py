"""The page on which somebody marks the articles of an exercise: one file that needs no server and no network."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from framing.actors import find_mentions
from framing.classroom.coding import LABELS
from framing.classroom.exercise import Exercise, ExerciseArticle
from framing.document import make_document
from framing.output.classroom.guides import GUIDES, label_name
from framing.output.page import environment, json_data, policy, read_template
from framing.output.style import actor_name

# How to answer by mouse or keyboard, and by finger.
_WORDS = {
    "mouse": "Drag over the words, or click one, and choose a label. Click a mark to change or remove it. With the keyboard, go "
    "to the text by the Tab key and press ? for the keys.",
    "finger": "Tap the first word, then the last, and choose a label. Tap a mark to change or remove it.",
}
_STEPS = {
    "mouse": "Click a step; with the keyboard, go on with the Tab key and choose with the arrow keys. Delete takes an answer "
    "back.",
    "finger": "Tap a step for each of them.",
}


def marking_data(exercise: Exercise, coder: str = "", round: str = "") -> dict[str, Any]:
    """What `createMarker` in `marker.js` needs, ready for JSON: the texts and the labels, nothing of the key or the models.

    Offsets are half-open code points, sentences count from 0. `actors` of an article, (id, title), are those that its text
    names, offered where a loaded word is about somebody.
    """
    return {
        "exercise": exercise.id,
        "dimension": exercise.dimension,
        "coder": coder,
        "round": round,
        "labels": [
            {"id": label, "name": label_name(label), "meaning": meaning}
            for label, meaning in LABELS[exercise.dimension].items()
        ],
        "articles": [_article(article, exercise.dimension) for article in exercise.articles],
    }


def render_marking_page(exercise: Exercise) -> str:
    """The page as HTML; the same exercise gives the same page. Its policy lets nothing run or load but what it holds."""
    style = read_template("classroom/mark.css") + read_template("classroom/marker.css")
    script = read_template("classroom/marker.js") + _START
    guide = GUIDES[exercise.dimension]
    how = _STEPS if exercise.dimension == "stance" else _WORDS
    question = f"{guide.question} {guide.on_screen} {guide.not_counted}"
    return (
        environment()
        .get_template("classroom/mark.html")
        .render(
            exercise=exercise.id,
            task={"title": guide.title, "question": question, **how},
            data=json_data(marking_data(exercise)),
            style=Markup(style),  # noqa: S704 - the package's own file
            script=Markup(script),  # noqa: S704 - see above
            policy=policy(style, script),
        )
    )


_START = """
createMarker(document.querySelector(".marker"), JSON.parse(document.querySelector('script[type="application/json"]').textContent));
"""


def _article(article: ExerciseArticle, dimension: str) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "text": article.text,
        "paragraphs": [list(paragraph) for paragraph in article.paragraphs],
        "sentences": [[sentence.start, sentence.end] for sentence in article.sentences],
        "pairs": [[sentence, actor, actor_name(actor)] for sentence, actor in article.pairs],
        "actors": _actors(article) if dimension == "loaded" else [],
    }


def _actors(article: ExerciseArticle) -> list[list[str]]:
    """Those whom the sentences name, in the order of their titles."""
    mentions = find_mentions(make_document(article.text, article.id))
    titles = {
        mention.actor: actor_name(mention.actor)
        for mention in mentions
        if any(sentence.start <= mention.start < sentence.end for sentence in article.sentences)
    }
    return sorted(map(list, titles.items()), key=lambda pair: pair[1])
