"""What every test may use: the corpora beside the repository, and no network."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import axe
import browser
import pytest
from hypothesis import settings

NO_SKIP = bool(os.environ.get("FRAMING_NO_SKIP"))

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared(repository: Path) -> Path:
    """The folder of articles and human-coded corpora, which are not the project's to publish."""
    folder = repository.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the corpora, expected in ../shared")
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    with browser.chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def axe_script(repository: Path) -> str:
    return axe.source(repository / "build" / "axe")


def _is_local(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a path: AF_UNIX
    host = str(address[0])
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in {"", "localhost"}


@pytest.fixture(scope="session", autouse=True)
def _offline() -> Iterator[None]:
    """Whoever reaches for another machine fails: the tests prove that nothing is fetched at run time."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        if not _is_local(address):
            pytest.fail(f"a test tried to reach {address!r}; framing works offline")
        connect(self, address)  # type: ignore[arg-type]

    def guarded_look_up(host: object, *args: object, **kwargs: object) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_local((name,)):
            pytest.fail(f"a test tried to look up {name!r}; framing works offline")
        return look_up(host, *args, **kwargs)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


def _reason(longrepr: object) -> str:
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if NO_SKIP and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although FRAMING_NO_SKIP is set: {_reason(report.longrepr)}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[misc]
    _refuse_skip(report)
    return report  # type: ignore[return-value]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report: pytest.CollectReport = yield  # type: ignore[misc]
    _refuse_skip(report)
    return report  # type: ignore[return-value]
