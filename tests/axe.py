"""axe-core, which finds faults of access in a page: fetched from npm by the test run, checked, and never committed."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

VERSION = "4.14.1"
INTEGRITY = (
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="  # SHA-512
)
SERIOUS = ("serious", "critical")
_PATIENCE = 120  # seconds


class Fault(NamedTuple):
    """A rule that an element of a page breaks."""

    rule: str
    impact: str
    help: str
    place: str
    html: str
    why: str

    def __str__(self) -> str:
        return f"{self.impact} {self.rule}: {self.help}\n  {self.place}\n  {self.html}\n  {self.why}"


def source(folder: Path) -> str:
    """The script of axe-core, from a package kept in `folder`; the test is skipped where npm cannot fetch it."""
    package = folder / f"axe-core-{VERSION}.tgz"
    if not package.is_file():
        _fetch(folder)
    digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode("ascii")
    assert digest == INTEGRITY, f"{package} is not axe-core {VERSION}; delete it"
    with tarfile.open(package) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode("utf-8")


def faults(page: Any, script: str) -> list[Fault]:
    """What axe finds in an open page, whatever its content security policy, gravest first."""
    page.evaluate(script)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    order = ["critical", "serious", "moderate", "minor"]
    return sorted(
        (
            Fault(
                rule=rule["id"],
                impact=node["impact"],
                help=rule["help"],
                place=" ".join(map(str, node["target"])),
                html=node["html"][:300],
                why=" ".join(node["failureSummary"].split()),
            )
            for rule in found["violations"]
            for node in rule["nodes"]
        ),
        key=lambda fault: (order.index(fault.impact), fault.rule),
    )


def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, to fetch axe-core")
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", f"axe-core@{VERSION}", "--pack-destination", str(folder), "--ignore-scripts"]
    try:
        subprocess.run(
            [*command, "--cache", str(folder / "npm"), "--fetch-retries", "1"],
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    except subprocess.CalledProcessError as error:
        pytest.skip(f"npm cannot fetch axe-core: {error.stderr.strip()[-300:]}")
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not fetch axe-core within {_PATIENCE} seconds")
