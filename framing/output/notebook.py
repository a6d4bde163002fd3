"""Documents, analyses and comparisons as pictures of themselves: in a notebook, or as HTML for any page.

Notebooks are shown in many places, and most of them take things away: GitHub every style, JupyterLab the pictures in
SVG of a notebook it does not trust, all of them scripts. So marks are `mark` elements that carry their label as text,
styles stand at the elements and only add to that, colours are the page's own or such that show on light and dark
paper, and nothing has an id. Jinja2, pandas and the charts are loaded when something is shown.
"""

from __future__ import annotations

import base64
import importlib
import math
import operator
import re
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeGuard, Union, overload

from markupsafe import Markup, escape

from framing.analysis import Analysis, Evidence, Score, choose_dimensions, load_dimensions
from framing.document import Document, Paragraph
from framing.output.highlight import Block, Piece, marked
from framing.output.page import environment
from framing.output.style import SIGNIFICANT, actor_name, in_words, ink, shortened, shown, spoken
from framing.voice import Voices

if TYPE_CHECKING:
    from framing.comparison.compare import Comparison

STYLES = ("evidence", "span", "ent", "table")
OPTIONS = ("colors", "labels", "ents", "layers", "dark")
LAYERS = ("attribution", "hedging", "loaded")  # what is marked unless dimensions are named
MOST_ARTICLES = 24  # of a comparison, in picture and table
_PASSAGE = 120  # characters of a passage in a table
VOICES_SHOWN = ("author", "attributed", "all")
_WIDTH = 880  # of the picture, in pixels
_SCALE = 1.5  # of the picture as PNG
_SPEAKERS = {"author": "the author", "attributed": "a source", "headline": "the headline"}

Shown = Union[Document, Analysis, "Comparison", Mapping[str, Any]]


@overload
def render(
    what: Shown | Iterable[Shown],
    *,
    style: str = ...,
    page: bool = ...,
    jupyter: Literal[False],
    dimensions: Sequence[str] | None = ...,
    manual: bool = ...,
    options: Mapping[str, Any] | None = ...,
) -> str: ...
@overload
def render(
    what: Shown | Iterable[Shown],
    *,
    style: str = ...,
    page: bool = ...,
    jupyter: bool | None = ...,
    dimensions: Sequence[str] | None = ...,
    manual: bool = ...,
    options: Mapping[str, Any] | None = ...,
) -> str | None: ...


def render(
    what: Shown | Iterable[Shown],
    *,
    style: str = "evidence",
    page: bool = False,
    jupyter: bool | None = None,
    dimensions: Sequence[str] | None = None,
    manual: bool = False,
    options: Mapping[str, Any] | None = None,
) -> str | None:
    """A text with marks in it as HTML, in the manner of spaCy's displaCy.

    `what` is a document (its quotations are marked), an analysis (its evidence), a comparison (its picture and table,
    then its articles), or several of them. With `manual` it is a dict or several: `text`, an optional `title`, and
    `spans` (or `ents`), each with `start` and `end` in code points, a `label`, and, if you like, `why`, `voice` and
    `layer`. Spans may overlap and nest. Nothing is analysed to be shown.

    `style` is "evidence" (a line of its own kind for each layer, the label beside the words; "span" is the same),
    "ent" (a box around the words and their label) or "table" (a row for each passage). `dimensions` chooses the
    readings of an analysis: attribution, hedging and loaded language when None. `options` has `colors` by label or
    layer, the `layers` and the `labels` (or `ents`) to show when not all, and `dark` for the picture of a comparison.
    `page` gives a whole page.

    In a notebook the result is displayed and None returned, elsewhere, and for a page, it is returned; `jupyter`
    decides otherwise. The same input gives the same bytes. Raises `ValueError` for a span that lies outside its text,
    and for an unknown style, dimension, option or colour; `TypeError` for what cannot be shown.

    >>> span = {"start": 3, "end": 6, "label": "hedge"}
    >>> html = render({"text": "It may fall.", "spans": [span]}, manual=True)
    >>> html.count("<mark"), html.count("hedge")
    (1, 1)
    """
    if style not in STYLES:
        raise ValueError(_unknown("style", style, STYLES))
    settings = _settings(options or {})
    several = isinstance(what, Iterable) and not isinstance(what, Mapping | str)
    items: list[Any] = list(what) if several else [what]  # type: ignore[arg-type]
    look = _Look(style, settings, page)
    body = Markup("").join(_part(item, look, dimensions, manual) for item in items)
    html = _cleaned(_template().page(title=_title(items), body=body) if page else body)
    if jupyter or (jupyter is None and not page and in_notebook()):
        bundle = {"text/plain": "\n".join(map(summary, items)), "text/html": html}
        if len(items) == 1 and _is_comparison(items[0]):
            png = comparison_png(items[0], dark=settings.dark)
            bundle["image/png"] = base64.b64encode(png).decode("ascii")
        _display(bundle)
        return None
    return html


def document_html(document: Document) -> str:
    """A document at a glance: title, byline, size, and its text with the quotations marked. Nothing is analysed."""
    return _cleaned(_text(_of_document(document), _NOTEBOOK))


def analysis_html(analysis: Analysis) -> str:
    """An analysis at a glance: the score that stands for each dimension by voice, and the text with its evidence, folded."""
    sheet = _of_analysis(analysis, None)
    text = _text(sheet.below(), _NOTEBOOK)
    rows = list(_voice_rows(analysis))
    kept = _resampled([analysis])
    return _cleaned(_template().analysis(sheet=sheet, rows=rows, voices=VOICES_SHOWN, text=text, kept=kept))


def text_html(analysis: Analysis, dimensions: Sequence[str] | None = None, *, style: str = "evidence") -> str:
    """The text of an analysis with its evidence marked, or a table of it, and nothing around: for a place that has the rest.

    `dimensions` are as in `render`, `style` is one of `STYLES`.
    """
    sheet = _of_analysis(analysis, dimensions).below()
    return _cleaned(_text(sheet._replace(others=()), _NOTEBOOK._replace(style=style)))


def comparison_html(comparison: Comparison) -> str:
    """A comparison at a glance: one picture and one table of the score that stands for each dimension."""
    return _cleaned(_comparison(comparison, _NOTEBOOK))


def comparison_png(comparison: Comparison, *, dark: bool = False) -> bytes:
    """The picture of a comparison as PNG, for where HTML is not shown."""
    import vl_convert  # noqa: PLC0415  see the module

    return smaller(vl_convert.svg_to_png(_picture(comparison, dark=dark), scale=_SCALE))


def summary(what: object) -> str:
    """What something is, in one line.

    >>> from framing.document import make_document
    >>> summary(make_document("It may fall.", "first"))
    "Document 'first', 3 words, 1 sentence"
    """
    if isinstance(what, Document):
        return f"Document '{what.id}', {_counted(what.words, 'word')}, {_counted(len(what.sentences), 'sentence')}"
    if isinstance(what, Analysis):
        document = what.document
        size = f"{_counted(document.words, 'word')}, {_counted(len(what.evidence), 'piece')} of evidence"
        return f"Analysis of '{document.id}', {size}: {', '.join(what.readings)}"
    if _is_comparison(what):
        return f"Comparison of {_counted(len(what.analyses), 'article')}"
    return "Text with spans"


# What is shown --------------------------------------------------------------------------------------------------


class Mark(NamedTuple):
    """A passage to mark: where it is, which layer and label it has, what is printed beside it and told about it."""

    start: int
    end: int
    layer: str
    label: str
    beside: str
    look: str = ""  # where a layer has marks of several looks
    voice: str = ""
    actor: str = ""
    why: str = ""


class Sheet(NamedTuple):
    """One text, ready to be laid out. `wrapped` tells whether its line breaks may become spaces.

    `headed` is false where title and byline stand above already; then they are empty here.
    """

    title: Markup
    byline: tuple[str, ...]
    text: str
    paragraphs: tuple[Paragraph, ...]
    marks: list[Mark]
    titles: Mapping[str, str]  # of the layers
    others: tuple[str, ...] = ()  # layers there are besides
    signature: Mapping[str, Any] = {}
    hint: str = ""
    wrapped: bool = True
    headed: bool = True

    def below(self) -> Sheet:
        """The same for a place below a title, a byline and a signature."""
        return self._replace(title=Markup(""), byline=(), signature={}, headed=False)


class _Settings(NamedTuple):
    colors: Mapping[str, str]
    labels: frozenset[str] | None
    layers: frozenset[str] | None
    dark: bool


class _Look(NamedTuple):
    style: str
    settings: _Settings
    page: bool


_NOTEBOOK = _Look("evidence", _Settings({}, None, None, dark=False), page=False)


def _part(item: Any, look: _Look, dimensions: Sequence[str] | None, manual: bool) -> Markup:
    if manual and not isinstance(item, Mapping):
        raise TypeError(
            f"with manual=True a dict with 'text' and 'spans' is shown, not {type(item).__name__}"
        )
    if dimensions is not None and isinstance(item, Document | Mapping):
        instead = (
            "options={'layers': [...]} chooses among spans" if manual else "show framing.analyze(document)"
        )
        raise ValueError(f"dimensions choose among the readings of an analysis; {instead}")
    if isinstance(item, Document):
        return _text(_of_document(item), look)
    if isinstance(item, Analysis):
        return _text(_of_analysis(item, dimensions), look)
    if isinstance(item, Mapping) and manual:
        return _text(_of_spans(item), look)
    if _is_comparison(item):
        texts = [
            (summary(analysis), _text(_of_analysis(analysis, dimensions), look)) for analysis in item.analyses
        ]
        folded: Markup = _template().folded(texts=texts)
        return _comparison(item, look) + folded
    hint = "; a dict needs manual=True" if isinstance(item, Mapping) else ""
    raise TypeError(f"a Document, an Analysis or a Comparison is shown, not {type(item).__name__}{hint}")


def _is_comparison(item: object) -> TypeGuard[Comparison]:
    """Whether something is a comparison, without loading pandas to find out: whoever has one has loaded its module."""
    module = sys.modules.get("framing.comparison.compare")
    return module is not None and isinstance(item, module.Comparison)


def _comparison(comparison: Comparison, look: _Look) -> Markup:
    analyses = comparison.analyses[:MOST_ARTICLES]
    picture = _picture(comparison, dark=look.settings.dark) if analyses else ""
    keys = main_keys(comparison.analyses)
    names = _names(comparison)
    html: Markup = _template().comparison(
        articles=[(names[analysis.document.id], _cells(analysis, keys)) for analysis in analyses],
        heads=[score_head(comparison.analyses, key) for key in keys],
        total=len(comparison.analyses),
        words=sum(analysis.document.words for analysis in comparison.analyses),
        tests=int(comparison.differences.p.notna().sum()),
        different=int((comparison.differences.q <= SIGNIFICANT).sum()),
        picture=base64.b64encode(picture.encode("utf-8")).decode("ascii"),
        signature=comparison.analyses[0].signature if analyses else {},
        kept=_resampled(analyses),
        page=look.page,
    )
    return html


def _of_document(document: Document) -> Sheet:
    voices = Voices(document, ())
    marks = []
    for quote in document.quotes:
        voice = voices.of(quote.start, quote.end).name
        beside = "quote" if voice == "attributed" else "in quotation marks"
        marks.append(Mark(quote.start, quote.end, "quotation", "quote", beside, "content", voice))
    hint = "Not analysed: framing.analyze(document) finds attribution, hedges, loaded terms and more."
    return Sheet(
        title=escape(document.meta.get("title") or ""),
        byline=_byline(document),
        text=document.text,
        paragraphs=document.paragraphs,
        marks=marks,
        titles={"quotation": "Quotation"},
        hint=hint,
    )


def _of_analysis(analysis: Analysis, dimensions: Sequence[str] | None) -> Sheet:
    readings = analysis.readings
    chosen = [dimension.name for dimension in choose_dimensions(dimensions)]
    if dimensions is None:
        chosen = [name for name in readings if name in LAYERS] or list(readings)
    for name in chosen:
        if name not in readings:
            raise ValueError(f"this analysis has no reading of '{name}'; it has {', '.join(readings)}")
    return Sheet(
        title=escape(analysis.document.meta.get("title") or ""),
        byline=_byline(analysis.document),
        text=analysis.document.text,
        paragraphs=analysis.document.paragraphs,
        marks=list(
            dict.fromkeys(
                mark for name in chosen for item in readings[name].evidence for mark in _marks(item)
            )
        ),
        titles={name: reading.dimension.title for name, reading in readings.items()},
        others=tuple(name for name in readings if name not in chosen),
        signature=analysis.signature,
    )


_NAMES = {"hedging": "hedge", "loaded": "loaded", "frames": "frame"}


def _marks(item: Evidence) -> Iterator[Mark]:
    """The marks of a piece of evidence: of an attribution the cue and each part of what is attributed."""
    mark = Mark(
        start=item.start,
        end=item.end,
        layer=item.dimension,
        label=item.label,
        beside=_beside(item),
        voice=item.voice,
        actor=actor_name(item.actor) if item.actor else "",
        why=_why(item),
    )
    if item.dimension == "attribution":
        yield mark._replace(look="cue")
        speaker = (
            actor_name(item.source_actor)
            if item.source_actor
            else spoken(item.extra.get("source_type") or "")
        )
        how = "quote" if item.extra.get("form") == "direct" else "attributed"
        beside = f"{how}: {speaker}" if item.source_actor or item.extra.get("source_type") else how
        for start, end in item.extra.get("content", ()):
            yield mark._replace(
                start=start, end=end, beside=beside, look="content", voice="attributed", why=""
            )
    elif item.dimension in {"stance", "tone"}:
        yield mark._replace(look="sentence")
        for start, end, weight in item.extra.get("words", ()):
            sign = "+" if weight > 0 else "−"
            # A word may decide about several actors; it is marked once.
            yield Mark(int(start), int(end), item.dimension, item.label, sign, "word")
    else:
        yield mark


def _beside(item: Evidence) -> str:
    label = spoken(item.label)
    if item.dimension == "attribution":
        return f"{label} cue"
    if item.dimension in {"stance", "tone"}:
        value = shown(item.weight, "−1..1")
        return f"{actor_name(item.actor)} {value}" if item.actor else f"{item.dimension} {value}"
    name = _NAMES.get(item.dimension)
    return f"{name}: {label}" if name and label not in {"booster", name} else label


def _why(item: Evidence) -> str:
    neutral = item.extra.get("neutral")
    return f"{item.why}; a neutral word: {neutral}" if neutral else item.why


def _of_spans(what: Mapping[str, Any]) -> Sheet:
    text = what.get("text")
    if not isinstance(text, str):
        raise TypeError(f"'text' must be a string, not {type(text).__name__}")
    marks = [_of_span(span, text) for span in (*what.get("spans", ()), *what.get("ents", ()))]
    return Sheet(
        title=escape(what.get("title") or ""),
        byline=(),
        text=text,
        paragraphs=tuple(_parts(text)),
        marks=marks,
        titles={},
        wrapped=False,
    )


def _of_span(span: Mapping[str, Any], text: str) -> Mark:
    """A hand-made span as a mark; a row of evidence, as the command line writes it, is one too."""
    for key in ("start", "end", "label"):
        if key not in span:
            raise ValueError(f"the span {dict(span)} has no '{key}'")
    start, end, label = operator.index(span["start"]), operator.index(span["end"]), str(span["label"])
    if not 0 <= start < end <= len(text):
        lies = (
            "is empty or ends before it starts" if 0 <= end <= start <= len(text) else "lies outside the text"
        )
        raise ValueError(f"the span {start}–{end} '{label}' {lies}, which has {len(text)} characters")
    return Mark(
        start=start,
        end=end,
        layer=str(span.get("layer") or span.get("dimension") or label),
        label=label,
        beside=label,
        voice=str(span.get("voice") or ""),
        actor=str(span.get("actor") or ""),
        why=str(span.get("why") or ""),
    )


_GAP = re.compile(r"(?<!\s)(?:\s*\n[^\S\n]*\n\s*|\A\s+|\s+\Z)")  # looked for once in a line of blanks


def _parts(text: str) -> Iterator[Paragraph]:
    """What stands between empty lines."""
    start = 0
    for gap in (*_GAP.finditer(text), None):
        end = gap.start() if gap else len(text)
        if start < end:
            yield Paragraph(start, end, "body")
        start = gap.end() if gap else end


def _byline(document: Document) -> tuple[str, ...]:
    known = [document.meta.get(key) for key in ("outlet", "author", "date", "genre")]
    size = [_counted(document.words, "word"), _counted(len(document.sentences), "sentence")]
    return *(str(part) for part in known if part and str(part).casefold() != "unknown"), *size


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


# Numbers --------------------------------------------------------------------------------------------------------

Key = tuple[str, str, str, str]  # dimension, measure, label and actor of a score


def main_keys(analyses: Sequence[Analysis], *, actors: int = 3) -> list[Key]:
    """The score that stands for each dimension, as in the chart at a glance, and the stance towards the actors most mentioned.

    A dimension whose scores all carry a label (frames) has no single value and is left out.
    """
    scores = [score for analysis in analyses for score in analysis.scores]
    keys: dict[str, Key] = {}
    for score in scores:
        if (
            score.voice == "all"
            and score.label is None
            and score.actor is None
            and score.dimension != "stance"
        ):
            keys.setdefault(score.dimension, score.key[:4])
    stance = [score for score in scores if score.dimension == "stance" and score.actor]
    everybody = [score for score in stance if score.voice == "all"]
    measure = stance[0].measure if stance else ""
    totals: dict[str, int] = {}
    for analysis in analyses:
        first: dict[str, int] = {}
        for score in analysis.scores:
            if score.dimension == "stance" and score.actor and score.voice == "all":
                first.setdefault(score.actor, score.n)
        for actor, count in first.items():
            totals[actor] = totals.get(actor, 0) + count
    most = sorted(totals, key=lambda actor: (-totals[actor], actor))[:actors]
    if any(not math.isnan(score.low) for score in scores):
        enough = {
            score.actor for score in everybody if score.measure == measure and not math.isnan(score.low)
        }
        most = [actor for actor in most if actor in enough]
    first_measure = {score.actor: score.measure for score in reversed(everybody)}
    return [*keys.values(), *(("stance", first_measure[actor], "", actor) for actor in most)]


class Head(NamedTuple):
    """What a score measures, and in which unit."""

    title: str
    measure: str
    unit: str


class Cell(NamedTuple):
    """A value as it is printed, with its interval, "" where there is none, and n; `value` is "" where there is no score."""

    value: str = ""
    interval: str = ""
    n: int = 0


def score_head(analyses: Sequence[Analysis], key: Key) -> Head:
    """What a score that one of the analyses has measures."""
    dimension, measure, _, actor = key
    unit = next(score.unit for analysis in analyses for score in analysis.scores if score.key[:4] == key)
    title = load_dimensions()[dimension].title if dimension in load_dimensions() else dimension
    named = "" if dimension == "stance" else spoken(measure)
    return Head(f"{title}: {actor_name(actor)}" if actor else title, named, in_words(unit))


def _cells(analysis: Analysis, keys: Sequence[Key], voice: str = "all") -> list[Cell]:
    found = {score.key: score for score in analysis.scores}
    return [_cell(found.get((*key, voice))) for key in keys]


def _cell(score: Score | None) -> Cell:
    if score is None or not score.n:
        return Cell()
    interval = ""
    if not math.isnan(score.low):
        interval = f"{shown(score.low, score.unit)} to {shown(score.high, score.unit)}"
    return Cell(shown(score.value, score.unit), interval, score.n)


def _voice_rows(analysis: Analysis) -> Iterator[tuple[Head, list[Cell]]]:
    keys = main_keys([analysis])
    columns = [_cells(analysis, keys, voice) for voice in VOICES_SHOWN]
    for key, *cells in zip(keys, *columns, strict=True):
        yield score_head([analysis], key), cells


def _resampled(analyses: Iterable[Analysis]) -> bool:
    """Whether a missing interval means too little text: without any resamples it means nothing."""
    return any(not math.isnan(score.low) for analysis in analyses for score in analysis.scores)


def _names(comparison: Comparison) -> dict[str, str]:
    from framing.output.report import article_names  # noqa: PLC0415  see the module

    return article_names(comparison.analyses)


def _picture(comparison: Comparison, *, dark: bool) -> str:
    """The chart at a glance as SVG on paper of its own, since a picture cannot know on which it is put."""
    from framing.output.charts import at_a_glance, svg  # noqa: PLC0415  see the module

    names = _names(comparison)
    first = [analysis.document.id for analysis in comparison.analyses[:MOST_ARTICLES]]
    scores = comparison.scores[comparison.scores.article.isin(first)]
    scores = scores.assign(article=scores.article.map(names))
    return _framed(svg(at_a_glance(scores, width=_WIDTH, dark=dark)), ink(dark).paper)


_SIZE = re.compile(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"')
_MARGIN = 12  # pixels


def _framed(svg: str, paper: str) -> str:
    """A picture in SVG on paper of a colour, with a margin."""
    size = _SIZE.match(svg)
    width, height = (float(number) + 2 * _MARGIN for number in size.groups()) if size else (0, 0)
    sheet = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    inner = svg.replace("<svg", f'<svg x="{_MARGIN}" y="{_MARGIN}"', 1)
    ground = f'<rect width="100%" height="100%" fill="{paper}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {sheet}>{ground}{inner}</svg>'


def smaller(png: bytes) -> bytes:
    """The same picture, its data packed better: a third of the size, which every saved notebook carries."""
    parts, data, place = [], b"", 8
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        if kind == b"IDAT":
            data += body
        else:
            parts.append((kind, body))
        place += 12 + length
    parts.insert(-1, (b"IDAT", zlib.compress(zlib.decompress(data), 9)))
    return png[:8] + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


# How it looks ---------------------------------------------------------------------------------------------------

# Lines of different kinds, so that layers can be told apart without colour and lie over one another. The colours
# have three times the contrast that lines need to white and to near-black alike.
_LINES = (
    "text-decoration:underline solid 2px {color};text-underline-offset:.25em",
    "text-decoration:underline dotted 2.5px {color};text-underline-offset:.25em",
    "text-decoration:underline wavy 1.5px {color};text-underline-offset:.35em",
    "text-decoration:underline dashed 2px {color};text-underline-offset:.25em",
    "text-decoration:underline double 1.5px {color};text-underline-offset:.25em",
    "text-decoration:overline solid 2px {color}",
)
_WRAPPED = "box-decoration-break:clone;-webkit-box-decoration-break:clone"
_BAND = f"background:rgba(127,127,127,.16);{_WRAPPED}"
_LOOKS = {
    "attribution": (_LINES[4], "#808080"),
    "attribution cue": (_LINES[4], "#808080"),
    "hedging": (_LINES[1], "#0072B2"),
    "loaded": (_LINES[2], "#D55E00"),
    "frames": (_LINES[5], "#009E73"),
    "readability": (_LINES[3], "#808080"),
    "stance sentence": ("border-left:2px solid {color};padding-left:.2em", "#B06A90"),
    "stance word": (_LINES[0], "#B06A90"),
    "tone sentence": ("border-left:2px dotted {color};padding-left:.2em", "#808080"),
    "tone word": (_LINES[0], "#808080"),
}
_COLORS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#B06A90",
    "#808080",
)  # of these Okabe & Ito 2008 have the first three
_PLAIN = "background:none;color:inherit"
_BOX = (
    "background:rgba(127,127,127,.12);color:inherit;border:1.5px solid {color};border-radius:.3em;padding:.1em .25em;"
    f"{_WRAPPED}"
)
_COLOR = re.compile(
    r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|[a-z]{3,30}|(?:rgb|hsl)a?\([0-9.,%/ deg-]{5,60}\)",
    re.IGNORECASE,
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def _settings(options: Mapping[str, Any]) -> _Settings:
    for name in options:
        if name not in OPTIONS:
            raise ValueError(_unknown("option", name, OPTIONS))
    colors = {str(key): str(color) for key, color in (options.get("colors") or {}).items()}
    for color in colors.values():
        if not _COLOR.fullmatch(color):
            raise ValueError(
                f"'{color}' is no colour; write #0072b2, rgb(0, 114, 178) or a name such as teal"
            )
    labels = options.get("labels", options.get("ents"))
    layers = options.get("layers")
    return _Settings(
        colors,
        _chosen(labels),
        _chosen(layers),
        bool(options.get("dark")),
    )


def _chosen(names: str | Iterable[str] | None) -> frozenset[str] | None:
    """Names to choose by; one may stand alone. None chooses everything."""
    return None if names is None else frozenset([names] if isinstance(names, str) else names)


def _unknown(what: str, name: str, choices: Sequence[str]) -> str:
    near = get_close_matches(str(name), choices, 1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"unknown {what} '{name}'; choose from {', '.join(choices)}.{hint}"


def _text(sheet: Sheet, look: _Look) -> Markup:
    """A sheet laid out in a style."""
    settings = look.settings
    marks = [
        mark
        for mark in sheet.marks
        if (settings.layers is None or mark.layer in settings.layers)
        and (settings.labels is None or mark.label in settings.labels)
    ]
    html: Markup
    if look.style == "table":
        html = _template().table(rows=_rows(sheet, marks), sheet=sheet, page=look.page)
        return html
    styles = _styles(marks, look)
    kinds = [paragraph for paragraph in sheet.paragraphs if paragraph.kind != "metadata"]
    blocks = _blocks(sheet._replace(paragraphs=tuple(kinds)), marks, styles)
    # The headline of the text, with its marks, stands for a title that is the same or missing.
    if sheet.headed and kinds and kinds[0].kind == "headline":
        headline = escape(sheet.text[kinds[0].start : kinds[0].end])
        if sheet.title in {"", headline}:
            sheet = sheet._replace(title=blocks.pop(0).html)
    legend = [] if look.style == "ent" else _legend(sheet, marks, styles)
    html = _template().text(sheet=sheet, blocks=blocks, legend=legend, page=look.page, marks=len(marks))
    return html


def _styles(marks: Sequence[Mark], look: _Look) -> list[str]:
    """The style of each mark."""
    colors = look.settings.colors
    layers = list(dict.fromkeys(mark.layer for mark in marks))
    styles = []
    for mark in marks:
        number = layers.index(mark.layer)
        line, color = _LOOKS.get(
            f"{mark.layer} {mark.look}" if mark.look else mark.layer,
            (_LINES[number % len(_LINES)], _COLORS[number % len(_COLORS)]),
        )
        color = colors.get(mark.label) or colors.get(mark.layer) or color
        if look.style == "ent":
            styles.append(_BOX.format(color=color))
        elif mark.look == "content":
            own = colors.get(mark.label) or colors.get(mark.layer)
            styles.append(f"{_BAND};color:inherit" + (f";border-bottom:2px solid {own}" if own else ""))
        else:
            styles.append(f"{_PLAIN};{line.format(color=color)}")
    return styles


def _blocks(sheet: Sheet, marks: Sequence[Mark], styles: Sequence[str]) -> list[Block]:
    """The paragraphs with their marks. What is attributed shows whose words they are; without it the label says so."""
    tell_voice = all(mark.look != "content" for mark in marks)

    def tags(piece: Piece, first: bool, whole: bool) -> tuple[Markup, Markup]:
        mark = marks[int(piece.evidence)]
        told = [mark.why, f"voice of {_SPEAKERS.get(mark.voice, mark.voice)}" if mark.voice else ""]
        title = "; ".join(filter(None, told))
        opening = Markup('<mark style="{}"').format(styles[int(piece.evidence)])
        opening += Markup(' title="{}">').format(title) if title else Markup(">")
        voice = f", {mark.voice}" if tell_voice and mark.voice not in {"", "author"} else ""
        label = Markup('<sub style="{}"> {}</sub>').format(_LABEL, mark.beside + voice)
        return opening, (label if whole else Markup("")) + Markup("</mark>")

    pieces = [Piece(mark.start, mark.end, "", str(number)) for number, mark in enumerate(marks)]
    blocks = marked(sheet.text, sheet.paragraphs, pieces, tags)
    if sheet.wrapped:
        return blocks
    return [block._replace(html=block.html.replace("\n", Markup("<br>\n"))) for block in blocks]


# An inline block is not underlined with the words it stands beside.
_LABEL = (
    "display:inline-block;max-width:100%;font:600 .68em/1.2 sans-serif;vertical-align:sub;opacity:.85;"
    "margin-left:.15em;padding-left:.3em;border-left:1.5px solid currentColor;user-select:none"
)


def _legend(sheet: Sheet, marks: Sequence[Mark], styles: Sequence[str]) -> list[tuple[str, str]]:
    """A sample of each kind of mark, when there are several: style and name."""
    names = {"cue": "says so", "content": "words of a source", "sentence": "sentence", "word": "word"}
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for mark, style in zip(marks, styles, strict=True):
        title = sheet.titles.get(mark.layer, mark.layer)
        name = f"{title.lower()}: {names[mark.look]}" if mark.look in names else title.lower()
        found.setdefault((mark.layer, mark.look), (style, name if sheet.titles else mark.layer))
    return list(found.values()) if len(found) > 1 else []


def _rows(sheet: Sheet, marks: Sequence[Mark]) -> list[dict[str, str]]:
    """A row for each mark, in the order of the text; columns that nothing fills are left out."""
    rows = [
        {
            "passage": shortened(" ".join(sheet.text[mark.start : mark.end].split()), _PASSAGE),
            "label": mark.beside.removeprefix(f"{_NAMES.get(mark.layer)}: "),
            "layer": sheet.titles.get(mark.layer, mark.layer) if mark.layer != mark.label else "",
            "voice": mark.voice,
            "actor": mark.actor,
            "why": mark.why,
            "characters": f"{mark.start}–{mark.end}",
        }
        for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end))
    ]
    empty = [name for name in rows[0] if not any(row[name] for row in rows)] if rows else []
    return [{name: value for name, value in row.items() if name not in empty} for row in rows]


def _title(items: Sequence[Any]) -> str:
    """The title of a page: that of its only text."""
    if len(items) != 1:
        return f"{len(items)} texts"
    item = items[0].document if isinstance(items[0], Analysis) else items[0]
    if isinstance(item, Document):
        return str(item.meta.get("title") or item.id)
    return str(item.get("title") or summary(item)) if isinstance(item, Mapping) else summary(item)


def _cleaned(html: str) -> str:
    """Half of a surrogate pair cannot be sent to a notebook."""
    return _SURROGATE.sub("\ufffd", html)


@cache
def _template() -> Any:
    """The macros of the template, by name."""
    return environment().get_template("notebook.html").module


# Notebooks ------------------------------------------------------------------------------------------------------


def in_notebook() -> bool:
    """Whether a notebook runs this; a terminal shows no HTML. Nothing is imported to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def _display(bundle: Mapping[str, str]) -> None:
    try:
        display = importlib.import_module("IPython.display").display
    except ImportError:
        raise ImportError(
            "to display something IPython is needed: pip install 'framing[notebook]'; jupyter=False returns the HTML"
        ) from None
    display(dict(bundle), raw=True)
