"""What holds for the project as a whole: its layers, its packaging, its papers."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import shutil
import socket
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from hatchling.build import build_wheel
from importlinter.cli import lint_imports
from packaging.requirements import Requirement

import framing
from framing.analysis import load_dimensions

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DIMENSIONS = load_dimensions()


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_core_imports_no_edge(capsys):
    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert not broken, capsys.readouterr().out


def test_the_import_contract_names_every_module():
    (contract,) = PROJECT["tool"]["importlinter"]["contracts"]
    named = {*contract["source_modules"], *contract["forbidden_modules"]}
    found = {f"framing.{module.name}" for module in pkgutil.iter_modules([str(ROOT / "framing")])}
    assert named == found - {"framing._version"}


@pytest.mark.parametrize("name", list(DIMENSIONS))
def test_a_dimension_has_its_tests_its_cases_and_its_words(name):
    assert (ROOT / "tests" / f"test_{name}.py").is_file()
    cases = json.loads(read(f"tests/cases/{name}.json"))
    assert all({"label", "text", "expect"} <= case.keys() for case in cases)
    assert any(not case["expect"] for case in cases) or name == "tone", "no case that must yield nothing"
    labels = [case["label"] for case in cases]
    assert len(labels) == len(set(labels))
    dimension = DIMENSIONS[name]
    for field in ("title", "question", "unit", "higher", "limits", "reference"):
        assert getattr(dimension, field), field
    assert dimension.question.endswith("?")


def test_the_readme_names_dimensions_that_exist():
    """Those it leaves out are explained by `framing dimensions`, so that a new one needs no edit there."""
    table = read("README.md").split("| dimension | question |")[1].split("\n\n")[0]
    named = re.findall(r"^\| (\w+) \|", table, re.MULTILINE)
    assert named
    assert set(named) <= set(DIMENSIONS)


@pytest.mark.parametrize("edge", ["framing.cli", "framing.output.table", "framing.training.task"])
def test_the_import_contract_catches_an_edge(tmp_path, monkeypatch, edge):
    """A copy of the package whose core imports an edge must be refused, or the contract guards nothing."""
    shutil.copytree(ROOT / "framing", tmp_path / "framing", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "framing" / "document.py").open("a", encoding="utf-8") as core:
        core.write(f"\ndef late() -> None:\n    import {edge}\n")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"},
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"framing.document -> {edge}" in done.stdout


def test_public_names_exist():
    assert all(hasattr(framing, name) for name in framing.__all__)
    assert sorted(framing.__all__) == list(framing.__all__)


def test_public_names_are_found_and_others_are_not():
    assert set(framing.__all__) <= set(dir(framing))
    assert framing.compare is importlib.import_module("framing.comparison.compare").compare
    with pytest.raises(AttributeError, match="'framing' has no attribute 'verdict'"):
        _ = framing.verdict


def test_a_program_that_analyses_loads_nothing_heavy():
    program = (
        "import sys, framing, framing.cli; framing.analyze('Officials said so.', model='linear');"
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    heavy = {
        "altair",
        "charset_normalizer",
        "jinja2",
        "nltk",
        "pandas",
        "pyarrow",
        "scipy",
        "sklearn",
        "yaml",
    }
    assert heavy.isdisjoint(run.stdout.split())


def test_public_names_stay_what_they_are():
    """A function and a subpackage of one name would change places when the subpackage is imported."""
    modules = {module.name for module in pkgutil.iter_modules(framing.__path__)}
    assert not modules.intersection(framing.__all__)


def test_every_module_imports():
    for module in pkgutil.walk_packages(framing.__path__, "framing."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def test_one_version_everywhere():
    assert yaml.safe_load(read("CITATION.cff"))["version"] == framing.__version__
    assert re.findall(r"^## \[(\d[^\]]*)\]", read("CHANGELOG.md"), re.MULTILINE)[0] == framing.__version__


def requirements() -> list[Requirement]:
    extras = PROJECT["project"]["optional-dependencies"]
    lines = [*PROJECT["project"]["dependencies"], *(line for extra in extras.values() for line in extra)]
    return [Requirement(line) for line in lines]


def pins() -> dict[str, str]:
    lines = [line for line in read("constraints.txt").splitlines() if not line.startswith("#")]
    return {name.lower().replace("_", "-"): version for name, version in (line.split("==") for line in lines)}


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_a_dependency_is_pinned_within_its_range(requirement):
    assert requirement.specifier, f"{requirement} has no lower bound"
    assert requirement.specifier.contains(pins()[requirement.name.lower().replace("_", "-")])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder / build_wheel(str(folder))


def test_the_wheel_holds_knowledge_and_texts(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("lexicons", "texts"):
        assert {
            f"framing/{folder}/{path.name}" for path in (ROOT / folder).iterdir() if path.is_file()
        } <= names
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "framing").rglob("*.py")}
    assert modules | {"framing/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "lexicons/", "texts/"))]


def test_an_installed_wheel_works_from_any_folder(wheel, tmp_path):
    site = tmp_path / "site packages"
    zipfile.ZipFile(wheel).extractall(site)
    program = (
        f"import sys; sys.path.insert(0, {str(site)!r}); import framing; "
        "analysis = framing.analyze('Officials said the raid may have failed.'); "
        "print(framing.__file__, len(analysis.evidence))"
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    file, evidence = done.stdout.rsplit(maxsplit=1)
    assert Path(file).is_relative_to(site)
    assert int(evidence) > 0


def test_the_readme_names_commands_that_exist():
    help_text = subprocess.run(
        [sys.executable, "-m", "framing", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={"PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONUTF8": "1"},
    ).stdout
    commands = set(re.findall(r"^framing (\w+)", read("README.md"), re.MULTILINE))
    assert commands
    assert all(re.search(rf"\b{command}\b", help_text) for command in commands)
    targets = set(re.findall(r"^make (\w+)", read("README.md"), re.MULTILINE))
    assert targets <= set(re.findall(r"^(\w+):", read("Makefile"), re.MULTILINE))


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "lexicons/README.md",
        "notebooks/assignment/README.md",
        "texts/README.md",
        "texts/coding/README.md",
    ],
)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", read(page))
    for link in links:
        assert link.startswith("https://") or ((ROOT / page).parent / link).exists(), link


def test_tests_cannot_reach_the_network():
    with pytest.raises(pytest.fail.Exception, match="offline"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(pytest.fail.Exception, match="offline"):
        socket.getaddrinfo("example.org", 80)
