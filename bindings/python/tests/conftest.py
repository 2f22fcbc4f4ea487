"""What the tests share: an issuer, engines that trust it, and the closing line that the project counts."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doorward import Engine

sys.path.insert(0, str(Path(__file__).parent))

from clients import KINDS, Made, Sync
from issuer import Issuer, policy


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    """An issuer with a key of its own."""
    return Issuer()


@pytest.fixture(scope="session")
def engine(issuer: Issuer) -> Engine:
    """An engine that trusts the issuer."""
    return Engine.from_policy(policy(issuer))


@pytest.fixture(scope="session")
def form_engine(issuer: Issuer) -> Engine:
    """An engine that takes tokens from queries and forms, too."""
    return Engine.from_policy(policy(issuer, token_in=["header", "query", "form"]))


@pytest.fixture(params=KINDS)
def made(request: pytest.FixtureRequest) -> Made:
    """Makes a client of each kind."""
    kind, library, auth = request.param

    def make(source: Any, **options: Any) -> Sync:
        client: Sync = kind(library, auth(source, **options))
        return client

    return make


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """No test may take long: each waits only with a limit, and this finds the one that does not."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 60


def pytest_unconfigure(config: pytest.Config) -> None:
    """Prints the counts in the form that the project's test run reads."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or config.option.collectonly:
        return
    stats = {name: len(reporter.stats.get(name, [])) for name in ("passed", "failed", "error", "skipped")}
    failed = stats["failed"] + stats["error"]
    verdict = "FAILED" if failed else "ok"
    counts = (
        f"{stats['passed']} passed; {failed} failed; {stats['skipped']} ignored; 0 measured; 0 filtered out"
    )
    print(f"test result: {verdict}. {counts}")
