"""Worked examples: the package is run when the site is built, so what a page shows is what a reader gets."""

from __future__ import annotations

import json
import math
import shlex
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import chdir
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import yaml
from markupsafe import Markup
from typer.testing import CliRunner

import framing
from _site.included import ROOT
from _site.tables import folded, table
from framing.analysis import ALL_VOICES, Analysis, Evidence, Score
from framing.cli.main import app
from framing.data import folder
from framing.output.style import actor_name, in_words, shown, spoken
from framing.output.table import json_line as table_line

_VOICES = ("all", "author", "attributed")
_TELLINGS = ("wire", "opinion", "analysis", "reportage")
_WIDEST = 90  # characters of a command on one line
_FIGURES = (  # of the teaching texts: dimension, measure, label, actor, and what a teacher calls it
    ("attribution", "attributed_words", None, None, "words that are a source’s"),
    ("attribution", "source_type_share", "named_person", None, "attributions to named persons"),
    ("hedging", "hedged_sentences", None, None, "hedged sentences per 100"),
    ("loaded", "loaded_terms", None, None, "loaded terms per 1,000 words"),
    ("stance", "mean_polarity", None, "russia", "stance towards Russia"),
    ("readability", "flesch_kincaid_grade", None, None, "US school grade"),
)


def example(dimension: str, text: str, model: str = "linear") -> str:
    """A text with what a dimension marks in it, the reasons, and the scores that follow."""
    analysis = framing.analyze(text, model=model, dimensions=[dimension])
    marked = framing.render(analysis, dimensions=[dimension], jupyter=False)
    return "\n".join(
        (
            '<div class="example">',
            marked,
            folded("What is marked, and why", _evidence(analysis, analysis.readings[dimension].evidence)),
            folded("The scores that follow", _scores(analysis, dimension)),
            "</div>",
        )
    )


def _evidence(analysis: Analysis, evidence: Iterable[Evidence]) -> str:
    rows = []
    for item in evidence:
        neutral = item.extra.get("neutral")
        why = f"{item.why} Neutral: {neutral}." if neutral else item.why
        actor = actor_name(item.actor) if item.actor else ""
        rows.append((analysis.document[item], spoken(item.label), actor, item.voice, why))
    columns = ("words", "label", "actor", "voice", "why")
    used = [number for number, _ in enumerate(columns) if any(row[number] for row in rows)]
    return table([columns[number] for number in used], [[row[number] for number in used] for row in rows])


def _scores(analysis: Analysis, dimension: str) -> str:
    scores: dict[tuple[str, str, str], dict[str, Score]] = {}
    for score in analysis.readings[dimension].scores:
        name = score.measure, score.label or "", score.actor or ""
        scores.setdefault(name, {})[score.voice] = score
    rows = [
        (
            _name(by_voice["all"]),
            *(
                shown(by_voice[voice].value, score.unit) if voice in by_voice else "–"
                for voice in _VOICES
                for score in [by_voice["all"]]
            ),
            _interval(by_voice["all"]),
            f"{by_voice['all'].n:,}",
            in_words(by_voice["all"].unit),
        )
        for (_, label, _), by_voice in scores.items()
        if by_voice["all"].n and (by_voice["all"].value or not label)
    ]
    return table(("measure", *_VOICES, "95 % interval", "n", "unit"), rows)


def _name(score: Score) -> str:
    about = spoken(score.label) if score.label else actor_name(score.actor) if score.actor else ""
    return f"{spoken(score.measure)}: {about}" if about else spoken(score.measure)


def _interval(score: Score) -> str:
    if math.isnan(score.low):
        return "too little text"
    return f"{shown(score.low, score.unit)} to {shown(score.high, score.unit)}"


@cache
def _teaching_text(name: str) -> Analysis:
    return framing.analyze(framing.read(folder("texts") / f"{name}.md"))


def tellings(event: str) -> str:
    """The four articles of an event side by side, by the default model: what a class will meet."""
    analyses = {telling: _teaching_text(f"{event}-{telling}") for telling in _TELLINGS}
    rows = []
    for dimension, measure, label, actor, name in _FIGURES:
        cells = []
        for analysis in analyses.values():
            key = dimension, measure, label or "", actor or "", ALL_VOICES[-1]
            score = next(score for score in analysis.scores if score.key == key)
            value = Markup("<b>{}</b>").format(shown(score.value, score.unit))
            cells.append(value + Markup("<br><small>{}</small>").format(_interval(score)))
        rows.append((name, *cells))
    return table(("figure", *analyses), rows)


def marks(article: str, dimension: str) -> str:
    """What the default model marks in a teaching text, sentence by sentence: for whoever has no computer in class."""
    return folded(f"What the instrument marks in {article} ({dimension})", _marks(article, dimension))


def _marks(article: str, dimension: str) -> str:
    analysis = _teaching_text(article)
    document = analysis.document
    rows: list[tuple[object, ...]] = []
    for item in analysis.readings[dimension].evidence:
        number = document.sentence_at(item.start)
        sentence = "" if number is None else number + 1
        rows.append((sentence, document[item], spoken(item.label), item.voice, _more(analysis, item)))
    return table(("sentence", "words", "label", "whose words", "more"), rows)


def _more(analysis: Analysis, item: Evidence) -> str:
    """Of an attribution the source, of a loaded term the neutral wording."""
    source = item.extra.get("source")
    if source:
        return f"source: {analysis.document.text[slice(*source)]}"
    return f"neutral: {item.extra['neutral']}" if item.extra.get("neutral") else ""


def signature() -> dict[str, object]:
    """The signature of a default analysis."""
    return dict(framing.analyze("It may rain.", dimensions=["hedging"]).signature)


def json_line() -> str:
    """The line of a teaching text, shortened: its article, its signature and one score."""
    line = json.loads(table_line(_teaching_text("khmeimim-wire").to_dict(evidence=False)))
    article = {key: line["article"][key] for key in ("id", "outlet", "sha256", "words", "sentences")}
    score = next(
        score
        for score in line["scores"]
        if (score["measure"], score["voice"]) == ("hedged_sentences", ALL_VOICES[-1])
    )
    return json.dumps({"article": article, "signature": line["signature"], "scores": [score]}, indent=2)


@cache
def _desk() -> TemporaryDirectory[str]:
    """A folder with the teaching texts, in which the commands of the pages are run; it goes when the build ends."""
    desk = TemporaryDirectory()
    shutil.copytree(ROOT / "texts", Path(desk.name) / "texts")
    return desk


@cache
def output(command: str) -> str:
    """What a command prints, as a block of code with the command on top. Commands of a page find the files of those before."""
    with chdir(_desk().name):
        done = CliRunner().invoke(app, shlex.split(command)[1:], catch_exceptions=False)
    if done.exit_code:
        raise ValueError(f"{command}: {done.output}")
    return f"```console\n$ {_broken(command)}\n{done.stdout.rstrip()}\n```"


def _broken(command: str) -> str:
    """A long command on several lines, an option on each."""
    return command if len(command) <= _WIDEST else command.replace(" --", " \\\n    --")


def judged(name: str, answers: Mapping[str, str]) -> str:
    """A sample of hits with the answers of somebody who judged them, term by term: filled in, and shown as a table."""
    path = Path(_desk().name) / name
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows["right"] = rows["term"].map(answers)
    rows.to_csv(path, index=False)
    return table(
        ("hit", "before", "after", "right"), rows[["hit", "before", "after", "right"]].itertuples(index=False)
    )


def contents(name: str) -> str:
    """A file that a command has written, as a block of code."""
    return f"```text\n{(Path(_desk().name) / name).read_text(encoding='utf-8').rstrip()}\n```"


def citation() -> str:
    """The reference of the program, from CITATION.cff."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = "; ".join(author["name"] for author in cited["authors"])
    return f"{authors} ({cited['date-released'].year}). {cited['title']}. Version {cited['version']}."


def widths() -> str:
    """Half the width of a 95 % interval of a share, by the normal approximation, for several n."""
    shares = (0.1, 0.3, 0.5)
    rows = [(f"{n:,}", *_widths(n, shares)) for n in (25, 50, 100, 200, 400, 1000)]
    return table(("n", *(f"share of {share:.0%}".replace("%", " %") for share in shares)), rows)


def _widths(n: int, shares: Iterable[float]) -> Iterator[str]:
    for share in shares:
        yield f"± {196 * math.sqrt(share * (1 - share) / n):.0f} points"
