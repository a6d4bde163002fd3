"""Run notebooks from top to bottom and keep what they show: all of this folder, or those named.

    .venv/bin/python notebooks/run.py                       # renews the outputs of all, in place
    .venv/bin/python notebooks/run.py 1-read-closely.ipynb  # of one

Nothing is kept that another run would change: no times, no version of Python, no paths of a machine.
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from framing.output.notebook import smaller

HERE = Path(__file__).resolve().parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LONGEST = 300  # seconds a cell may take
_OF_A_MACHINE = {
    "a path of this machine": re.compile(
        r"(?<![\w.:/<])(?:/(?:home|root|tmp|private|usr|var|opt|work|content|Users)/|[A-Za-z]:\\)[\w.~-]"
    ),
    "an address in memory": re.compile(r"\b0x[0-9a-f]{6,}\b"),
}
_PICTURE = re.compile(r"data:image/[a-z+]+;base64,[\w+/=]+")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is named; 1 when a notebook fails or shows what it must not."""
    parser = argparse.ArgumentParser(description="Run notebooks and keep what they show.")
    parser.add_argument("names", nargs="*", help="notebooks of this folder; all when none is named")
    given = parser.parse_args(arguments)
    failed = False
    for path in [HERE / name for name in given.names] or sorted(HERE.glob("*.ipynb")):
        for fault in run(path):
            failed = True
            print(f"{path.name}: {fault}", file=sys.stderr)
    return int(failed)


def run(path: Path) -> list[str]:
    """Execute a notebook in its folder and write it; what is wrong with it is returned, and then nothing written."""
    if not path.is_file():
        return ["does not exist; check the name"]
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=LONGEST,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return [str(error)]
    clean(notebook)
    found = list(faults(notebook))
    if not found:
        nbformat.write(notebook, path)
    return found


def clean(notebook: NotebookNode) -> None:
    """Leave out what is of a run and not of its results, join what was printed in pieces, and pack pictures better."""
    notebook.metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"})
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
        joined: list[NotebookNode] = []
        for output in cell.get("outputs", []):
            if png := output.get("data", {}).get("image/png"):
                output.data["image/png"] = base64.b64encode(smaller(base64.b64decode(png))).decode("ascii")
            last = joined[-1] if joined else None
            if last and output.output_type == last.output_type == "stream" and output.name == last.name:
                last.text += output.text
            else:
                joined.append(output)
        if "outputs" in cell:
            cell.outputs = joined


def faults(notebook: NotebookNode) -> Iterator[str]:
    """What the outputs of a notebook must not have: errors, warnings, and what is of one machine alone."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"cell {cell.id} fails: {output.ename}: {output.evalue}"
            if output.output_type == "stream" and output.name == "stderr":
                yield f"cell {cell.id} warns: {output.text.strip()}"
            for text in _texts(output):
                for name, pattern in _OF_A_MACHINE.items():
                    if found := pattern.search(_PICTURE.sub("", text)):
                        yield f"cell {cell.id} shows {name}: {text[found.start() : found.start() + 60]!r}"


def _texts(output: NotebookNode) -> Iterator[str]:
    if output.output_type == "stream":
        yield output.text
    for kind, content in output.get("data", {}).items():
        if isinstance(content, str) and not kind.startswith("image/"):
            yield content


if __name__ == "__main__":
    sys.exit(main())
