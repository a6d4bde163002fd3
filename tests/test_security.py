"""What no module may do with what somebody else wrote; `SECURITY.md` says why."""

from __future__ import annotations

import ast
import hashlib
import io
from pathlib import Path

import numpy as np
import pytest

import framing
from framing.models import weights

PACKAGE = Path(framing.__file__).parent
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}


def calls(*names: str) -> list[tuple[str, ast.Call]]:
    """Calls by the last words of their names, such as "yaml.load"."""
    return [
        (file, node)
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names
    ]


def imports() -> set[tuple[str, str]]:
    return {
        (file, name if name.startswith(("xml", "urllib")) else name.split(".")[0])
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        )
    }


def test_nothing_that_was_read_is_run_or_built():
    assert not calls(
        "eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load"
    )
    used = {name for _, name in imports()}
    assert not used & {
        "pickle",
        "marshal",
        "shelve",
        "dill",
        "joblib",
        "cloudpickle",
        "socket",
        "urllib.request",
        "requests",
    }


def test_one_program_is_started_and_never_by_a_shell():
    assert {file for file, name in imports() if name == "subprocess"} == {"output/print.py"}
    for _, call in calls("subprocess.run", "subprocess.Popen", "subprocess.check_output"):
        assert not any(keyword.arg == "shell" for keyword in call.keywords)


def test_xml_is_parsed_by_defusedxml_alone():
    readers = {file for file, name in imports() if name.startswith("xml")}
    assert readers == {"training/hedging.py"}  # for the types
    (source,) = (ast.unparse(TREES[file]) for file in readers)
    assert "from defusedxml import" in source
    assert "import Element, ParseError" in source


def test_arrays_are_read_without_objects():
    loads = calls("np.load", "numpy.load")
    assert loads
    for _, call in loads:
        assert [ast.unparse(word.value) for word in call.keywords if word.arg == "allow_pickle"] == ["False"]


def test_weights_with_objects_are_refused_whatever_their_card_says(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "PACKAGE", tmp_path)
    content = io.BytesIO()
    np.savez(content, words=np.array([{"a": 1}], dtype=object))
    weights.save_file("linear", "own", "weights.npz", content.getvalue(), "SHA-256: `{sha256}`")
    with pytest.raises(ValueError, match="allow_pickle"):
        weights.load("linear", "own")


@pytest.mark.parametrize(
    "card", sorted((PACKAGE / "models").rglob("card.md")), ids=lambda path: path.parent.name
)
def test_each_file_of_weights_is_the_one_of_its_card(card):
    files = [path for path in card.parent.iterdir() if path.name in ("weights.npz", "weights.onnx")]
    assert files
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in card.read_text(encoding="utf-8")
