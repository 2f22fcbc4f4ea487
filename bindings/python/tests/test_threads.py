"""One engine for many threads, and nothing that grows."""

import gc
import json
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from doorward import Decision, Engine, PolicyError, Reason
from issuer import Issuer, key_set, policy

THREADS = 8
ROUNDS = 2_000


def test_no_thread_sees_the_caller_of_another(engine: Engine, issuer: Issuer) -> None:
    values = [
        [("Authorization", issuer.bearer(f"svc-{number}", padding="x" * number * 97))]
        for number in range(THREADS)
    ]
    start = threading.Barrier(THREADS)

    def work(number: int) -> list[Decision]:
        start.wait(20)
        kept = []
        for turn in range(ROUNDS):
            url = f"/v1/orders/{number}-{turn}"
            if turn % 3 == 2:
                decision = engine.decide(method="GET", url="/v1/admin", headers=values[number])
                assert decision.reason is Reason.SCOPE_INSUFFICIENT
            else:
                decision = engine.decide(method="GET", url=url, headers=values[number])
                assert decision.allowed and decision.path == url
            assert decision.principal is not None
            assert decision.principal.subject == f"svc-{number}"
            if turn % 50 == 0:
                kept.append(decision)
        return kept

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            results = list(pool.map(work, range(THREADS), timeout=50))
    finally:
        sys.setswitchinterval(interval)
    for number, kept in enumerate(results):
        for decision in kept:
            assert decision.principal is not None
            assert decision.principal.claims["sub"] == f"svc-{number}"
            assert len(decision.principal.claims["padding"]) == number * 97


def test_one_principal_for_all_who_ask_at_once(engine: Engine, issuer: Issuer) -> None:
    headers = [("Authorization", issuer.bearer())]
    for _ in range(200):
        decision = engine.decide(method="GET", url="/v1/orders/7", headers=headers)
        start = threading.Barrier(4)

        def ask(decision: Decision = decision, start: threading.Barrier = start) -> tuple[int, int]:
            start.wait(20)
            assert decision.principal is not None
            return id(decision.principal), id(decision.principal.claims)

        with ThreadPoolExecutor(4) as pool:
            assert len({future.result(20) for future in [pool.submit(ask) for _ in range(4)]}) == 1


def test_engines_of_one_thread_do_not_share_memory(issuer: Issuer) -> None:
    large = {**policy(issuer), "max_credential": 65536}
    engines = [Engine.from_policy(large) for _ in range(20)]
    small = Engine.from_policy({**policy(issuer), "max_credential": 512})
    headers = [("Authorization", issuer.bearer(padding="x" * 40_000))]

    def decide() -> None:
        for _ in range(3):
            for engine in engines:
                refused = small.decide(method="GET", url="/v1/orders/7", headers=headers)
                assert refused.reason is Reason.CREDENTIAL_TOO_LARGE
                assert engine.decide(method="GET", url="/v1/orders/7", headers=headers).allowed

    # A thread of its own has no memory yet: the small one comes first.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(decide).result(20)


def test_decisions_leave_nothing_behind(engine: Engine, issuer: Issuer) -> None:
    value = issuer.bearer(act={"sub": "svc-b"})
    headers = [("Authorization", value)]
    now = 1795387431
    held = (value, headers, headers[0], engine, now)

    def run() -> None:
        for url in ("/v1/orders/7", "/v1/admin", "/healthz", "/%00"):
            decision = engine.decide(method="GET", url=url, headers=headers, body=b"a", peer="::1")
            engine.decide(method="GET", url=url, headers=headers, now=now)
            used: list[Any] = [decision.to_dict(), repr(decision), decision.headers, decision.context]
            if decision.principal is not None:
                used += [decision.principal.claims, decision.principal.actor, decision.principal.expires]
            assert used
            with suppress(TypeError):
                engine.decide(method="GET", url=url, headers=[("Authorization", None)])  # type: ignore[list-item]

    for _ in range(50):
        run()
    gc.collect()
    before = [sys.getrefcount(thing) for thing in held]
    tracemalloc.start()
    blocks = sys.getallocatedblocks()
    for _ in range(2_000):
        run()
    gc.collect()
    grown = sys.getallocatedblocks() - blocks
    tracemalloc.stop()
    assert [sys.getrefcount(thing) for thing in held] == before
    assert grown < 200, grown


def test_a_cycle_that_a_user_makes_is_collected(engine: Engine, issuer: Issuer) -> None:
    import weakref

    class Mark:
        """Something whose end can be seen."""

    headers = [("Authorization", issuer.bearer())]
    decision = engine.decide(method="GET", url="/v1/orders/7", headers=headers)
    assert decision.principal is not None
    mark = Mark()
    gone = weakref.ref(mark)
    principal = decision.principal
    principal.claims.update(principal=principal, mark=mark)
    del decision, principal, mark
    gc.collect()
    assert gone() is None


def test_policies_that_do_not_load_leave_nothing_behind() -> None:
    def run() -> None:
        with suppress(ValueError):
            Engine.from_policy({"reaml": "orders"})

    for _ in range(20):
        run()
    gc.collect()
    blocks = sys.getallocatedblocks()
    for _ in range(500):
        run()
    gc.collect()
    # Other tests' threads may still be ending; one block for each run would be five hundred.
    assert sys.getallocatedblocks() - blocks < 400


def test_threads_that_decide_meet_what_was_before_a_change_or_what_is_after_it(tmp_path: Path) -> None:
    stays, goes, comes = Issuer("stays"), Issuer("goes"), Issuer("comes")
    table = policy(stays, keys={"url": "http://127.0.0.1:1/jwks"})
    other = {**table, "routes": table["routes"][:1]}
    file = tmp_path / "doorward.json"
    file.write_text(json.dumps(table))
    engine = Engine(file, start=False)
    engine.supply_keys("corp", key_set(stays, goes))
    values = {issuer: [("Authorization", issuer.bearer())] for issuer in (stays, goes, comes)}
    start, done = threading.Barrier(THREADS + 1), threading.Event()

    def decide(number: int) -> dict[str, set[Reason | None]]:
        seen: dict[str, set[Reason | None]] = {"stays": set(), "turns": set(), "route": set()}
        start.wait(20)
        while not done.is_set():
            for name, issuer, url in (
                ("stays", stays, "/v1/orders/7"),
                ("turns", (goes, comes)[number % 2], "/v1/orders/7"),
                ("route", stays, "/app/7"),
            ):
                decision = engine.decide(method="GET", url=url, headers=values[issuer])
                assert decision.allowed == (decision.reason is None) == (decision.status == 200)
                assert decision.reason is not Reason.TRUST_UNAVAILABLE or decision.retry_after == 1
                seen[name].add(decision.reason)
        return seen

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    with ThreadPoolExecutor(THREADS) as pool:
        deciders = [pool.submit(decide, number) for number in range(THREADS)]
        start.wait(20)
        try:
            for turn in range(150):
                engine.supply_keys("corp", key_set(stays, (goes, comes)[turn % 2]))
                file.write_text(json.dumps((other, table)[turn % 2]))
                engine.reload()
                if turn % 10 == 0:
                    file.write_text("{")
                    with suppress(PolicyError):
                        engine.reload()
                engine.revoke("corp", jti=f"nobody-{turn}")
                engine.status_text()
        finally:
            done.set()
            sys.setswitchinterval(interval)
        results = [decider.result(20) for decider in deciders]
    for seen in results:
        # A key that stays is found in every set, and what turns has one of its two answers; or none can be
        # given for a moment, since a decision does not wait for whoever changes the set.
        assert seen["stays"] == {None}
        assert {None, Reason.KEY_UNKNOWN} <= seen["turns"]
        assert seen["turns"] <= {None, Reason.KEY_UNKNOWN, Reason.TRUST_UNAVAILABLE}
        assert seen["route"] == {None, Reason.ROUTE_UNMATCHED}
    assert engine.status()["revoked"]["tokens"] == 150
