from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import cassis
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.analysis import Analysis, Evidence, Reading, analyze, load_dimensions
from framing.corpus import load_corpus
from framing.decoding import UnreadableError
from framing.document import make_document
from framing.output.standoff import FORMATS, export, load

TEXTS = Path(__file__).resolve().parent.parent / "texts"
DIMENSIONS = load_dimensions()

HARBOUR = (
    "Harbour talks stall 🙂\r\n\r\n“The road,” said Anna Lind, “may be closed by a reckless regime.”\r\n"
    "🙂🙂 Officials in Moscow claimed on Monday that nobody “knows”\r\nthe price of all the reckless talk about the "
    "old harbour and its\r\nfuture.\r\n\r\nThe ferry 🛥 left, according to the café owner, and perhaps\tnever came back."
)


def plain(evidence, text):
    """Evidence as the contract's rows, in which lists and tuples are alike."""
    return json.loads(json.dumps([item.to_dict(text) for item in evidence]))


def made(text, *evidence, id="text", **meta):
    """An analysis with made-up evidence."""
    document = make_document(text, id, **meta)
    readings = {
        name: Reading(dimension, tuple(item for item in evidence if item.dimension == name), ())
        for name, dimension in DIMENSIONS.items()
    }
    return Analysis(document, {name: each for name, each in readings.items() if each.evidence}, (), {})


def back(analyses, folder, format):
    export(analyses, folder, format)
    return load(folder)


def check(analyses, loaded):
    assert [item.document.id for item in loaded] == [analysis.document.id for analysis in analyses]
    for analysis, item in zip(analyses, loaded, strict=True):
        assert item.problems == []
        assert item.document.text == analysis.document.text
        assert plain(item.evidence, item.document.text) == plain(analysis.evidence, analysis.document.text)


def problems(loaded):
    return [str(problem).split(": ", 1)[1] for item in loaded for problem in item.problems]


@pytest.fixture(params=list(FORMATS))
def format(request):
    return request.param


@pytest.fixture(scope="module")
def articles():
    documents, _ = load_corpus(TEXTS)
    return [analyze(document, model="lexicon", resamples=0) for document in documents]


# Out and in


def test_the_evidence_of_the_teaching_texts_comes_back_as_it_was(articles, tmp_path, format):
    assert {item.dimension for analysis in articles for item in analysis.evidence} == set(DIMENSIONS)
    loaded = back(articles, tmp_path, format)
    check(articles, loaded)
    for analysis, item in zip(articles, loaded, strict=True):
        assert item.document.sentences == analysis.document.sentences
        assert item.document.meta["outlet"] == analysis.document.meta["outlet"]


def test_emoji_line_ends_and_contents_in_two_parts_come_back_as_they_were(tmp_path, format):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "harbour.txt").write_bytes(b"\xef\xbb\xbf" + HARBOUR.encode())
    documents, _ = load_corpus(tmp_path / "in")
    analysis = analyze(documents[0], model="lexicon", resamples=0)
    attributions = analysis.readings["attribution"].evidence
    assert max(len(item.extra["content"]) for item in attributions) > 1
    assert any("\n" in analysis.document[item] for item in analysis.evidence)
    check([analysis], back([analysis], tmp_path / "out", format))


def test_a_byte_order_mark_inside_the_text_is_counted(tmp_path, format):
    item = Evidence("hedging", "epistemic", 6, 9, why="It may.")
    check([analysis := made("\ufeffThey may go.", item)], back([analysis], tmp_path, format))


def test_a_label_and_an_id_that_no_file_name_or_type_can_be_come_back(tmp_path, format):
    analyses = [
        made("It may rain.", Evidence("hedging", "maybe / perhaps?", 3, 6), id="news/2026: 🙂?"),
        made("It may rain.", Evidence("hedging", "épistémique", 3, 6), id="zz" * 150, title="Rain & more"),
    ]
    loaded = back(analyses, tmp_path, format)
    assert [[item.label for item in each.evidence] for each in loaded] == [
        ["maybe / perhaps?"],
        ["épistémique"],
    ]
    assert loaded[0].document.id == analyses[0].document.id
    assert all(not each.problems for each in loaded)


def test_articles_without_evidence_or_text_are_kept(tmp_path, format):
    analyses = [
        made("Nothing here.", id="a"),
        made("It may rain.", Evidence("hedging", "epistemic", 3, 6), id="b"),
    ]
    check(analyses, back(analyses, tmp_path, format))


_CHARACTERS = "abz .,“”'\"\t\n\r🙂é\u0301\u200b\u2028\x85&<>{};#\\"
_SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from("hedging loaded stance attribution".split())),
    max_size=6,
)  # fmt: skip


@pytest.mark.parametrize("format", list(FORMATS))
@given(text=st.text(_CHARACTERS, min_size=1, max_size=60), spans=_SPANS, data=st.data())
def test_any_span_of_any_text_comes_back_as_it_was(tmp_path_factory, format, text, spans, data):
    def span():
        start = data.draw(st.integers(0, len(text) - 1))
        return [start, data.draw(st.integers(start + 1, len(text)))]

    evidence = [
        Evidence(
            dimension, "épi_st", start % len(text), min(start % len(text) + size, len(text)),
            data.draw(st.floats(-1, 1)), data.draw(st.sampled_from([None, "us", "north_korea"])), "author", None,
            data.draw(st.text(_CHARACTERS, max_size=8)).strip(),
            {"content": [span() for _ in range(size % 4)], "source": span() if size % 2 else None, "form": "direct",
             "words": [[*span(), 0.25]], "count": 3},
        )
        for start, size, dimension in spans
    ]  # fmt: skip
    analysis = made(text, *evidence)
    check([analysis], back([analysis], tmp_path_factory.mktemp("standoff"), format))


def test_a_file_may_be_given_by_its_text_or_with_its_format(tmp_path):
    analysis = made("It may rain.", Evidence("hedging", "epistemic", 3, 6))
    for format, file in (
        ("brat", "text.txt"),
        ("w3c", "text.txt"),
        ("cas", "text.json"),
        ("label-studio", "tasks.json"),
    ):
        export([analysis], tmp_path / format, format)
        for loaded in (load(tmp_path / format / file), load(tmp_path / format, format)):
            check([analysis], loaded)
    with pytest.raises(UnreadableError, match="holds no annotations"):
        load(tmp_path / "brat", "cas")


# What is wrong is said


def test_an_unknown_format_and_a_folder_without_annotations_are_named(tmp_path):
    with pytest.raises(ValueError, match="unknown format 'tei'; choose from brat, w3c, cas, label-studio"):
        export([], tmp_path, "tei")
    (tmp_path / "other.json").write_text('{"a": 1}')
    with pytest.raises(UnreadableError, match="holds no annotations"):
        load(tmp_path)
    with pytest.raises(UnreadableError, match="does not exist"):
        load(tmp_path / "nothing.ann")


@pytest.mark.parametrize("name", ["broken.json", "broken.jsonld"])
def test_a_broken_file_is_named_with_its_line_and_the_others_are_read(tmp_path, name):
    export([made("It may rain.", Evidence("hedging", "epistemic", 3, 6), id="a")], tmp_path, "w3c")
    (tmp_path / name).write_text('[\n{"type": }]')
    whole, broken = load(tmp_path)
    assert len(whole.evidence) == 1
    (problem,) = broken.problems
    assert problem.lost
    assert "is no JSON (line 2" in str(problem)
    assert problem.file.endswith(name)


def test_another_text_is_noticed(tmp_path, format):
    text = "It may rain. It may snow."
    export([made(text, *(Evidence("hedging", "epistemic", at, at + 3) for at in (3, 16)))], tmp_path, format)
    for file in tmp_path.iterdir():
        file.write_bytes(
            file.read_bytes().replace(b"It may rain. It may", b"It may rain.\\n It may".replace(b"\\n", b"~"))
        )
    (loaded,) = load(tmp_path)
    assert loaded.problems
    assert "may" in {loaded.document[item] for item in loaded.evidence}
    if format != "cas":  # which has no words beside the offsets
        assert {loaded.document[item] for item in loaded.evidence} == {"may"}


def test_without_dkpro_cassis_the_format_says_what_to_install(tmp_path, monkeypatch):
    export([made("It may rain.", Evidence("hedging", "epistemic", 3, 6))], tmp_path, "cas")
    monkeypatch.setitem(sys.modules, "cassis", None)
    with pytest.raises(UnreadableError, match=r"framing\[io\]"):
        export([], tmp_path, "cas")
    (loaded,) = load(tmp_path)
    assert "framing[io]" in str(loaded.problems[0])


def test_a_lone_surrogate_breaks_no_file(tmp_path, format):
    analysis = made("It may \ud83d rain.", Evidence("hedging", "epistemic", 3, 6, why="half \ud83d"))
    (loaded,) = back([analysis], tmp_path, format)
    assert [(item.start, item.end, item.label) for item in loaded.evidence] == [(3, 6, "epistemic")]


# brat


_BRAT_LINE = re.compile(
    r"T\d+\t[\w-]+ \d+ \d+(;\d+ \d+)*\t[^\t]+|R\d+\t[\w-]+ Arg1:T\d+ Arg2:T\d+|A\d+\t[\w-]+ T\d+ [\w-]+"
    r"|#\d+\tAnnotatorNotes T\d+\t[^\t]+",
    re.ASCII,
)


def test_brat_files_follow_its_grammar_and_configuration(articles, tmp_path):
    analyses = [*articles, analyze(HARBOUR, model="lexicon", resamples=0)]
    export(analyses, tmp_path, "brat")
    sections = re.split(r"\[(\w+)\]\n", (tmp_path / "annotation.conf").read_text())
    declared = {
        section: {line.split("\t")[0] for line in lines.split("\n")}
        for section, lines in zip(sections[1::2], sections[2::2], strict=True)
    }
    for analysis in analyses:
        text = (tmp_path / f"{analysis.document.id}.txt").read_bytes().decode()
        assert text == analysis.document.text
        lines = (tmp_path / f"{analysis.document.id}.ann").read_bytes().decode().split("\n")
        assert lines.pop() == ""
        ids = [line.split("\t")[0] for line in lines]
        assert len(ids) == len(set(ids))
        for line in lines:
            assert _BRAT_LINE.fullmatch(line), line
            name = line.split("\t")[1].split(" ")[0]
            assert (
                name
                in declared[{"T": "entities", "R": "relations", "A": "attributes"}.get(line[0], "")]
                | ({"AnnotatorNotes"} if line[0] == "#" else set())
                if line[0] != "#"
                else name == "AnnotatorNotes"
            )
            if line[0] == "T":
                _, cell, words = line.split("\t")
                spans = [tuple(map(int, pair.split())) for pair in cell.split(" ", 1)[1].split(";")]
                assert " ".join(text[start:end] for start, end in spans).replace("\t", " ") == words
                assert not any("\n" in text[start:end] for start, end in spans)


def test_a_span_over_a_line_end_is_discontinuous_in_brat(tmp_path):
    export([made("It may\nrain.", Evidence("tone", "neutral", 0, 12))], tmp_path, "brat")
    assert "T1\ttone_neutral 0 6;7 12\tIt may rain.\n" in (tmp_path / "text.ann").read_text()


def brat(folder, text, annotations):
    (folder / "doc.txt").write_bytes(text.encode())
    (folder / "doc.ann").write_bytes(annotations.encode())
    (loaded,) = load(folder)
    return loaded


def test_annotations_that_people_made_in_brat_are_read(tmp_path):
    loaded = brat(
        tmp_path,
        "Anna Lind sold the old harbour 🙂 to Tom.",
        "T1\tPerson 0 9\tAnna Lind\nT2\tSale 10 14\tsold\nT3\tThing 15 18;23 30\tthe harbour\nT4\tPerson 36 39\tTom\n"
        "E1\tSale:T2 Seller:T1 Buyer:T4\nA1\tPast E1\nA2\tCertainty T3 high\nR1\tBuys Arg1:T4 Arg2:T3\n"
        "#1\tAnnotatorNotes T1\twho is she?\n",
    )
    assert loaded.problems == []
    assert [(item.label, loaded.document[item]) for item in loaded.evidence] == [
        ("Person", "Anna Lind"), ("Sale", "sold"), ("Thing", "the old harbour"), ("Person", "Tom"),
    ]  # fmt: skip
    person, sale, thing, tom = loaded.evidence
    assert {item.dimension for item in loaded.evidence} == {""}
    assert person.why == "who is she?"
    assert sale.extra == {"Past": True, "Seller": [[0, 9]], "Buyer": [[36, 39]]}
    assert thing.extra == {"spans": [[15, 18], [23, 30]], "Certainty": "high"}
    assert tom.extra == {"Buys": [[15, 30]]}


def test_what_people_change_in_brat_is_changed_evidence(tmp_path):
    text = "“It may rain,” said Ms. Lind."
    extra = {
        "source": [20, 28],
        "content": [[1, 12]],
        "form": "direct",
        "source_type": None,
        "verb_class": "neutral",
    }
    export([made(text, Evidence("attribution", "neutral", 15, 19, extra=extra))], tmp_path, "brat")
    file = tmp_path / "text.ann"
    changed = file.read_text().replace("attribution_neutral", "attribution_emotive")
    file.write_text(changed.replace("content 1 12\tIt may rain", "content 0 14\t“It may rain,”"))
    (loaded,) = load(tmp_path)
    (item,) = loaded.evidence
    assert item.label == "emotive"
    assert item.extra == extra | {"content": [[0, 14]]}


def test_a_bad_line_in_brat_is_named_and_skipped(tmp_path):
    loaded = brat(
        tmp_path,
        "It may rain.",
        "T1\tHedge 3 6\tmay\nT2\tHedge 3\nT3\tHedge 7 99\nT4\tHedge 7 11\tsnow\n\nnonsense\nA1\tSure T9\nR1\tx Arg1:T1 "
        "Arg2:T4\nN1\tReference T1 db:1\nT1\tHedge 0 2\tIt\n*\tEquiv T1 T1\nR2\n",
    )
    assert [(item.label, item.start, item.end) for item in loaded.evidence] == [("Hedge", 3, 6)]
    lines = [problem.line for problem in loaded.problems]
    assert lines == [2, 3, 4, 6, 7, 9, 10, 11, 12]
    assert not any(problem.lost for problem in loaded.problems)
    messages = " | ".join(map(str, loaded.problems))
    assert "the words there are 'rain', not 'snow'" in messages
    assert "the span 7–99 of 'Hedge' is not in the text of 12 characters" in messages


def test_brat_annotations_without_their_text_are_lost(tmp_path):
    (tmp_path / "doc.ann").write_text("T1\tHedge 3 6\tmay\n")
    (loaded,) = load(tmp_path)
    assert loaded.problems[0].lost
    assert "has no text 'doc.txt' beside it" in str(loaded.problems[0])


def test_brat_files_with_windows_line_ends_and_a_counted_mark_are_read(tmp_path):
    loaded = brat(tmp_path, "\ufeffIt may rain.", "T1\tHedge 4 7\tmay\r\nA1\tSure T1 no\r\n")
    assert [loaded.document[item] for item in loaded.evidence] == ["may"]
    loaded = brat(tmp_path, "\ufeffIt may rain.", "T1\tHedge 3 6\tmay\r\n")
    assert [loaded.document[item] for item in loaded.evidence] == ["may"]
    assert loaded.document.text == "It may rain."


# Web Annotation


def _shape(type, **properties):
    return {
        "type": "object",
        "required": list(properties),
        "properties": {**properties, "type": {"const": type}},
    }


_OFFSET, _TEXT = {"type": "integer", "minimum": 0}, {"type": "string"}
_POSITION = _shape("TextPositionSelector", start=_OFFSET, end=_OFFSET)
_QUOTE = _shape("TextQuoteSelector", exact=_TEXT, prefix=_TEXT, suffix=_TEXT)
_BODY = _shape("TextualBody", value=_TEXT, purpose={"enum": ["tagging", "commenting"]})
_SELECTORS = {"prefixItems": [_POSITION, _QUOTE], "items": False, "minItems": 2}
_TARGET = {"required": ["source", "selector"], "properties": {"source": _TEXT, "selector": _SELECTORS}}
_ANNOTATION = _shape(
    "Annotation",
    id={"type": "string", "pattern": "^#"},
    motivation={"enum": ["tagging", "linking"]},
    body={"anyOf": [_TEXT, {"type": "array", "items": _BODY, "minItems": 1}]},
    target=_TARGET,
)
_PAGE = _shape(
    "AnnotationPage", id=_TEXT, partOf=_TEXT, startIndex={"const": 0}, items={"items": _ANNOTATION}
)
_COLLECTION = _shape("AnnotationCollection", id=_TEXT, label=_TEXT, total=_OFFSET, first=_PAGE)


def test_web_annotations_follow_the_model(articles, tmp_path):
    """Web Annotation Data Model, sections 3.2 bodies, 3.3.5 motivation, 4.2.4 quotes, 4.2.5 positions, 5 collections."""
    export(articles, tmp_path, "w3c")
    for analysis in articles:
        collection = json.loads((tmp_path / f"{analysis.document.id}.jsonld").read_text("utf-8"))
        jsonschema.validate(collection, _COLLECTION, cls=jsonschema.Draft202012Validator)
        assert collection["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
        items = collection["first"]["items"]
        assert collection["total"] == len(items)
        assert len({item["id"] for item in items}) == len(items)
        text = analysis.document.text
        for item in items:
            position, quote = item["target"]["selector"]
            start, end = position["start"], position["end"]
            assert quote["exact"] == text[start:end]
            assert text.index(quote["prefix"] + quote["exact"] + quote["suffix"]) >= 0
            if item["motivation"] == "linking":
                assert item["body"] in {other["id"] for other in items}


def web(folder, text, content):
    (folder / "doc.txt").write_bytes(text.encode())
    (folder / "notes.json").write_text(json.dumps(content))
    return load(folder)


def test_web_annotations_from_elsewhere_are_read(tmp_path):
    base = {"@context": "http://www.w3.org/ns/anno.jsonld", "type": "Annotation"}
    (loaded,) = web(
        tmp_path,
        "🙂 It may rain. It will.",
        [
            base | {
                "id": "http://example.org/1",
                "body": {"type": "TextualBody", "value": "unsure", "purpose": "tagging"},
                "target": {"source": "doc.txt", "selector": {"type": "TextPositionSelector", "start": 5, "end": 8}},
            },
            base | {
                "motivation": "commenting",
                "body": {"type": "TextualBody", "value": "Really?"},
                "target": {"source": {"id": "doc.txt"}, "selector": {"type": "TextQuoteSelector", "exact": "will"}},
            },
            base | {"bodyValue": "sure", "target": [{"source": "doc.txt", "selector": [
                {"type": "TextQuoteSelector", "exact": "It", "prefix": "rain. "}]}]},
        ],
    )  # fmt: skip
    assert [(item.label, loaded.document[item], item.start) for item in loaded.evidence] == [
        ("unsure", "may", 5), ("commenting", "will", 18), ("sure", "It", 15),
    ]  # fmt: skip
    assert loaded.evidence[1].why == "Really?"
    assert loaded.problems == []


def test_a_web_annotation_goes_where_its_words_are_or_is_left_out(tmp_path):
    def annotation(start, end, exact):
        selectors = [
            {"type": "TextPositionSelector", "start": start, "end": end},
            {"type": "TextQuoteSelector", "exact": exact},
        ]
        return {
            "type": "Annotation",
            "bodyValue": "x",
            "target": {"source": "doc.txt", "selector": selectors},
        }

    (loaded,) = web(
        tmp_path, "It may rain.", [annotation(0, 3, "may"), annotation(3, 6, "snow"), annotation(9, 99, "n.")]
    )
    assert [(item.start, item.end) for item in loaded.evidence] == [(3, 6), (10, 12)]
    moved, lost, _ = problems([loaded])
    assert "'may' does not stand at 0 but at 3" in moved
    assert "annotation #2: the words there are 'may', not 'snow'; it was left out" in lost


@pytest.mark.parametrize("source", ["gone.txt", "../outside.txt"])
def test_web_annotations_of_a_text_that_is_missing_or_elsewhere_are_named(tmp_path, source):
    (tmp_path / "outside.txt").write_text("Not to be read.")
    tmp_path = tmp_path / "in"
    tmp_path.mkdir()
    target = {"source": source, "selector": {"type": "TextPositionSelector", "start": 0, "end": 1}}
    (tmp_path / "notes.jsonld").write_text(json.dumps({"type": "Annotation", "target": target}))
    (loaded,) = load(tmp_path)
    assert f"points to the text '{source}', which is not there" in str(loaded.problems[0])


# UIMA CAS


def test_dkpro_cassis_reads_the_words_of_every_span(tmp_path):
    analysis = analyze(HARBOUR, model="lexicon", resamples=0)
    (file,) = export([analysis], tmp_path, "cas")
    cas = cassis.load_cas_from_json(file.read_text("utf-8"))
    assert cas.sofa_string == HARBOUR
    spans = [item for item in cas.select("webanno.custom.Framing") if not item.role]
    by_id = sorted(spans, key=lambda item: item.xmiID)
    assert [item.get_covered_text() for item in by_id] == [
        analysis.document[item] for item in analysis.evidence
    ]
    sentences = cas.select("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence")
    assert [item.get_covered_text() for item in sentences] == [
        analysis.document[sentence] for sentence in analysis.document.sentences
    ]
    links = cas.select("webanno.custom.FramingLink")
    assert {link.role for link in links} >= {"source", "content", "words"}
    assert all(link.Governor.label and link.Dependent.role == link.role for link in links)


def test_offsets_in_a_cas_are_those_of_utf_16(tmp_path):
    text = "🙂 It may rain."
    (file,) = export([made(text, Evidence("hedging", "epistemic", 5, 8))], tmp_path, "cas")
    (raw,) = [
        item
        for item in json.loads(file.read_text("utf-8"))["%FEATURE_STRUCTURES"]
        if item["%TYPE"] == "webanno.custom.Framing"
    ]
    assert (raw["begin"], raw["end"]) == (6, 9)
    assert text.encode("utf-16-le")[12:18].decode("utf-16-le") == "may"


@pytest.fixture
def inception():
    """A CAS with a layer of people's own, as INCEpTION exports it: text, sentence, two spans, a relation."""
    system = cassis.TypeSystem()
    named = system.create_type("webanno.custom.Claim", "uima.tcas.Annotation")
    for feature in ("value", "note"):
        system.create_feature(named, feature, "uima.cas.String")
    relation = system.create_type("webanno.custom.Supports", "uima.tcas.Annotation")
    for feature in ("Governor", "Dependent"):
        system.create_feature(relation, feature, "uima.tcas.Annotation")
    sentence = system.create_type(
        "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence", "uima.tcas.Annotation"
    )
    metadata = system.create_type(
        "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData", "uima.tcas.Annotation"
    )
    for feature in ("documentId", "documentTitle"):
        system.create_feature(metadata, feature, "uima.cas.String")
    cas = cassis.Cas(typesystem=system)
    cas.sofa_string = "🙂 It may rain. It will."
    claim, other = named(begin=5, end=8, value="unsure", note="weak"), named(begin=18, end=22)
    items = [
        metadata(begin=0, end=23, documentId="rain", documentTitle="Rain"),
        sentence(begin=2, end=14),
        claim,
        other,
    ]
    for item in [*items, relation(begin=18, end=22, Governor=claim, Dependent=other)]:
        cas.add(item)
    return json.loads(cas.to_json())


def test_layers_of_other_projects_are_read(inception, tmp_path):
    (tmp_path / "doc.json").write_text(json.dumps(inception))
    (loaded,) = load(tmp_path)
    assert loaded.problems == []
    assert (loaded.document.id, loaded.document.meta["title"]) == ("rain", "Rain")
    assert [(item.label, loaded.document[item]) for item in loaded.evidence] == [
        ("unsure", "may"),
        ("Claim", "will"),
    ]
    assert loaded.evidence[0].extra == {"note": "weak", "layer": "Claim", "Supports": [[18, 22]]}


def test_what_is_wrong_in_a_cas_is_named_and_skipped(inception, tmp_path):
    structures = inception["%FEATURE_STRUCTURES"]
    claim, other = (item for item in structures if item["%TYPE"] == "webanno.custom.Claim")
    claim["end"] = 900
    structures.append(
        {"%ID": 901, "%TYPE": "webanno.custom.Unknown", "@sofa": claim["@sofa"], "begin": 0, "end": 1}
    )
    structures.append(
        {"%ID": 902, "%TYPE": "webanno.custom.Claim", "@sofa": claim["@sofa"], "begin": 1, "end": 4}
    )
    inception["%VIEWS"]["_InitialView"]["%MEMBERS"] += [901, 902]
    (tmp_path / "doc.json").write_text(json.dumps(inception))
    (loaded,) = load(tmp_path)
    assert [loaded.document[item] for item in loaded.evidence] == ["will"]
    assert problems([loaded]) == [
        f"annotation {claim['%ID']}: the span 6–900 is not in the text; it was left out",
        "annotation 901: is of the type 'webanno.custom.Unknown', which the file does not declare; it was left out",
        "annotation 902: the span 1–4 is not in the text; it was left out",
    ]
    assert other["begin"] == 19


def test_a_cas_without_text_is_lost(inception, tmp_path):
    for item in inception["%FEATURE_STRUCTURES"]:
        item.pop("sofaString", None)
    inception["%FEATURE_STRUCTURES"] = [
        item for item in inception["%FEATURE_STRUCTURES"] if "begin" not in item
    ]
    (tmp_path / "doc.json").write_text(json.dumps(inception))
    (loaded,) = load(tmp_path)
    assert loaded.problems[0].lost


# Label Studio


def test_label_studio_tasks_fit_their_interface(articles, tmp_path):
    """labelstud.io/guide/predictions: each result names a control of the interface and has a value of its kind."""
    tasks, interface = export(articles, tmp_path, "label-studio")
    view = ET.fromstring(interface.read_text("utf-8"))
    controls = {tag.get("name", tag.tag): tag for tag in view}
    allowed = {name: {choice.get("value") for choice in tag} for name, tag in controls.items() if len(tag)}
    kinds = {"Labels": "labels", "Choices": "choices", "Number": "number", "TextArea": "textarea"}
    for task in json.loads(tasks.read_text("utf-8")):
        text = task["data"]["text"]
        (prediction,) = task["predictions"]
        regions = {result["id"] for result in prediction["result"] if result["type"] == "labels"}
        for result in prediction["result"]:
            if result["type"] == "relation":
                assert {result["from_id"], result["to_id"]} <= regions
                assert set(result["labels"]) <= allowed["Relations"]
                continue
            control = controls[result["from_name"]]
            assert kinds[control.tag] == result["type"]
            assert control.get("toName") == result["to_name"] == "text"
            assert result["id"] in regions
            value = result["value"]
            if result["type"] == "labels":
                assert text[value["start"] : value["end"]] == value["text"]
            if result["type"] in ("labels", "choices"):
                assert set(value[result["type"]]) <= allowed[result["from_name"]]


def region(start, end, label, **more):
    value = {"start": start, "end": end, "labels": [label]}
    return {
        "id": f"{label}{start}",
        "from_name": "my",
        "to_name": "text",
        "type": "labels",
        "value": value,
    } | more


def tasks_of(folder, *tasks):
    (folder / "export.json").write_text(json.dumps(tasks))
    return load(folder)


def test_what_people_annotated_in_label_studio_goes_before_predictions(tmp_path):
    text = "🙂 It may rain. It will."
    relation = {"type": "relation", "from_id": "unsure5", "to_id": "sure18", "direction": "right"}
    choice = {
        "id": "unsure5", "from_name": "tone", "to_name": "text", "type": "choices",
        "value": {"start": 5, "end": 8, "choices": ["calm"]},
    }  # fmt: skip
    first, second = tasks_of(
        tmp_path,
        {
            "id": 7,
            "data": {"text": text},
            "annotations": [
                {
                    "result": [
                        choice,
                        region(5, 8, "unsure", meta={"text": ["weak"]}),
                        region(18, 22, "sure"),
                        relation,
                    ]
                },
                {"result": [], "was_cancelled": True},
                {"result": [region(2, 4, "it")]},
            ],
            "predictions": [{"result": [region(0, 1, "guess")]}],
        },
    )
    assert [(item.label, first.document[item]) for item in first.evidence] == [
        ("unsure", "may"),
        ("sure", "will"),
    ]
    assert first.evidence[0].extra == {"tone": "calm", "link": [[18, 22]]}
    assert first.evidence[0].why == "weak"
    assert [(item.label, second.document[item]) for item in second.evidence] == [("it", "It")]
    assert first.document.id == second.document.id == "7"
    assert first.problems == second.problems == []


def test_the_small_export_of_label_studio_is_read(tmp_path):
    (loaded,) = tasks_of(
        tmp_path, {"id": 3, "text": "It may rain.", "label": [{"start": 3, "end": 6, "labels": ["unsure"]}]}
    )
    assert [(item.label, loaded.document[item]) for item in loaded.evidence] == [("unsure", "may")]


def test_bad_regions_in_label_studio_are_named_and_skipped(tmp_path):
    wrong = region(3, 6, "wrong")
    wrong["value"]["text"] = "snow"
    relation = {"type": "relation", "from_id": "outside0", "to_id": "good3"}
    dangling = {"type": "relation", "from_id": "nobody", "to_id": "good3"}
    endless = region(3, None, "endless")
    (loaded,) = tasks_of(
        tmp_path,
        {"data": {"text": "It may rain."}, "annotations": [{"result": [
            region(3, 6, "good"), wrong, region(0, 99, "outside"), relation, dangling, endless,
        ]}]},
    )  # fmt: skip
    assert [item.label for item in loaded.evidence] == ["good"]
    assert problems([loaded]) == [
        "task 1, region wrong3: the words there are 'may', not 'snow'; it was left out",
        "task 1, region endless3: has no end; it was left out",
        "task 1, region outside0: the span 0–99 of 'outside' is not in the text of 12 characters; it was left out",
        "'link' links 'nobody' to 'good3', one of which is missing; the link was left out",
    ]
