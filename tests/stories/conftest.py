"""What every story begins with: a folder, an issuer of tokens, and a service that Doorward guards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from issuer import Issuer, policy

from scenery import Service, clock_library, serving


@pytest.fixture
def issuer() -> Issuer:
    """Whoever signs the tokens of the story."""
    return Issuer("2026-11")


@pytest.fixture
def service(issuer: Issuer) -> Iterator[Service]:
    """A FastAPI service behind uvicorn that lets in who has the issuer's token for `orders:read`."""
    with serving(policy(issuer)) as started:
        yield started


@pytest.fixture(scope="session")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that, preloaded, lets a process live with a wrong clock."""
    return clock_library(tmp_path_factory.mktemp("clock"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Ends with the counts in the form that the whole test run reads."""
    counts = {
        name: len(terminalreporter.stats.get(name, [])) for name in ("passed", "failed", "error", "skipped")
    }
    failed = counts["failed"] + counts["error"]
    verdict = "FAILED" if failed else "ok"
    terminalreporter.write_line(
        f"test result: {verdict}. {counts['passed']} passed; {failed} failed; {counts['skipped']} ignored"
    )
