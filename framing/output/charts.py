"""Charts: each a function from a tidy frame to an Altair chart, the articles always in the same order and colour.

Every chart names its unit and shows n, the count a value rests on, at the right of its row. Where a value has no
interval because too few sentences bear on it, the row says so and nothing is drawn. `width` is the whole chart in
pixels; below 600 the panels stand under one another. `dark` is for dark paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import altair as alt
import pandas as pd
import vl_convert
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from framing.analysis import Analysis, load_dimensions
from framing.comparison.compare import Comparison
from framing.comparison.rows import evidence_frame
from framing.output.style import (
    DARK_FILLS,
    ROW,
    SOURCE_TYPES,
    UNKNOWN_SOURCE,
    WIDTH,
    Ink,
    actor_name,
    article_colors,
    config,
    in_words,
    ink,
    shown,
    spoken,
)  # fmt: skip

Chart = alt.TopLevelMixin
Panel = alt.LayerChart | alt.FacetChart

TOO_LITTLE = "too little text"
VOICES_APART = ("author", "attributed")
SURE = 1.96  # standard errors beyond which a distinctive word is drawn full
_NUMBERS = 58  # pixels at the right of a panel for value and n


def at_a_glance(scores: pd.DataFrame, *, width: int = WIDTH, dark: bool = False) -> Chart:
    """One dot plot with 95 % intervals per dimension, and one for the stance towards each of the actors most mentioned."""
    sheet = _sheet(scores, width, dark, wide_columns=3)
    main = main_scores(scores)
    panels = [
        _dots(sheet, group, _panel_title(group), str(group.unit.iloc[0]), labelled=sheet.labelled(number))
        for number, (_, group) in enumerate(main.groupby("panel", sort=False))
    ]
    return _finish(sheet, panels)


def stance_by_voice(
    scores: pd.DataFrame, *, actors: int = 6, width: int = WIDTH, dark: bool = False
) -> Chart:
    """Stance towards the actors most mentioned, −1 to 1: the author's voice filled, attributed words hollow."""
    sheet = _sheet(scores, width, dark, wide_columns=2)
    rows = scores[(scores.dimension == "stance") & scores.voice.isin(VOICES_APART)]
    rows = rows[rows.measure == rows.measure.iloc[0]] if len(rows) else rows
    chosen = with_enough(scores, most_mentioned(scores, actors), VOICES_APART)
    rows = rows[rows.actor.isin(chosen)]
    extent = _extent(rows)
    panels = [
        _stance_panel(sheet, rows[rows.actor == actor], actor, extent, labelled=sheet.labelled(number))
        for number, actor in enumerate(chosen)
    ]
    return _finish(sheet, panels)


def bars_by_label(
    scores: pd.DataFrame, dimension: str, measure: str, *, width: int = WIDTH, dark: bool = False
) -> Chart:
    """One small panel of bars with intervals per label of a measure, such as hedges by type; all on the same scale."""
    sheet = _sheet(scores, width, dark, wide_columns=3)
    rows = scores[(scores.dimension == dimension) & (scores.measure == measure) & (scores.voice == "all")]
    rows = rows[rows.label.notna()]
    _, top = _domain(rows, str(rows.unit.iloc[0])) if len(rows) else (0.0, 1.0)
    panels = [
        _bars(sheet, group, spoken(str(label)), str(group.unit.iloc[0]), top, labelled=sheet.labelled(number))
        for number, (label, group) in enumerate(rows.groupby("label", sort=False))
    ]
    return _finish(sheet, panels)


def sourcing(
    evidence: pd.DataFrame, articles: Sequence[str], *, width: int = WIDTH, dark: bool = False
) -> Chart:
    """How the sources of each article divide by type, from those a reader can check to those nobody can.

    `evidence` needs the columns article, dimension and source_type.
    """
    order = list(articles)
    colors = ink(dark)
    rows = evidence[evidence.dimension == "attribution"]
    types = [*SOURCE_TYPES, *sorted(set(rows.source_type.dropna()) - set(SOURCE_TYPES))]
    counts = rows.groupby(["article", "source_type"], sort=False).size().rename("count").reset_index()
    totals = counts.groupby("article")["count"].transform("sum")
    counts["share"] = counts["count"] / totals
    counts["place"] = [types.index(kind) for kind in counts.source_type]
    counts = counts.sort_values(["article", "place"], ignore_index=True)
    counts["end"] = counts.groupby("article")["share"].cumsum()
    counts["start"] = counts["end"] - counts["share"]
    counts["middle"] = (counts["start"] + counts["end"]) / 2
    counts["kind"] = [spoken(kind) for kind in counts.source_type]
    fills = {
        spoken(kind): SOURCE_TYPES.get(kind, UNKNOWN_SOURCE)
        for kind in types
        if kind in set(counts.source_type)
    }
    counts["on"] = ["#FFFFFF" if fills[kind] in DARK_FILLS else "#1B1A17" for kind in counts.kind]
    inner = width - _label_width(order, width) - 40
    y = _rows_axis(order, _label_width(order, width), labelled=True)
    base = alt.Chart(counts).encode(y=y)
    legend = alt.Legend(
        orient="top", title=None, columns=2 if width < 600 else 0, labelLimit=200, symbolSize=120
    )
    x = alt.X(
        "start:Q",
        axis=alt.Axis(format="%", tickCount=5 if width >= 600 else 2, grid=False),
        title="share of attributions",
        scale=alt.Scale(domain=[0, 1]),
    )
    bars = base.mark_bar(height=ROW - 6, stroke=colors.paper, strokeWidth=1).encode(
        x=x, x2=alt.X2("end:Q"),
        color=alt.Color("kind:N", scale=alt.Scale(domain=list(fills), range=list(fills.values())), legend=legend, sort=None),
    )  # fmt: skip
    labels = (
        base.transform_filter(f"datum.share * {inner} > 16")
        .mark_text(fontSize=11)
        .encode(x="middle:Q", text=alt.Text("count:Q"), color=alt.Color("on:N", scale=None))
    )
    sums = pd.DataFrame({"article": order})
    sums["n"] = [int(counts.loc[counts.article == article, "count"].sum()) for article in order]
    sums["text"] = [f"n {n}" if n else "no attribution found" for n in sums.n]
    ends = (
        alt.Chart(sums[sums.n > 0])
        .mark_text(align="left", dx=6, color=colors.muted)
        .encode(y=y, x=alt.value(inner), text=alt.Text("text:N"))
    )
    none = (
        alt.Chart(sums[sums.n == 0])
        .mark_text(align="left", dx=2, color=colors.muted, fontStyle="italic")
        .encode(y=y, x=alt.value(0), text=alt.Text("text:N"))
    )
    chart = alt.layer(bars, labels, ends, none, width=inner, height=ROW * len(order))
    return alt.concat(chart, config=config(dark=dark))


def naming_tiles(
    naming: pd.DataFrame,
    articles: Sequence[str],
    *,
    actors: int = 4,
    names: int = 8,
    width: int = WIDTH,
    dark: bool = False,
) -> Chart:
    """How often each article uses each name of an actor; the darker the tile, the larger its share of the mentions."""
    colors = ink(dark)
    totals = naming.groupby("actor")["count"].sum().sort_values(ascending=False, kind="stable")
    columns = 1 if width < 600 or len(articles) > 10 else 2
    label = 150 if width < 600 else 210
    inner = max((width - columns * label - (columns - 1) * 24) // columns, 60)
    panels = []
    for actor in totals.index[:actors]:
        rows = naming[naming.actor == actor]
        sums = rows.groupby("name")["count"].sum().sort_values(ascending=False, kind="stable")
        rows = rows[rows.name.isin(list(sums.index[:names]))]
        base = alt.Chart(rows.drop(columns=["connotation"])).encode(
            x=alt.X(
                "article:N", sort=None, title=None, scale=alt.Scale(domain=list(articles)),
                axis=alt.Axis(orient="top", labelAngle=-40, labelColor=colors.ink, labelLimit=110, labelOverlap=False),
            ),
            y=alt.Y("name:N", title=None, sort=list(sums.index[:names]), axis=alt.Axis(minExtent=label - 10, maxExtent=label - 10, labelLimit=label - 14)),
        )  # fmt: skip
        # Light tiles keep dark figures, so both read on light and dark paper.
        tiles = base.mark_rect(stroke=colors.paper, strokeWidth=2, fill="#56B4E9").encode(
            opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.18, 1]), legend=None)
        )
        counts = base.mark_text(fontSize=11, color=colors.ink).encode(text=alt.Text("count:Q"))
        more = f", the {names} most frequent of {len(sums)} names" if len(sums) > names else ""
        panels.append(
            alt.layer(
                tiles,
                counts,
                width=inner,
                height=ROW * min(len(sums), names),
                title=alt.Title(
                    actor_name(actor), subtitle=f"mentions by name, n {int(totals[actor])}{more}"
                ),
            )
        )
    if not panels:
        return _nothing("no actor is named", width, dark)
    return alt.concat(*panels, columns=columns, spacing=24, config=config(dark=dark))


def barcode(
    positions: pd.DataFrame, articles: Sequence[str], *, width: int = WIDTH, dark: bool = False
) -> Chart:
    """Where loaded terms stand in each article, from first to last word: tall in the author's voice, short in attributed words.

    `positions` comes from `loaded_positions`; the pale bands are words attributed to a source.
    """
    colors = ink(dark)
    order = list(articles)
    inner = width - _label_width(order, width) - 40
    y = _rows_axis(order, _label_width(order, width), labelled=True)
    axis = alt.Axis(format="%", grid=False, values=[0, 0.25, 0.5, 0.75, 1] if width >= 600 else [0, 0.5, 1])
    x = alt.X("start:Q", axis=axis, title="position in the article", scale=alt.Scale(domain=[0, 1]))
    bands = alt.Chart(_data(positions[positions.kind == "attributed"])).mark_bar(
        height=ROW - 6, color=colors.band
    )
    terms = positions[positions.kind == "loaded"]
    color = alt.Color(
        "article:N", legend=None, scale=alt.Scale(domain=order, range=article_colors(len(order), dark=dark))
    )
    own = alt.Chart(_data(terms[terms.voice != "attributed"])).mark_tick(height=ROW - 5, thickness=2)
    theirs = alt.Chart(_data(terms[terms.voice == "attributed"])).mark_tick(height=ROW * 0.4, thickness=2)
    counts = pd.DataFrame({"article": order})
    counts["text"] = [f"n {int((terms.article == article).sum())}" for article in order]
    counts["start"], counts["end"] = 0, 1
    lines = alt.Chart(_data(counts)).mark_rule(color=colors.rule).encode(x=x, x2=alt.X2("end:Q"), y=y)
    ends = (
        alt.Chart(_data(counts))
        .mark_text(align="left", dx=6, color=colors.muted)
        .encode(y=y, x=alt.value(inner), text=alt.Text("text:N"))
    )
    chart = alt.layer(
        lines,
        bands.encode(x=x, x2=alt.X2("end:Q"), y=y),
        own.encode(x=x, y=y, color=color),
        theirs.encode(x=x, y=y, color=color),
        ends,
        width=inner,
        height=ROW * len(order),
    )
    return alt.concat(chart, config=config(dark=dark))


def distinctive_words(
    keywords: pd.DataFrame, articles: Sequence[str], *, words: int = 8, width: int = WIDTH, dark: bool = False
) -> Chart:
    """The words that set each article apart from all others: z of the log-odds ratio, with counts here : elsewhere."""
    colors = ink(dark)
    columns = 1 if width < 600 else 4
    label = 92
    inner = (width - columns * label - (columns - 1) * 18) // columns
    palette = dict(zip(articles, article_colors(len(articles), dark=dark), strict=True))
    shown = (keywords["count"] >= 2) & (keywords.z > 0) & ~keywords.word.isin(ENGLISH_STOP_WORDS)
    rows = keywords[shown]
    top = max([SURE * 1.25, *rows.z])
    panels = []
    for article in articles:
        own = rows[rows.group == article].head(words).copy()
        if own.empty:
            continue
        own["counts"] = [
            f"{here} : {there}" for here, there in zip(own["count"], own.other_count, strict=True)
        ]
        own["sure"] = own.z >= SURE
        base = alt.Chart(own[["word", "z", "counts", "sure"]]).encode(
            y=alt.Y(
                "word:N",
                sort=None,
                title=None,
                axis=alt.Axis(minExtent=label - 8, maxExtent=label - 8, labelLimit=label - 14),
            )
        )
        bars = base.mark_bar(height=ROW - 11, color=palette[article]).encode(
            x=alt.X(
                "z:Q",
                title=None,
                axis=alt.Axis(tickCount=3, format="d"),
                scale=alt.Scale(domain=[0, top], range=[0, inner - 42]),
            ),
            opacity=alt.condition(alt.datum.sure, alt.value(1), alt.value(0.38)),
        )
        counts = base.mark_text(align="right", color=colors.muted).encode(
            x=alt.value(inner), text=alt.Text("counts:N")
        )
        panels.append(
            alt.layer(
                bars,
                counts,
                width=inner,
                height=(ROW - 4) * len(own),
                title=alt.Title(article, subtitle="z · n here : elsewhere"),
            )
        )
    if not panels:
        return _nothing("no word is used twice and more often than elsewhere", width, dark)
    return alt.concat(*panels, columns=columns, spacing=18, config=config(dark=dark))


def main_scores(scores: pd.DataFrame, *, actors: int = 3) -> pd.DataFrame:
    """The score that stands for each dimension, over all voices, and the stance towards the actors most mentioned.

    Adds a column `panel`. A dimension whose scores all carry a label (frames) has no single value and is left out.
    """
    everyone = scores[scores.voice == "all"]
    plain = everyone[everyone.label.isna() & everyone.actor.isna()]
    parts = [
        group[group.measure == group.measure.iloc[0]].assign(panel=name)
        for name, group in plain.groupby("dimension", sort=False)
        if name != "stance"
    ]
    for actor in with_enough(scores, most_mentioned(scores, actors)):
        rows = everyone[(everyone.dimension == "stance") & (everyone.actor == actor)]
        parts.append(rows[rows.measure == rows.measure.iloc[0]].assign(panel=f"stance {actor}"))
    return pd.concat(parts, ignore_index=True) if parts else everyone.head(0).assign(panel="")


def most_mentioned(scores: pd.DataFrame, count: int) -> list[str]:
    """The actors with the most stance rows over all articles."""
    rows = scores[(scores.dimension == "stance") & (scores.voice == "all") & scores.actor.notna()]
    totals = rows.drop_duplicates(["article", "actor"]).groupby("actor")["n"].sum()
    return [str(actor) for actor in totals.sort_values(ascending=False, kind="stable").index[:count]]


def with_enough(scores: pd.DataFrame, actors: Sequence[str], voices: Sequence[str] = ("all",)) -> list[str]:
    """The actors of whom at least one article says enough for an interval; all of them when nothing was resampled.

    The others would be panels of notes; the report names them, and its table has their numbers.
    """
    if scores.low.isna().all():
        return list(actors)
    rows = scores[(scores.dimension == "stance") & scores.voice.isin(list(voices))]
    drawn = (
        set(rows.loc[(rows.measure == rows.measure.iloc[0]) & rows.low.notna(), "actor"])
        if len(rows)
        else set()
    )
    return [actor for actor in actors if actor in drawn]


def loaded_positions(analyses: Sequence[Analysis], names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Loaded terms and attributed content as shares of the article's length: article, kind, start, end (0..1), voice."""
    rows = []
    for analysis in analyses:
        document = analysis.document
        if not document.tokens:
            continue
        first, length = document.starts[0], max(document.ends[-1] - document.starts[0], 1)
        spans = [
            ("loaded", item.start, item.end, item.voice)
            for item in (analysis.readings["loaded"].evidence if "loaded" in analysis.readings else ())
        ]
        spans += [
            ("attributed", start, end, "attributed")
            for item in (
                analysis.readings["attribution"].evidence if "attribution" in analysis.readings else ()
            )
            for start, end in item.extra.get("content", ())
        ]
        for kind, start, end, voice in spans:
            rows.append({
                "article": (names or {}).get(document.id, document.id), "kind": kind, "voice": voice,
                "start": (start - first) / length, "end": (end - first) / length,
            })  # fmt: skip
    return pd.DataFrame(rows, columns=["article", "kind", "voice", "start", "end"])


def svg(chart: Chart) -> str:
    """The chart as SVG, drawn offline."""
    return str(vl_convert.vegalite_to_svg(chart.to_dict(validate=False)))


def save_charts(comparison: Comparison, folder: Path, *, dark: bool = False) -> list[Path]:
    """Write every chart of a comparison as PNG and SVG into a folder, which is made if missing; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, draw in charts_of(comparison).items():
        chart = draw(width=WIDTH, dark=dark)
        spec = chart.to_dict(validate=False) | {"background": ink(dark).paper}
        drawn = str(vl_convert.vegalite_to_svg(spec))
        for ending, data in (
            ("svg", drawn.encode("utf-8")),
            ("png", vl_convert.svg_to_png(drawn, scale=2)),
        ):
            path = folder / f"{name}.{ending}"
            path.write_bytes(data)
            written.append(path)
    return written


def charts_of(
    comparison: Comparison, names: Mapping[str, str] | None = None, links: Sequence[str] | None = None
) -> dict[str, Callable[..., Chart]]:
    """The charts of a comparison by name, each to be called with `width` and `dark`.

    `names` are labels for article ids; `links`, one per row of `comparison.scores`, say where each drawn value leads.
    """
    names = names or {}
    articles = [names.get(analysis.document.id, analysis.document.id) for analysis in comparison.analyses]
    scores, words, naming = comparison.scores, comparison.keywords, comparison.naming
    if links is not None:
        scores = scores.assign(link=list(links))
    evidence = evidence_frame(comparison.analyses)
    scores, naming, evidence = (
        frame.assign(article=frame.article.map(lambda article: names.get(article, article)))
        for frame in (scores, naming, evidence)
    )
    words = words.assign(group=words.group.map(lambda article: names.get(article, article)))
    positions = loaded_positions(comparison.analyses, names)
    has = set(scores.dimension) | set(evidence.dimension)
    charts: dict[str, Callable[..., Chart]] = {"at-a-glance": partial(at_a_glance, scores)}
    if "stance" in has:
        charts["stance"] = partial(stance_by_voice, scores)
    if "source_type" in evidence:
        charts["sourcing"] = partial(sourcing, evidence, articles)
    for dimension in ("hedging", "frames"):
        measure = labelled_measure(scores, dimension)
        if measure:
            charts[dimension] = partial(bars_by_label, scores, dimension, measure)
    if "loaded" in has:
        charts["loaded-terms"] = partial(barcode, positions, articles)
    charts["naming"] = partial(naming_tiles, naming, articles)
    charts["distinctive-words"] = partial(distinctive_words, words, articles)
    return charts


def labelled_measure(scores: pd.DataFrame, dimension: str) -> str | None:
    """The measure of a dimension that has the most labels, the first of equals, or None."""
    rows = scores[(scores.dimension == dimension) & scores.label.notna()]
    if rows.empty:
        return None
    labels = rows.groupby("measure", sort=False)["label"].nunique()
    return str(labels.idxmax())


# Parts ----------------------------------------------------------------------------------------------------------


class _Sheet(NamedTuple):
    """What the panels of one chart share: the articles with their colours, and the room there is."""

    articles: list[str]
    palette: list[str]
    dark: bool
    columns: int
    label: int
    panel: int
    intervals: bool
    linked: bool

    @property
    def ink(self) -> Ink:
        return ink(self.dark)

    def labelled(self, number: int) -> bool:
        return number % self.columns == 0


def _sheet(scores: pd.DataFrame, width: int, dark: bool, wide_columns: int) -> _Sheet:
    articles = [str(article) for article in dict.fromkeys(scores.article)]
    columns = 1 if width < 600 else wide_columns
    label = _label_width(articles, width)
    panel = (width - label - (columns - 1) * 22) // columns
    # Without any resamples no score has an interval, and a missing one says nothing about the amount of text.
    intervals = bool(scores.low.notna().any())
    return _Sheet(
        articles,
        article_colors(len(articles), dark=dark),
        dark,
        columns,
        label,
        panel,
        intervals,
        "link" in scores,
    )


def _label_width(articles: Sequence[str], width: int) -> int:
    longest = max((len(article) for article in articles), default=0)
    return min(16 + 7 * longest, 190 if width >= 600 else 138)


def _rows_axis(articles: Sequence[str], extent: int, *, labelled: bool) -> alt.Y:
    axis = alt.Axis(labelLimit=extent - 12, minExtent=extent, maxExtent=extent) if labelled else None
    return alt.Y("article:N", sort=None, title=None, scale=alt.Scale(domain=list(articles)), axis=axis)


def _finish(sheet: _Sheet, panels: list[Panel]) -> Chart:
    if not panels:
        return _nothing("too little text for a chart", sheet.panel, sheet.dark)
    spacing = {"row": 26, "column": 22}
    return alt.concat(*panels, columns=sheet.columns, spacing=spacing, config=config(dark=sheet.dark))


def _nothing(text: str, width: int, dark: bool) -> Chart:
    note = pd.DataFrame({"text": [text]})
    mark = alt.Chart(note, width=width, height=30).mark_text(
        align="left", fontStyle="italic", color=ink(dark).muted
    )
    return alt.concat(mark.encode(text=alt.Text("text:N"), x=alt.value(0)), config=config(dark=dark))


def _data(frame: pd.DataFrame) -> alt.InlineData:
    """Many rows as they are: Altair refuses frames of more than 5,000."""
    return alt.InlineData(
        values=[dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]
    )


def _drawn(sheet: _Sheet, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with what is printed beside them; `enough` tells whether there is something to draw, `note` why not.

    An article without a row gets one that says so.
    """
    missing = [article for article in sheet.articles if article not in set(rows.article)]
    rows = pd.concat([rows, pd.DataFrame({"article": missing, "voice": "author", "n": 0})], ignore_index=True)
    rows["enough"] = rows.low.notna() if sheet.intervals else rows.value.notna()
    rows["text"] = [shown(value, str(unit)) for value, unit in zip(rows.value, rows.unit, strict=True)]
    rows["count"] = [str(int(n)) for n in rows.n]
    rows["note"] = ["not present" if n == 0 else TOO_LITTLE for n in rows.n]
    return rows


def _extent(rows: pd.DataFrame) -> float:
    values = pd.concat([rows.low, rows.high, rows.value]).abs().dropna()
    return min(1.0, math.ceil(max([0.2, *map(float, values)]) * 5) / 5)


def _panel_title(group: pd.DataFrame) -> str:
    dimension, actor = group.dimension.iloc[0], group.actor.iloc[0]
    title = load_dimensions()[dimension].title if dimension in load_dimensions() else dimension
    return f"{title}: {actor_name(actor)}" if isinstance(actor, str) else title


def _axis(unit: str, domain: tuple[float, float]) -> alt.Axis:
    """Ticks as `shown` writes values: shares in percent, polarities with a sign and only at zero and both ends."""
    if "1..1" in unit:
        label = "datum.value === 0 ? '0' : format(datum.value, '+.1f')"
        return alt.Axis(values=[domain[0], 0, domain[1]], labelFlush=True, labelExpr=label)
    percent = unit.startswith("share")
    return alt.Axis(
        tickCount=3 if percent else 4,
        labelFlush=True,
        labelOverlap=True,
        labelSeparation=4,
        format=".0%" if percent else "~r",
    )


def _domain(rows: pd.DataFrame, unit: str) -> tuple[float, float]:
    if "1..1" in unit:
        extent = _extent(rows)
        return -extent, extent
    low = min([0.0, *rows.low.dropna(), *rows.value.dropna()])
    least = 0.1 if unit.startswith("share") else 1.0  # all values may be 0
    high = max([*rows.high.dropna(), *rows.value.dropna(), least])
    return low, high * 1.02


def _x(sheet: _Sheet, field: str, unit: str, domain: tuple[float, float]) -> alt.X:
    scale = alt.Scale(domain=list(domain), range=[0, sheet.panel - _NUMBERS - 24], nice=False)
    return alt.X(f"{field}:Q", title=None, axis=_axis(unit, domain), scale=scale)


def _numbers(
    sheet: _Sheet, rows: pd.DataFrame, y: alt.Y, offset: alt.YOffset | None = None
) -> list[alt.Chart]:
    """Value and n at the right, and a note where there is too little text."""
    place = {"y": y} if offset is None else {"y": y, "yOffset": offset}
    right, muted = sheet.panel - 4, sheet.ink.muted
    columns = ["article", "voice", "text", "count", "note"]
    enough, little = (
        rows.loc[rows.enough, [*columns, *(["link"] if sheet.linked else [])]],
        rows.loc[~rows.enough, columns],
    )
    layers = [
        alt.Chart(enough)
        .mark_text(align="right", color=sheet.ink.ink)
        .encode(x=alt.value(right - 38), text=alt.Text("text:N"), **place, **_link(sheet)),
        alt.Chart(rows[columns])
        .mark_text(align="right", color=muted)
        .encode(x=alt.value(right), text=alt.Text("count:N"), **place),
    ]
    if len(little):
        layers.append(
            alt.Chart(little)
            .mark_text(align="left", color=muted, fontStyle="italic")
            .encode(x=alt.value(0), text=alt.Text("note:N"), **place)
        )
    return layers


def _link(sheet: _Sheet) -> dict[str, alt.Href]:
    """The encoding by which a drawn value leads to the number it stands for."""
    return {"href": alt.Href("link:N")} if sheet.linked else {}


def _color(sheet: _Sheet) -> alt.Color:
    return alt.Color("article:N", legend=None, scale=alt.Scale(domain=sheet.articles, range=sheet.palette))


def _frame(sheet: _Sheet, layers: list[alt.Chart], title: str, unit: str) -> Panel:
    return alt.layer(
        *layers,
        width=sheet.panel,
        height=ROW * len(sheet.articles),
        title=alt.Title(title, subtitle=f"{in_words(unit)} · n at the right"),
    )


def _dots(sheet: _Sheet, group: pd.DataFrame, title: str, unit: str, *, labelled: bool) -> Panel:
    rows = _drawn(sheet, group)
    y = _rows_axis(sheet.articles, sheet.label, labelled=labelled)
    domain = _domain(rows[rows.enough], unit)
    base = alt.Chart(rows.loc[rows.enough, ["article", "value", "low", "high"]]).encode(y=y)
    bars = base.mark_rule(strokeWidth=2.5, opacity=0.55).encode(
        x=_x(sheet, "low", unit, domain), x2=alt.X2("high:Q"), color=_color(sheet)
    )
    dots = base.mark_point(filled=True, size=64, opacity=1).encode(
        x=_x(sheet, "value", unit, domain), color=_color(sheet)
    )
    return _frame(sheet, [*_zero(sheet, domain), bars, dots, *_numbers(sheet, rows, y)], title, unit)


def _bars(sheet: _Sheet, group: pd.DataFrame, title: str, unit: str, top: float, *, labelled: bool) -> Panel:
    rows = _drawn(sheet, group)
    y = _rows_axis(sheet.articles, sheet.label, labelled=labelled)
    domain = (0.0, top)
    base = alt.Chart(rows.loc[rows.enough, ["article", "value", "low", "high"]]).encode(y=y)
    bars = base.mark_bar(height=ROW - 11, opacity=0.85).encode(
        x=_x(sheet, "value", unit, domain), color=_color(sheet)
    )
    rules = base.mark_rule(strokeWidth=1, color=sheet.ink.ink).encode(
        x=_x(sheet, "low", unit, domain), x2=alt.X2("high:Q")
    )
    return _frame(sheet, [bars, rules, *_numbers(sheet, rows, y)], title, unit)


def _stance_panel(sheet: _Sheet, rows: pd.DataFrame, actor: str, extent: float, *, labelled: bool) -> Panel:
    """Two lines per article: the author's voice, a full circle, above attributed words, a hollow diamond."""
    rows = _drawn(sheet, rows)
    y = _rows_axis(sheet.articles, sheet.label, labelled=labelled)
    voices = list(VOICES_APART)
    offset = alt.YOffset("voice:N", sort=voices, scale=alt.Scale(domain=voices))
    unit, domain = "−1..1", (-extent, extent)
    columns = ["article", "voice", "zero", "value", "low", "high"]
    drawn = rows[rows.enough].assign(zero=0)[columns]
    base = alt.Chart(drawn).encode(y=y, yOffset=offset)
    author, attributed = (base.transform_filter(alt.datum.voice == voice) for voice in voices)
    value = _x(sheet, "value", unit, domain)
    marks = [
        base.mark_rule(strokeWidth=1).encode(x=_x(sheet, "low", unit, domain), x2=alt.X2("high:Q"), color=_color(sheet)),
        base.mark_rule(strokeWidth=4, opacity=0.3).encode(x=_x(sheet, "zero", unit, domain), x2=alt.X2("value:Q"), color=_color(sheet)),
        author.mark_point(filled=True, size=52, opacity=1).encode(x=value, color=_color(sheet)),
        attributed.mark_point(
            shape="diamond", size=46, opacity=1, strokeWidth=1.6, fill=sheet.ink.paper
        ).encode(x=value, stroke=_color(sheet)),
    ]  # fmt: skip
    return alt.layer(
        *_zero(sheet, domain),
        *marks,
        *_numbers(sheet, rows, y, offset),
        width=sheet.panel,
        height=2 * (ROW - 6) * len(sheet.articles),
        title=alt.Title(actor_name(actor), subtitle="less favourable ← 0 → more favourable · n at the right"),
    )


def _zero(sheet: _Sheet, domain: tuple[float, float]) -> list[alt.Chart]:
    if domain[0] >= 0:
        return []
    line = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=sheet.ink.muted, strokeWidth=1)
    return [line.encode(x="zero:Q")]
