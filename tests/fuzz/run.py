"""Fuzz every target, or those named: `make fuzz`, or `PYTHONPATH=tests python -m fuzz.run csv key_file`.

With atheris installed the search follows which lines are reached; without it, seeds are changed at random. All targets
together run for FUZZ_SECONDS (600), as many at once as FUZZ_JOBS says (1). What breaks a target is kept in build/fuzz/<target>/
and ends its turn; the run then fails.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build" / "fuzz"
LONGEST = 30  # seconds for one input; what takes longer is a finding


def main(names: list[str]) -> int:
    """Fuzz in turn, print a table, and return 1 if anything was found."""
    from fuzz.targets import TARGETS

    names = names or list(TARGETS)
    jobs = int(os.environ.get("FUZZ_JOBS", "1"))
    seconds = max(1, round(float(os.environ.get("FUZZ_SECONDS", "600")) * jobs / len(names)))
    with ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(lambda name: _in_a_process(name, seconds), names))
    print(f"{'target':20} {'runs':>10}  finding")
    for name, (runs, finding) in zip(names, results, strict=True):
        print(f"{name:20} {runs:>10,}  {finding or '-'}")
    print(f"{'all':20} {sum(runs for runs, _ in results):>10,}  {sum(bool(f) for _, f in results)} found")
    return int(any(finding for _, finding in results))


def _in_a_process(name: str, seconds: int) -> tuple[int, str]:
    """How many inputs a target took, and where what broke it is told."""
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    with log.open("wb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "fuzz.run", "--one", name, str(seconds)],
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    counts = re.findall(rb"number_of_executed_units: (\d+)", log.read_bytes())
    return int(counts[-1]) if counts else 0, str(log) if done.returncode else ""


def _by_coverage(name: str, seconds: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["framing"]):
        from fuzz import targets
    folder = BUILD / name
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(targets.seeds(name)):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = {token.encode("utf-8", "surrogatepass") for token in targets.TOKENS if len(token) < 60}
    dictionary = folder / "tokens.dict"
    spelled = ("".join(map(r"\x{:02x}".format, word)) for word in sorted(words))
    dictionary.write_text("".join(f'"{word}"\n' for word in spelled))
    options = {
        "max_total_time": seconds,
        "timeout": LONGEST,
        "max_len": 8000,
        "rss_limit_mb": 4096,
        "print_final_stats": 1,
        "artifact_prefix": f"{folder}/",
        "dict": dictionary,
    }
    atheris.Setup(
        [name, *(f"-{key}={value}" for key, value in options.items()), str(corpus)], targets.TARGETS[name]
    )
    atheris.Fuzz()


def _at_random(name: str, seconds: int) -> int:
    from fuzz import targets
    from fuzz.mutation import mutated

    chance = random.Random()
    seeds = targets.seeds(name)
    tokens = [token.encode("utf-8", "surrogatepass") for token in targets.TOKENS]
    end = time.monotonic() + seconds
    runs = 0
    found = 0
    while time.monotonic() < end and not found:
        data = mutated(seeds, tokens, chance)
        runs += 1
        start = time.process_time()
        try:
            targets.TARGETS[name](data)
            if time.process_time() - start > LONGEST:
                raise TimeoutError(f"took longer than {LONGEST} s")  # noqa: TRY301
        except Exception:  # noqa: BLE001  a finding of any kind
            traceback.print_exc()
            (BUILD / name / "crash").write_bytes(data)
            found = 1
    print(f"number_of_executed_units: {runs}")
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        if find_spec("atheris"):
            _by_coverage(sys.argv[2], int(sys.argv[3]))
        sys.exit(_at_random(sys.argv[2], int(sys.argv[3])))
    sys.exit(main(sys.argv[1:]))
