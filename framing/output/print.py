"""A page on paper: printed to PDF by the Chromium of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_PATIENCE = 120  # seconds


def print_page(page: Path, pdf: Path) -> None:
    """Print an HTML file to PDF. Raises `ValueError` where there is no browser of the Chromium family, or it fails."""
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise ValueError(
            f"{pdf}: not printed, since there is no Chromium, Chrome or Edge on the path; install one, name it in the "
            f"variable CHROMIUM, or open {page} in any browser and print it there"
        )
    with TemporaryDirectory() as profile:
        command = [
            browser, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={profile}",
            f"--print-to-pdf={pdf.resolve()}", page.resolve().as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses to run as root without
        pdf.unlink(missing_ok=True)  # what is there afterwards is new
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE)  # noqa: S603  a browser
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ValueError(f"{pdf}: not printed, since {browser} could not be run ({error})") from None
    if not pdf.exists():
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ValueError(f"{pdf}: not printed, since {browser} failed: {said}")
