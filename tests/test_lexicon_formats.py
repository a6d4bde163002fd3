"""Lexicons of other programs come in and go out; what a side cannot hold is said, with its line."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from framing.data import DataError
from framing.document import make_document
from framing.lexicon import Entry, Lexicon, load_lexicon
from framing.lexicon_formats import EXPORTS, export_lexicon, import_lexicon, read_any, write_tsv

SUFFIXES = {"liwc": ".dic", "dicx": ".dicx", "quanteda": ".yaml", "csv": ".csv"}


def own(*entries: Entry, categories: str = "harsh = harsher than the fact needs; praise = praise") -> Lexicon:
    header = {
        "title": "own", "licence": "CC0-1.0", "date": "2026-11-27", "method": "by hand", "literature": "none",
        "categories": categories,
    }  # fmt: skip
    return Lexicon("own", entries, header)


PLAIN = own(
    Entry("brutal*", "harsh"),
    Entry("gut-wrenching", "harsh"),
    Entry("so-called", "harsh"),
    Entry("at ease", "praise"),
    Entry("nation's pride", "praise"),
)


def found(lexicon: Lexicon, text: str) -> list[tuple[str, str]]:
    document = make_document(text)
    return [(" ".join(document.tokens[m.first : m.last]), m.entry.category) for m in lexicon.match(document)]


TEXT = "A brutal, gut-wrenching and so-called sight; the nation's pride was at ease, brutally."


@pytest.mark.parametrize("format", EXPORTS)
def test_a_plain_list_comes_back_as_it_went_out(tmp_path: Path, format: str) -> None:
    path = tmp_path / f"own{SUFFIXES[format]}"
    export_lexicon(PLAIN, format, path)
    back, failures, notes = import_lexicon(path)
    assert (failures, notes) == ((), ())
    assert {(e.term, e.category) for e in back.entries} == {(e.term, e.category) for e in PLAIN.entries}
    assert found(back, TEXT) == found(PLAIN, TEXT) == found(load_lexicon(path), TEXT)


@pytest.mark.parametrize("name", ["loaded", "hedging", "frames"])
@pytest.mark.parametrize("format", EXPORTS)
def test_a_shipped_lexicon_comes_back_with_all_its_forms(tmp_path: Path, name: str, format: str) -> None:
    path = tmp_path / f"own{SUFFIXES[format]}"
    lexicon = load_lexicon(name)
    export_lexicon(lexicon, format, path)
    again = tmp_path / f"again{SUFFIXES[format]}"
    back = import_lexicon(path)
    assert back.failures == ()
    export_lexicon(back.lexicon, format, again)
    # In a header, a semicolon ends a definition.
    first, second = (sorted(file.read_text().replace(";", ",").splitlines()) for file in (path, again))
    assert first == second
    assert set(back.lexicon.categories) == set(lexicon.categories)


def test_csv_keeps_every_column(tmp_path: Path) -> None:
    entry = Entry(
        "slam", "harsh", forms="v", weight=-0.5, neutral="criticise", case="exact", not_before=frozenset({"shut", "#"}),
        note='a "note", with marks', extra={"turn": "2"},
    )  # fmt: skip
    export_lexicon(own(entry), "csv", tmp_path / "own.csv")
    (back,) = import_lexicon(tmp_path / "own.csv").lexicon.entries
    assert back == replace(entry, line=2)


def test_inflections_are_written_out_where_a_format_has_no_forms() -> None:
    text, lost = export_lexicon(
        own(Entry("try", "harsh", forms="v"), Entry("lie", "harsh", forms="n")), "liwc"
    )
    assert text == "%\n1\tharsh\t(harsher than the fact needs)\n2\tpraise\n%\n" + "".join(
        f"{word}\t1\n" for word in ("lie", "lies", "tried", "tries", "try", "trying")
    )
    assert "inflections are written out: 2 entries became 6 terms" in lost


def test_what_a_format_cannot_hold_is_said() -> None:
    lexicon = own(
        Entry("about", "harsh", before=frozenset("#"), weight=-0.5),
        Entry("US", "harsh", case="exact", note="why"),
    )
    _, lost = export_lexicon(lexicon, "quanteda")
    assert lost == [
        "guards of 1 entry are left out",
        "conditions on capitals of 1 entry are left out",
        "weights of 1 entry are left out",
        "notes of 1 entry are left out",
        "the provenance on top is left out: keep the .tsv beside it",
    ]
    text, lost = export_lexicon(lexicon, "dicx")
    assert "about,-0.5,\n" in text
    assert not any("weights" in line for line in lost)


def test_a_word_of_several_categories_has_one_row_in_liwc_and_is_named_when_it_comes_in(
    tmp_path: Path,
) -> None:
    lexicon = own(Entry("fierce", "harsh"), Entry("fierce", "praise"))
    export_lexicon(lexicon, "liwc", tmp_path / "own.dic")
    assert (tmp_path / "own.dic").read_text().endswith("%\nfierce\t1\t2\n")
    back = import_lexicon(tmp_path / "own.dic")
    assert back.notes[0].startswith("1 terms stand in several categories")
    assert [e.category for e in import_lexicon(tmp_path / "own.dic", only=["praise"]).lexicon.entries] == [
        "praise"
    ]
    with pytest.raises(DataError, match=r"unknown category 'prais'; choose from .* Did you mean 'praise'"):
        import_lexicon(tmp_path / "own.dic", only=["prais"])


DIC = """%
1\tfunction\t(Function Words)
2\t    pronoun\t(Pronouns)
10  Work life
%
she\t1\t2
quiet* 10
at ease 10
kind\t(02 134)131/135
(of)like\t10
*ing\t10
a?b\t10
good * deal\t10
:)\t10
lonely
odd\t99
*\t1\t2
"""


def test_every_row_of_a_liwc_dictionary_is_read_or_named(tmp_path: Path) -> None:
    path = tmp_path / "m.dic"
    path.write_text(DIC, encoding="utf-8")
    lexicon, failures, _ = read_any(path, date="2026-11-27")
    assert [(e.term, e.category, e.line) for e in lexicon.entries] == [
        ("she", "function", 6),
        ("she", "pronoun", 6),
        ("quiet*", "Work_life", 7),
        ("at ease", "Work_life", 8),
    ]
    assert lexicon.categories == {
        "function": "Function Words",
        "pronoun": "Pronouns",
        "Work_life": "Work life",
    }
    assert [(f.line, f.problem.partition(" (")[0]) for f in failures] == [
        (9, "'kind' has a condition on other words"),
        (10, "'(of)like' has a condition on other words"),
        (11, "'*ing' has a wildcard that is not at its end"),
        (12, "'a?b' has a wildcard that is not at its end"),
        (13, "'good * deal' has a wildcard that is not at its end"),
        (14, "':)' is no word"),
        (15, "'lonely' has no category"),
        (16, "category '99' is not declared between the % lines"),
        (17, "the term is empty"),
    ]
    with pytest.raises(DataError, match=r"m\.dic:9: 'kind' has a condition .*framing lexicon import"):
        load_lexicon(path)


def test_dicx_takes_crosses_and_weights(tmp_path: Path) -> None:
    path = tmp_path / "m.dicx"
    path.write_text(
        "\ufeffDicTerm,Affect,Work life\r\nHappy*,X,\r\nboss,x,0.5\r\nodd,q,\r\nnone,,0\r\n'=sum,X,\r\n",
        encoding="utf-8",
    )
    lexicon, failures, _ = import_lexicon(path)
    assert [(e.term, e.category, e.weight) for e in lexicon.entries] == [
        ("happy*", "Affect", 1.0),
        ("boss", "Affect", 1.0),
        ("boss", "Work_life", 0.5),
        ("=sum", "Affect", 1.0),
    ]
    assert [(f.line, f.problem) for f in failures] == [
        (4, "'q' under 'Affect' is neither X nor a number"),
        (5, "'none' has no category"),
    ]


def test_quanteda_nests_categories_beside_terms(tmp_path: Path) -> None:
    path = tmp_path / "m.yml"
    path.write_text(
        "pos:\n  - happy*\n  - no\n  - strong: [very good, climate_change]\nneg:\n  bad: [7, 'a*d', ~]\n",
        encoding="utf-8",
    )
    lexicon, failures, _ = import_lexicon(path)
    assert [(e.term, e.category, e.line) for e in lexicon.entries] == [
        ("happy*", "pos", 2),
        ("no", "pos", 3),
        ("very good", "pos.strong", 4),
        ("climate change", "pos.strong", 4),
    ]
    assert [f.line for f in failures] == [6, 6, 6]
    text, _ = export_lexicon(lexicon, "quanteda")
    assert yaml.safe_load(text) == {"pos": ["happy*", "no", {"strong": ["climate change", "very good"]}]}


def test_yaml_that_would_swell_or_run_something_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text("a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(30)), encoding="utf-8")
    with pytest.raises(DataError, match="aliases"):
        import_lexicon(path)
    path.write_text("a: !!python/object/apply:os.system ['echo']\n", encoding="utf-8")
    assert [e.term for e in import_lexicon(path).lexicon.entries] == [
        "echo"
    ]  # a tag is read over, not obeyed
    path.write_text("a: !!python/name:os.system x\n", encoding="utf-8")
    with pytest.raises(DataError, match="holds no term"):
        import_lexicon(path)
    for deep in ("[" * 5000, "a: " + "{a: " * 40 + "x" + "}" * 40):
        path.write_text(deep, encoding="utf-8")
        with pytest.raises(DataError, match=r"nested too deeply|not valid YAML"):
            import_lexicon(path)


def test_a_file_too_large_or_of_no_known_kind_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.csv"
    path.write_text("term,category\nslam,harsh\n", encoding="utf-8")
    monkeypatch.setattr("framing.lexicon_formats.formats._LARGEST", 5)
    with pytest.raises(DataError, match="more than any lexicon"):
        import_lexicon(path)
    with pytest.raises(DataError, match="its ending tells no format; name one of liwc"):
        import_lexicon(tmp_path / "own.txt")
    with pytest.raises(DataError, match=r"unknown format 'quantda'; choose from .* Did you mean 'quanteda'"):
        import_lexicon(path, format="quantda")
    with pytest.raises(DataError, match="cannot be read"):
        import_lexicon(tmp_path / "none.csv")


def test_cells_that_a_spreadsheet_would_run_are_neutralised_and_restored(tmp_path: Path) -> None:
    lexicon = own(Entry("=cmd", "harsh", weight=-1.0, note='=HYPERLINK("x")', neutral="@sum"))
    text, _ = export_lexicon(lexicon, "csv", tmp_path / "own.csv")
    (_, cells) = csv.reader(io.StringIO(text))
    assert cells == ["'=cmd", "harsh", "-1", "'@sum", '\'=HYPERLINK("x")']
    (back,) = import_lexicon(tmp_path / "own.csv").lexicon.entries
    assert (back.term, back.weight, back.note, back.neutral) == ("=cmd", -1.0, '=HYPERLINK("x")', "@sum")


def test_bad_rows_of_a_csv_are_named_and_the_rest_is_used(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "term;category;weight\nslam;harsh;-0.5\nblast;harsh;much\n;harsh;\nhit;;\nrage;harsh;nan\nfury;harsh;1;2\ngood;Praise, mild;\n",
        encoding="utf-8",
    )
    lexicon, failures, _ = import_lexicon(path)
    assert [(e.term, e.category) for e in lexicon.entries] == [("slam", "harsh"), ("good", "Praise_mild")]
    assert [f.line for f in failures] == [3, 4, 5, 6, 7]
    path.write_text("word,category\nx,y\n", encoding="utf-8")
    with pytest.raises(DataError, match="has no column 'term'; found word, category"):
        import_lexicon(path)


def test_an_imported_lexicon_says_where_it_comes_from_and_loads(tmp_path: Path) -> None:
    (tmp_path / "m.dic").write_text("%\n1\tcalm (Calm; quiet)\n%\nquiet\t1\n", encoding="utf-8")
    import_lexicon(tmp_path / "m.dic", tmp_path / "m.tsv", date="2026-11-27")
    lexicon = load_lexicon(tmp_path / "m.tsv")
    assert lexicon.header["licence"] == "as of the imported file"
    assert lexicon.header["date"] == "2026-11-27"
    assert "imported from m.dic (LIWC dictionary, SHA-256 " in lexicon.header["method"]
    assert lexicon.categories == {"calm": "Calm, quiet"}
    with pytest.raises(ValueError, match=r"exists already"):
        import_lexicon(tmp_path / "m.dic", tmp_path / "m.tsv")
    with pytest.raises(ValueError, match=r"written as \.tsv"):
        import_lexicon(tmp_path / "m.dic", tmp_path / "m.csv")
    with pytest.raises(ValueError, match=r"exists already"):
        export_lexicon(lexicon, "liwc", tmp_path / "m.dic")


def test_a_foreign_file_has_the_same_digest_every_day(tmp_path: Path) -> None:
    (tmp_path / "m.dic").write_text("%\n1\tcalm\n%\nquiet\t1\n", encoding="utf-8")
    assert "date" not in load_lexicon(tmp_path / "m.dic").header


@pytest.mark.parametrize("name", ["loaded", "stance", "reporting", "actors"])
def test_a_written_tsv_is_read_as_it_was(tmp_path: Path, name: str) -> None:
    lexicon = load_lexicon(name)
    write_tsv(lexicon, tmp_path / f"{name}.tsv")
    again = load_lexicon(tmp_path / f"{name}.tsv")
    used = [{k: v for k, v in e.extra.items() if v} for e in again.entries]
    assert used == [{k: v for k, v in e.extra.items() if v} for e in lexicon.entries]
    plain = [(e.term, e.category, e.forms, e.weight, e.before, e.after, e.note) for e in again.entries]
    assert plain == [
        (e.term, e.category, e.forms, e.weight, e.before, e.after, e.note) for e in lexicon.entries
    ]


def test_a_hundred_thousand_rows_are_imported(tmp_path: Path) -> None:
    path = tmp_path / "big.dic"
    rows = "".join(f"word{number}\t1\n" for number in range(100_000))
    path.write_text(f"%\n1\tall\n%\n{rows}", encoding="utf-8")
    assert len(import_lexicon(path, tmp_path / "big.tsv").lexicon.entries) == 100_000
