"""No text takes far longer than its length: every regular expression, and every reading, on texts meant to take long."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fuzz import attacks

from framing.analysis import analyze

# No duration is asserted. What grows with the length takes a small part of the limit; what grows with its square takes
# longer than the limit, and is ended, since at a million characters it would not come back for minutes.
LENGTH = 80_000
PATIENCE = 2  # seconds of the processor, for one pattern and text
READ, LONG_READ = 5_000, 120_000
READ_PATIENCE = 10

# Kinds of text that have many words of a sentence looked at once for each other.
LONG = (
    "one sentence without a mark", "quoted words", "who said", "hedges", "actors", "an actor in capitals", "brackets and letters",
    "hyphened words",
)  # fmt: skip


class _TakesLongError(BaseException):
    """So that nothing that is being read catches it."""


@contextmanager
def patience(seconds: int, what: str) -> Iterator[None]:
    def end(*_: object) -> None:
        raise _TakesLongError

    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return
    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    except _TakesLongError:
        raise TimeoutError(f"{what}: takes far longer than its length; see fuzz/attacks.py") from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


SITES = attacks.sites()


def test_every_regular_expression_is_known():
    lost = [
        f"{site.file}:{site.line} ({site.owner})"
        for site in SITES
        if site.pattern is None and (site.file, site.owner) not in attacks.BUILT
    ]
    assert not lost, "put together at run time: give examples of them in BUILT of fuzz/attacks.py"
    built = {(site.file, site.owner) for site in SITES if site.pattern is None}
    assert built == set(attacks.BUILT)
    assert len(SITES) > 80


@pytest.mark.parametrize("file", sorted({site.file for site in SITES}))
def test_no_regular_expression_tries_again_and_again(file):
    runs = 0
    for site in SITES:
        for pattern in attacks.patterns(site) if site.file == file else ():
            for method in site.methods:
                for text in attacks.inputs(pattern, LENGTH):
                    with patience(PATIENCE, f"{file}:{site.line} on {text[:12]!r}"):
                        attacks.run(pattern, method, text)
                    runs += 1
    assert runs


def test_what_tries_again_and_again_is_noticed():
    pattern = attacks.re.compile(r"(?:x+x+)+y")
    with pytest.raises(TimeoutError), patience(1, "own"):
        attacks.run(pattern, "search", "x" * LENGTH + "!")


@pytest.mark.parametrize("unit", attacks.UNITS.values(), ids=attacks.UNITS)
def test_no_text_takes_far_longer_than_its_length(tmp_path, unit):
    text = attacks.million(unit, READ)
    for name, read in attacks.readings(tmp_path).items():
        with patience(READ_PATIENCE, name):
            assert read(text) is not None


@pytest.mark.parametrize("kind", LONG)
def test_a_long_sentence_is_read_in_a_time_that_grows_with_its_length(kind):
    for model in ("lexicon", "linear"):
        with patience(READ_PATIENCE, f"{model} on {kind}"):
            analysis = analyze(attacks.million(attacks.UNITS[kind], LONG_READ), model=model, resamples=0)
        assert len(analysis.document.sentences) == 1
