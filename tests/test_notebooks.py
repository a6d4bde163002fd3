"""The notebooks run from top to bottom, show what is committed, and keep to what they promise a reader."""

from __future__ import annotations

import ast
import base64
import importlib
import importlib.util
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import framing

nbformat = pytest.importorskip("nbformat", reason="needs the extra 'notebook'")
pytest.importorskip("nbclient", reason="needs the extra 'notebook'")
pytest.importorskip("ipykernel", reason="needs the extra 'notebook'")

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RENEW = "renew the outputs with `.venv/bin/python notebooks/run.py`, and read what changed"
MOST_BYTES = 400_000  # a notebook on GitHub opens slowly beyond that
MOST_LINES = 22  # of a cell a reader is to understand
NAMES = {"scikit-learn": "sklearn"}  # distributions whose module is called otherwise

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def prose(path):
    return "\n\n".join(cell.source for cell in cells(path, "markdown"))


def outputs(path):
    return [output for cell in cells(path, "code") for output in cell.outputs]


@pytest.fixture(scope="module")
def command():
    spec = importlib.util.spec_from_file_location("notebooks_run", FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# They run -------------------------------------------------------------------------------------------------------

# Python imports this at its start, so that the kernel, a process of its own, refuses the network too.
OFFLINE = """
import socket
connect, look_up = socket.socket.connect, socket.getaddrinfo
HERE = ("127.", "::1", "localhost")
def guarded_connect(self, address):
    if self.family != getattr(socket, "AF_UNIX", None) and not str(address[0]).startswith(HERE):
        raise PermissionError("a notebook tried to reach " + repr(address) + "; framing works offline")
    return connect(self, address)
def guarded_look_up(host, *args, **kwargs):
    if host is not None and not str(host).startswith(HERE):
        raise PermissionError("a notebook tried to look up " + repr(host) + "; framing works offline")
    return look_up(host, *args, **kwargs)
socket.socket.connect, socket.getaddrinfo = guarded_connect, guarded_look_up
"""


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """A folder with copies of the notebooks and nothing beside them, and an environment without network to run them in."""
    folder = tmp_path_factory.mktemp("apart")
    shutil.copytree(FOLDER, folder / "notebooks", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (folder / "offline").mkdir()
    (folder / "offline" / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    path = os.pathsep.join([str(folder / "offline"), str(Path(framing.__file__).parent.parent)])
    settings = {name: str(folder) for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR")}
    return folder, os.environ | settings | {"PYTHONPATH": path}


def started(program, apart, *arguments):
    _, environment = apart
    return subprocess.run(
        [sys.executable, "-W", "ignore", *program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env=environment,
    )


def comparable(path):
    """What a notebook shows, cell by cell; of a picture its size, since fonts differ between machines."""
    found = []
    for cell in cells(path, "code"):
        for output in cell.outputs:
            shown = dict(output.get("data", {}))
            if "image/png" in shown:
                shown["image/png"] = struct.unpack(">II", base64.b64decode(shown["image/png"])[16:24])
            found.append((cell.id, output.output_type, output.get("name"), output.get("text"), shown))
    return found


@each
def test_a_notebook_runs_and_shows_what_is_committed(path, apart):
    copy = apart[0] / "notebooks" / path.name
    done = started([str(copy.parent / "run.py")], apart, path.name)
    assert done.returncode == 0, done.stderr
    shown, committed = comparable(copy), comparable(path)
    assert [cell for cell, *_ in shown] == [cell for cell, *_ in committed], RENEW
    for now, before in zip(shown, committed, strict=True):
        assert now == before, RENEW


def test_the_kernel_cannot_reach_the_network(apart):
    program = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = started(["-c", program], apart)
    assert done.returncode != 0
    assert "framing works offline" in done.stderr


# What the command does ------------------------------------------------------------------------------------------


def notebook_of(*shown):
    cell = nbformat.v4.new_code_cell("1", outputs=list(shown), metadata={"execution": {"start": "now"}})
    return nbformat.v4.new_notebook(
        cells=[cell], metadata={"language_info": {"name": "python", "version": "3.99"}}
    )


def printed(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def test_what_is_of_one_run_is_left_out_and_pieces_are_joined(command):
    notebook = notebook_of(printed("one\n"), printed("two\n"))
    command.clean(notebook)
    assert [output.text for output in notebook.cells[0].outputs] == ["one\ntwo\n"]
    assert notebook.cells[0].metadata == {}
    assert "version" not in notebook.metadata.language_info


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        (printed("saved to /home/reader/out.csv"), "a path of this machine"),
        (printed("saved to C:\\Users\\out.csv"), "a path of this machine"),
        (printed("<object at 0x7f3a2b4c5d6e>"), "an address in memory"),
        (printed("careful", "stderr"), "warns: careful"),
        (nbformat.v4.new_output("error", ename="KeyError", evalue="'x'"), "fails: KeyError"),
        (nbformat.v4.new_output("display_data", data={"text/html": "<p>/tmp/x/y</p>"}), "a path of this"),
    ],
)
def test_outputs_of_one_machine_are_refused(command, shown, fault):
    (found,) = command.faults(notebook_of(shown))
    assert fault in found


def test_ordinary_outputs_are_no_fault(command):
    picture = '<img src="data:image/png;base64,AA/tmp/abc"> see https://example.org/home/x, and/or 1/2'
    shown = nbformat.v4.new_output("display_data", data={"text/html": picture, "image/png": "/home/a"})
    assert list(command.faults(notebook_of(shown, printed("../texts/one.md")))) == []


def test_a_notebook_that_does_not_exist_or_fails_is_named(apart, command, capsys):
    assert command.main(["none.ipynb"]) == 1
    assert "none.ipynb: does not exist" in capsys.readouterr().err
    failing = apart[0] / "notebooks" / "failing.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(notebook, failing)
    before = failing.read_bytes()
    done = started([str(failing.parent / "run.py")], apart, failing.name)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert failing.read_bytes() == before


# What they promise ----------------------------------------------------------------------------------------------


def test_there_are_notebooks_in_order():
    numbers = [int(path.stem.partition("-")[0]) for path in NOTEBOOKS]
    assert numbers == list(range(1, 8))


@each
def test_a_notebook_opens_with_how_to_open_it_for_whom_how_long_and_what_for(path):
    first, second, *_ = (cell.source for cell in cells(path, "markdown"))
    assert first.startswith(f"# {path.stem.partition('-')[0]} · ")
    assert "colab.research.google.com" in first
    assert "mybinder.org" in first
    for heading in ("Who it is for", "Time needed", "What you will learn", "Questions to keep in mind"):
        assert f"**{heading}" in second
    assert re.search(r"\*\*Time needed\.\*\* .*\d+ minutes", second)
    assert len(re.findall(r"^- ", second, re.MULTILINE)) >= 3
    assert len(re.findall(r"^\d\. .*\?$", second, re.MULTILINE)) >= 3


@each
def test_answers_are_folded_and_there_is_something_to_do(path):
    text = prose(path)
    folded = re.findall(r"<details><summary>(.+?)</summary>\n\n.+?\n\n</details>", text, re.DOTALL)
    assert len(folded) >= 3
    assert len(folded) == text.count("<details>") == text.count("</details>")
    assert text.count("**Question.**") >= 2
    for heading in ("## Try it yourself", "## What this cannot tell", "## To take away"):
        assert text.count(heading) == 1


@each
def test_a_notebook_is_small_whole_and_has_pictures(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in content["cells"]]
    assert len(ids) == len(set(ids))
    counts = [cell.execution_count for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1)), RENEW
    assert path.stat().st_size < MOST_BYTES
    pictures = [output for output in outputs(path) if "image/png" in output.get("data", {})]
    assert pictures
    for output in pictures:
        assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")


@each
def test_committed_outputs_have_nothing_of_a_machine(path, command):
    assert list(command.faults(nbformat.read(path, as_version=4))) == []


@each
def test_cells_are_short_and_the_first_is_the_same_everywhere(path):
    first, *others = (cell.source for cell in cells(path, "code"))
    assert first == cells(NOTEBOOKS[0], "code")[0].source
    for source in others:
        assert source.count("\n") < MOST_LINES, source


@each
def test_the_words_are_calm_and_no_address_is_invented(path):
    text = prose(path)
    addresses = set(re.findall(r"https?://[^\s)>\"']+", text))
    assert addresses <= {"https://colab.research.google.com", "https://mybinder.org"}
    assert not re.search(r"[\U0001f000-\U0001faff\u2600-\u27bf]", text), "no emoji"
    assert "!!" not in text


# What they use --------------------------------------------------------------------------------------------------


def trees(path):
    """The code of each cell; lines for the shell and for IPython say nothing about names."""
    for cell in cells(path, "code"):
        yield ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.MULTILINE))


def dependencies():
    required = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["notebook"]]
    names = [re.match(r"[\w.-]+", line)[0] for line in required]
    return {NAMES.get(name, name).lower() for name in names}


@each
def test_a_notebook_uses_public_names_alone(path):
    allowed = dependencies() | set(sys.stdlib_module_names) | {"framing"}
    for tree in trees(path):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                modules = [name.name for name in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                modules = [node.module]
                if node.module.partition(".")[0] == "framing":
                    module = importlib.import_module(node.module)
                    for name in node.names:
                        assert hasattr(module, name.name), f"{node.module} has no {name.name}"
                        assert name.name in getattr(module, "__all__", [name.name])
                assert not [name.name for name in node.names if name.name.startswith("_")]
            else:
                modules = []
            for module in modules:
                assert module.partition(".")[0].lower() in allowed, f"{module} is no dependency"
                assert not any(part.startswith("_") for part in module.split("."))
            if isinstance(node, ast.Attribute):
                assert not node.attr.startswith("_"), f"{node.attr} is private"
                if isinstance(node.value, ast.Name) and node.value.id == "framing":
                    assert node.attr in framing.__all__, f"framing.{node.attr} is not public"


# Where they run -------------------------------------------------------------------------------------------------


def test_binder_installs_the_package_of_this_repository():
    script = ROOT / "binder" / "postBuild"
    assert os.access(script, os.X_OK)
    (line,) = [line for line in script.read_text(encoding="utf-8").splitlines() if "pip install" in line]
    wanted = [word for word in line.split() if not word.startswith("-")]
    wanted = wanted[wanted.index("install") + 1 :]
    known = {re.match(r"[\w.-]+", each)[0] for each in PROJECT["optional-dependencies"]["notebook"]}
    assert wanted[:2] == ["constraints.txt", '".[io]"']
    assert set(wanted[2:]) <= known
    version = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert PROJECT["requires-python"] == f">={version}"
