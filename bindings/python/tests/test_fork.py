"""Engines in workers that are forked: each keeps its keys by itself, and within its bounds."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep

from issuer import Issuer, policy
from provider import Provider, published
from servers import PATIENCE, raw, under_gunicorn

WINDOW = 10
"""How far apart in seconds two fetches of one process begin at least."""

WORKERS = 2

Answers = dict[int, tuple[int, dict[str, str]]]


def ask(address: str, value: str) -> tuple[int, int, dict[str, str]]:
    """Which worker answers, and what."""
    status, headers, _ = raw(address, "GET /v1/orders/7 HTTP/1.1", f"Authorization: {value}")
    return int(headers["x-worker"]), status, headers


def ask_all(address: str, value: str) -> Answers:
    """What each of the workers answers."""
    answers: Answers = {}
    deadline = monotonic() + PATIENCE
    with ThreadPoolExecutor(8) as pool:
        while len(answers) < WORKERS:
            assert monotonic() < deadline, f"workers {set(answers)} answer, and no other"
            for worker, status, headers in pool.map(lambda _: ask(address, value), range(16)):
                answers[worker] = (status, headers)
    return answers


def statuses(answers: Answers) -> list[int]:
    return sorted(status for status, _ in answers.values())


def file(folder: Path, provider: Provider, issuer: Issuer) -> str:
    path = folder / "doorward.json"
    path.write_text(json.dumps(policy(issuer, keys={"url": provider.url})))
    return str(path)


def test_workers_of_a_preloaded_engine_know_its_keys_and_fetch_for_themselves(tmp_path: Path) -> None:
    first, second = Issuer("first"), Issuer("second")
    strangers = [Issuer(f"stranger-{number}").bearer() for number in range(100)]
    with published(first) as provider:
        environment = {
            "DOORWARD_TEST_FILE": file(tmp_path, provider, first),
            "DOORWARD_TEST_START": "before the fork",
        }
        with under_gunicorn("preload_app:app", environment, "--preload", "--workers", "2") as address:
            ((parent, loaded),) = provider.asked
            # The provider is down, and what the parent has loaded is good in every worker at once.
            provider.status = 503
            answers = ask_all(address, first.bearer())
            assert statuses(answers) == [200, 200]
            assert parent not in answers
            assert [asker for asker, _ in provider.asked] == [parent]

            # The keys are rotated, while strangers come with keys that nobody has.
            provider.status = 200
            provider.publish(second)
            for _, (status, headers) in ask_all(address, second.bearer()).items():
                assert status in (401, 503)
                assert 1 <= int(headers["retry-after"]) <= WINDOW + 3
            deadline = monotonic() + 2 * WINDOW
            with ThreadPoolExecutor(8) as pool:
                accepted: Answers = {}
                while statuses(accepted) != [200, 200]:
                    assert monotonic() < deadline, statuses(accepted)
                    refused = list(pool.map(lambda value: ask(address, value), strangers))
                    assert {status for _, status, _ in refused} <= {401, 503}
                    accepted = ask_all(address, second.bearer())
            # Withdrawn is withdrawn, also where it was known already.
            gone = ask_all(address, first.bearer())
            assert statuses(gone) == [401, 401]

        assert set(accepted) == set(answers) == set(gone)
        assert {asker for asker, _ in provider.asked} == {parent, *answers}
        assert len(provider.times(parent)) == 1
        for worker in answers:
            times = [loaded, *provider.times(worker)]
            assert len(times) >= 2
            assert all(later - earlier > WINDOW - 1 for earlier, later in pairwise(times))


def test_workers_may_each_begin_after_the_fork(tmp_path: Path) -> None:
    issuer = Issuer("first")
    with published(issuer) as provider:
        environment = {
            "DOORWARD_TEST_FILE": file(tmp_path, provider, issuer),
            "DOORWARD_TEST_START": "after the fork",
        }
        options = ("--preload", "--workers", "2", "--config", "python:preload_app")
        with under_gunicorn("preload_app:app", environment, *options) as address:
            answers = ask_all(address, issuer.bearer())
            assert statuses(answers) == [200, 200]
        assert sorted(asker or 0 for asker, _ in provider.asked) == sorted(answers)


SCRIPT = """
import json, os, sys, time
from contextlib import suppress
from pathlib import Path
from doorward import Engine

def threads(wanted):
    # How many threads of engines there are; they name themselves, and end, a moment later.
    deadline = time.monotonic() + 10
    while True:
        names = []
        for path in Path("/proc/self/task").glob("*/comm"):
            with suppress(OSError):
                names.append(path.read_text().strip())
        found = names.count("doorward-keys")
        if found == wanted or time.monotonic() > deadline:
            return found
        time.sleep(0.01)

def ask(engine):
    return engine.decide(method="GET", url="/v1/orders/7", headers=[("Authorization", sys.argv[2])]).allowed

started, left = Engine(sys.argv[1]), Engine(sys.argv[1], start=False)
started.ready(20)
assert ask(started) and not ask(left)
facts = [threads(1)]
child = os.fork()
if child == 0:
    facts += [threads(0), started.policy_epoch > 0, ask(started), threads(1), started.status()["keeping"]]
    grandchild = os.fork()
    if grandchild == 0:
        facts += [threads(0), started.status()["keeping"], ask(started), ask(left), left.status()["keeping"]]
        print(json.dumps(facts), flush=True)
        os._exit(0)
    os._exit(os.waitpid(grandchild, 0)[1])
assert os.waitpid(child, 0)[1] == 0
"""


def test_a_child_begins_with_the_first_use_and_only_if_its_parent_had(tmp_path: Path) -> None:
    issuer = Issuer("first")
    with published(issuer) as provider:
        command = [sys.executable, "-W", "ignore", "-c", SCRIPT, file(tmp_path, provider, issuer)]
        done = subprocess.run([*command, issuer.bearer()], capture_output=True, text=True, timeout=40)
        assert done.returncode == 0, done.stderr
        parent, *child = json.loads(done.stdout)
        assert parent == 1
        assert child[:5] == [0, True, True, 1, True]
        assert child[5:] == [0, True, True, False, False]
        # All three share what the first has fetched: none is due again.
        sleep(0.3)
        assert len(provider.asked) == 1
