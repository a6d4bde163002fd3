"""The one reader of `cases/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def read_cases(name: str) -> list[Any]:
    """What a file of cases holds."""
    return json.loads((Path(__file__).parent / "cases" / f"{name}.json").read_text(encoding="utf-8"))


def parameters(cases: list[dict[str, Any]]) -> list[Any]:
    """A parameter a case, called by its label; a known failure must fail, so that its repair is noticed."""
    return [
        pytest.param(
            case,
            id=case["label"],
            marks=[pytest.mark.xfail(strict=True)] if case.get("known_failure") else [],
        )
        for case in cases
    ]
