"""The transformer keeps the conventions of scikit-learn, and its numbers are those of the analysis."""

from __future__ import annotations

import inspect
import math
import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.validation import check_is_fitted, validate_data

from framing.analysis import ALL_VOICES, analyze, load_dimensions
from framing.corpus import load_corpus
from framing.document import make_document
from framing.estimator import ACTOR_MEASURES, FramingTransformer

HEDGED = [
    "The bridge may close in winter, and the council might pay.",
    "Perhaps the ferry will be late; it seems the engine failed.",
    "The school could possibly open, people believe.",
    "It is likely that the road may stay shut.",
]
PLAIN = [
    "The bridge closes in winter, and the council pays.",
    "The ferry is late. The engine failed.",
    "The school opens on Monday.",
    "The road stays shut until spring.",
]
TEXTS, IS_HEDGED = HEDGED + PLAIN, [1] * 4 + [0] * 4


def fast(**parameters):
    return FramingTransformer(**{"model": "lexicon", "dimensions": ["hedging"], **parameters})


# scikit-learn's own checks -----------------------------------------------------------------------------------------

# Those that give an estimator no data, or data that it must refuse before it looks at them.
CHECKS = [
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_estimators_unfitted",
    "check_get_params_invariance",
    "check_mixin_order",
    "check_n_features_in_after_fitting",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_positive_only_tag_during_fit",
    "check_set_params",
    "check_transformers_unfitted",
    "check_valid_tag_types",
]


@pytest.mark.parametrize("name", CHECKS)
def test_checks_of_scikit_learn_hold(name):
    getattr(estimator_checks, name)("FramingTransformer", fast())


class OfNumbers(FramingTransformer):
    """The transformer behind a table of numbers, each row of which it reads as a text: the other checks feed in numbers."""

    def fit(self, X, y=None):  # noqa: ARG002, N803  as scikit-learn calls them
        return super().fit(self._texts(X, reset=True))

    def transform(self, X):  # noqa: N803
        check_is_fitted(self)
        return super().transform(self._texts(X, reset=False))

    def _texts(self, given, *, reset):
        table = validate_data(self, given, reset=reset)
        return [
            f"It {' or '.join('may' if value > 0.5 else 'will' for value in row)} close." for row in table
        ]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = False, True
        return tags


def _array_api(check):
    return "array_api" in getattr(check, "func", check).__name__


# Texts are no arrays of another library; its check runs only where SCIPY_ARRAY_API is set.
CHECKS = [
    (estimator, check)
    for estimator, check in estimator_checks.estimator_checks_generator(
        OfNumbers(model="lexicon", dimensions=["hedging"])
    )
    if not _array_api(check)
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_checks_with_data_hold_where_rows_are_read_as_texts(estimator, check):
    check(estimator)


# Four that `parametrize_with_checks` does not give are left out: those of get_feature_names_out want names for columns that
# come in, and texts have none; those of set_output with pandas warn of columns without names (see below for both).
def test_the_check_of_set_output_holds_where_rows_are_read_as_texts():
    estimator_checks.check_set_output_transform(
        "OfNumbers", OfNumbers(model="lexicon", dimensions=["hedging"])
    )


# The transformer itself --------------------------------------------------------------------------------------------


def test_making_one_only_keeps_the_parameters():
    odd = object()
    parameters = dict.fromkeys(inspect.signature(FramingTransformer).parameters, odd)
    assert vars(FramingTransformer(**parameters)) == parameters


def test_values_are_those_of_the_analysis():
    transformer = FramingTransformer(voices=ALL_VOICES, actors=["us"])
    text = "The US said the regime may have lied. “We know nothing,” the mayor of Springfield insisted."
    row = dict(
        zip(transformer.fit([]).get_feature_names_out(), transformer.transform([text])[0], strict=True)
    )
    scores = analyze(text, model="linear", resamples=0).scores
    own = [score for score in scores if score.actor in (None, "us")]
    assert len(own) > 100
    for score in own:
        name = ".".join(
            filter(None, [score.dimension, score.measure, score.label or score.actor, score.voice])
        )
        assert row.pop(name) == pytest.approx(score.value, nan_ok=True)
    assert all(math.isnan(value) for value in row.values())


def test_a_feature_is_recomputed_from_the_evidence():
    text = " ".join(HEDGED)
    names = list(fast().fit([]).get_feature_names_out())
    value = fast().fit_transform([text])[0, names.index("hedging.hedge_cues.epistemic.all")]
    analysis = analyze(text, model="lexicon", dimensions=["hedging"])
    cues = [item for item in analysis.evidence if item.label == "epistemic"]
    assert value == pytest.approx(1000 * len(cues) / analysis.document.words)
    assert value > 0


words = st.sampled_from(
    ["Russia", "may", "said", "the", "regime", "“no”", "heroes", ".", "\n\n", "Kyiv", "42", "é"]
)


@settings(max_examples=25)
@given(st.lists(words, max_size=30).map(" ".join))
def test_columns_are_the_same_for_any_text(text):
    transformer = FramingTransformer(model="lexicon", actors=["russia"])
    names = transformer.fit([text]).get_feature_names_out()
    assert len(set(names)) == len(names) == transformer.transform([text]).shape[1]
    assert list(names) == list(transformer.fit(["another one"]).get_feature_names_out())


@pytest.mark.parametrize("model", ["lexicon", "linear"])
def test_no_text_has_a_score_without_a_column(repository, model):
    """The columns come from a text without words, and measures of actors from a list: both must tell everything."""
    documents, _ = load_corpus([repository / "texts"])
    actors = sorted(
        {s.actor for d in documents for s in analyze(d, model=model, resamples=0).scores if s.actor}
    )
    transformer = FramingTransformer(model=model, voices=ALL_VOICES, actors=actors).fit([])
    known = set(transformer.get_feature_names_out())
    measures = set()
    for document in documents:
        for score in analyze(document, model=model, resamples=0).scores:
            assert (
                ".".join(
                    filter(None, [score.dimension, score.measure, score.label or score.actor, score.voice])
                )
                in known
            )
            if score.actor:
                measures.add((score.dimension, score.measure))
    assert measures == {(dimension, measure) for dimension, measure, _ in ACTOR_MEASURES}
    assert {name.split(".")[0] for name in known} == set(load_dimensions())


def test_an_empty_text_has_no_score_and_no_texts_have_no_rows():
    transformer = fast(dimensions=None, actors=["us"]).fit([])
    assert np.isnan(transformer.transform([""])).all()
    assert transformer.transform([]).shape == (0, len(transformer.get_feature_names_out()))


def test_what_is_undefined_is_nan_or_zero_as_asked():
    texts = ["Russia attacked.", "The harbour was quiet."]
    stance = {"dimensions": ["stance"], "actors": ["russia"]}
    kept, filled = fast(**stance).fit_transform(texts), fast(**stance, missing="zero").fit_transform(texts)
    assert list(fast(**stance).fit([]).get_feature_names_out()) == [
        "stance.mean_polarity.russia.all",
        "stance.mentions.russia.all",
    ]
    assert not np.isnan(kept[0]).any()
    assert np.isnan(kept[1]).all()
    assert filled[1].tolist() == [0, 0]
    assert np.array_equal(filled[0], kept[0])


def test_documents_and_texts_are_read_alike_and_a_headline_has_its_own_voice():
    assert np.array_equal(fast().fit_transform(TEXTS), fast().fit_transform(map(make_document, TEXTS)))
    document = make_document("Bridge may close\n\nThe council met.", title="Bridge may close")
    headline = fast(voices=("headline",)).fit_transform([document])
    assert headline[0, 0] == 100


@pytest.mark.parametrize(
    "hold",
    [
        tuple,
        iter,
        np.array,
        partial(np.array, dtype=object),
        pd.Series,
        partial(pd.Series, dtype="string"),
        pd.Index,
        lambda texts: pd.DataFrame({"text": texts})["text"],
    ],
    ids=["tuple", "iterator", "array", "array of objects", "series", "series of strings", "index", "column"],
)
def test_texts_are_read_alike_whatever_holds_them(hold):
    assert np.array_equal(fast().fit_transform(hold(TEXTS)), fast().fit_transform(TEXTS))


def test_voices_and_actors_named_twice_have_one_column():
    twice = fast(dimensions=None, voices=["all", "all"], actors=["us", "us"]).fit([])
    once = fast(dimensions=None, actors=["us"]).fit([])
    assert list(twice.get_feature_names_out()) == list(once.get_feature_names_out())


def test_a_frame_with_the_index_of_the_texts_comes_out_if_asked_for():
    texts = pd.Series(TEXTS, index=[f"article {number}" for number in range(len(TEXTS))])
    frame = fast().set_output(transform="pandas").fit_transform(texts)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.index) == list(texts.index)
    assert list(frame.columns) == list(fast().fit([]).get_feature_names_out())
    assert frame["hedging.hedged_sentences.all"].gt(0).tolist() == [True] * 4 + [False] * 4


def test_it_is_cloned_and_pickled_with_all_it_knows():
    transformer = fast(voices=["author"], missing="zero").fit([])
    copy = clone(transformer)
    assert copy.get_params() == transformer.get_params()
    with pytest.raises(NotFittedError):
        copy.transform(TEXTS)
    with pytest.raises(NotFittedError):
        copy.get_feature_names_out()
    assert pickle.loads(pickle.dumps(copy)).get_params() == copy.get_params()
    again = pickle.loads(pickle.dumps(transformer))
    assert list(again.get_feature_names_out()) == list(transformer.get_feature_names_out())
    assert np.array_equal(again.transform(TEXTS), transformer.transform(TEXTS))


def test_a_frame_comes_out_where_that_is_the_setting_of_all():
    with config_context(transform_output="pandas"):
        frame = fast().fit_transform(TEXTS)
    assert list(frame.columns) == list(fast().fit([]).get_feature_names_out())
    assert list(frame.index) == list(range(len(TEXTS)))


def test_it_works_in_a_pipeline_and_a_grid():
    pipeline = Pipeline(
        [("features", fast(missing="zero")), ("classifier", LogisticRegression(max_iter=1000))]
    )
    grid = GridSearchCV(
        pipeline,
        {
            "features__dimensions": [["hedging"], ["frames"]],
            "features__voices": [("author", "all")],
            "features__actors": [None, ["us"]],
            "features__missing": ["zero"],
        },
        cv=2,
        error_score="raise",
    )
    grid.fit(pd.Series(TEXTS), np.array(IS_HEDGED))
    assert grid.best_params_["features__dimensions"] == ["hedging"]
    assert grid.predict(["The bridge may close, perhaps.", "The bridge closes."]).tolist() == [1, 0]
    names = grid.best_estimator_[:-1].get_feature_names_out()
    assert len(names) == grid.best_estimator_[-1].n_features_in_


def test_it_reads_one_column_of_a_table_and_leaves_filling_to_others():
    table = pd.DataFrame({"text": TEXTS, "year": range(8)}, index=range(10, 18))
    columns = ColumnTransformer([("framing", fast(), "text"), ("year", "passthrough", ["year"])])
    frame = columns.set_output(transform="pandas").fit_transform(table)
    assert frame.shape == (8, len(fast().fit([]).get_feature_names_out()) + 1)
    assert "framing__hedging.hedged_sentences.all" in frame.columns
    assert frame.index.tolist() == list(range(10, 18))
    stance = fast(dimensions=["stance"], actors=["us"])
    filled = make_pipeline(stance, SimpleImputer(strategy="mean")).fit_transform(
        ["The US lied.", "Nobody came."]
    )
    assert filled[0].tolist() == filled[1].tolist()


@pytest.mark.parametrize(
    "texts",
    [
        "one text",
        make_document("one text"),
        pd.DataFrame({"text": TEXTS}),
        np.array([TEXTS]),
        {"text": TEXTS},
        set(TEXTS),
        None,
        3,
    ],
    ids=["text", "document", "frame", "table", "dictionary", "set", "nothing", "number"],
)
def test_what_is_no_list_of_texts_is_refused(texts):
    with pytest.raises(ValueError, match="give a list or column of texts"):
        fast().fit([]).transform(texts)


@pytest.mark.parametrize("value", [None, math.nan, pd.NA, 3, b"bytes", ["a text"]])
def test_what_is_no_text_is_named_by_its_number(value):
    with pytest.raises(ValueError, match=r"text 2 is .*drop or fill what is missing"):
        fast().fit([]).transform(["a text", value])


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        (
            {"model": "linaer"},
            "unknown model 'linaer'; choose from lexicon, linear, encoder. Did you mean 'linear'",
        ),
        ({"dimensions": ["hedges"]}, "unknown dimension 'hedges'; choose from attribution, frames"),
        ({"dimensions": "hedging"}, "dimensions must be a list of names, not the text 'hedging'"),
        ({"voices": ["autor"]}, "unknown voice 'autor'; choose from author, attributed"),
        ({"voices": "all"}, "voices must be a list of names, not the text 'all'"),
        ({"actors": ["atlantis"]}, "unknown actor 'atlantis'; choose from"),
        ({"missing": "mean"}, "missing is 'mean'; choose None or 'zero'"),
        ({"dimensions": ["stance"]}, "no score of stance in the voice all without actors"),
        (
            {"dimensions": ["attribution"], "voices": ["author"]},
            "no score of attribution in the voice author",
        ),
    ],
)
def test_unknown_parameters_are_named_when_it_is_fitted(parameters, says):
    with pytest.raises(ValueError, match=says):
        fast(**parameters).fit(TEXTS)
