"""Keys that are fetched, rotated and withdrawn, policies that are loaded anew, and what is revoked."""

import _thread
import json
import pickle
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from doorward import Decision, Engine, NotReadyError, PolicyError, Reason, Recovery, Status
from issuer import ISSUER, Issuer, key_set, policy
from provider import published

NOWHERE = "http://127.0.0.1:1/jwks"

FIRST, SECOND = Issuer("first"), Issuer("second")


def fetching(url: str = NOWHERE, *, start: bool = False, **top: Any) -> Engine:
    """An engine whose keys come from a URL; without a start they come from the test."""
    return Engine.from_policy({**policy(FIRST, keys={"url": url}), **top}, start=start)


def asked(engine: Engine, value: str, url: str = "/v1/orders/7", **rest: Any) -> Decision:
    return engine.decide(method="GET", url=url, headers=[("Authorization", value)], **rest)


def supplied(*issuers: Issuer, now: Any = None) -> Engine:
    engine = fetching()
    engine.supply_keys("corp", key_set(*issuers), now)
    return engine


def eventually(check: Any) -> None:
    """Waits until the check holds."""
    deadline = time.monotonic() + 20
    while not check():
        assert time.monotonic() < deadline, check
        time.sleep(0.02)


def test_the_first_decision_can_wait_for_the_first_load() -> None:
    with published(FIRST) as provider:
        engine = fetching(provider.url)
        early = asked(engine, FIRST.bearer())
        assert (early.status, early.reason, early.recovery) == (503, Reason.TRUST_UNAVAILABLE, Recovery.WAIT)
        assert early.retry_after is not None and ("Retry-After", str(early.retry_after)) in early.headers
        assert engine.status()["issuers"][0]["trust"] == "never"
        engine.ready(20)
        assert asked(engine, FIRST.bearer()).allowed
        assert engine.status()["keeping"] and engine.status()["issuers"][0]["trust"] == "fresh"
        assert engine.events() == ["issuers.corp: keys loaded"]
        assert engine.events() == []
        assert len(provider.asked) == 1


def test_an_engine_fetches_from_the_start() -> None:
    with published(FIRST) as provider:
        engine = fetching(provider.url, start=True)
        eventually(lambda: asked(engine, FIRST.bearer()).allowed)


def test_a_policy_without_urls_is_ready_at_once() -> None:
    for patience in (0, 0.5, float("inf")):
        Engine.from_policy(policy(FIRST)).ready(patience)


def test_what_is_not_ready_says_why() -> None:
    with published(FIRST) as provider:
        provider.status = 500
        engine = fetching(provider.url)
        began = time.monotonic()
        with pytest.raises(NotReadyError) as caught:
            engine.ready(0.7)
        assert 0.6 < time.monotonic() - began < 10
    error = caught.value
    assert isinstance(error, TimeoutError)
    assert list(error.issuers) == ["corp"] and "500" in (error.issuers["corp"] or "")
    assert str(error) == f"no keys yet: issuers.corp: {error.issuers['corp']}"
    copy = pickle.loads(pickle.dumps(error))
    assert copy.issuers == error.issuers and str(copy) == str(error)
    assert str(NotReadyError({"a": None, "b": "c"})) == "no keys yet: issuers.a; issuers.b: c"
    (line,) = engine.events()
    assert line.startswith("issuers.corp: keys not loaded: status: ")
    fault = engine.status()["issuers"][0]["last_fault"]
    assert fault is not None and fault["code"] == "status" and fault["detail"] == error.issuers["corp"]


def test_others_go_on_while_one_waits() -> None:
    engine = fetching()
    turns = []
    done = threading.Event()

    def turn() -> None:
        while not done.is_set():
            turns.append(time.monotonic())
            time.sleep(0.01)

    other = threading.Thread(target=turn)
    other.start()
    try:
        began = time.monotonic()
        with pytest.raises(NotReadyError):
            engine.ready(1)
        ended = time.monotonic()
    finally:
        done.set()
        other.join(20)
    assert len([at for at in turns if began < at < ended]) > 20


def test_a_wait_can_be_interrupted() -> None:
    engine = fetching()
    timer = threading.Timer(0.3, _thread.interrupt_main)
    # Whoever starts the tests in the background may have them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            engine.ready(15)
        assert time.monotonic() - began < 10
        timer.join(20)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (-1, ValueError),
        (float("nan"), ValueError),
        (True, TypeError),
        ("1", TypeError),
        (None, TypeError),
        (timedelta(seconds=1), TypeError),
    ],
)
def test_a_wait_is_a_number_of_seconds(wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="expected seconds"):
        fetching().ready(wrong)


def test_during_an_outage_good_tokens_stay_good_and_nobody_is_blamed() -> None:
    # The last fetch is older than the window, so that the next one may begin at once.
    engine = supplied(FIRST, now=int(time.time()) - 30)
    engine.start()
    unknown = asked(engine, SECOND.bearer())
    assert not unknown.allowed and unknown.retry_after is not None and unknown.may_resend
    eventually(lambda: engine.status()["issuers"][0]["failures"] > 0)
    unknown = asked(engine, SECOND.bearer())
    assert (unknown.status, unknown.outcome.value) == (503, "unavailable")
    assert unknown.recovery is Recovery.WAIT and unknown.may_resend
    assert unknown.retry_after is not None and 1 <= unknown.retry_after <= 300
    assert dict(unknown.headers)["Retry-After"] == str(unknown.retry_after)
    assert "WWW-Authenticate" not in dict(unknown.headers)
    assert unknown.to_dict()["retry_after"] == unknown.retry_after
    for _ in range(3):
        assert asked(engine, FIRST.bearer()).allowed
    assert asked(engine, FIRST.bearer()).retry_after is None
    assert "failed once" in engine.status_text()
    # Half a day later they are still good, and after the cap they are not.
    token = FIRST.bearer(exp=int(time.time()) + 10**6)
    assert asked(engine, token, now=int(time.time()) + 43_200).allowed
    late = asked(engine, token, now=int(time.time()) + 2 * 86_400)
    assert (late.status, late.reason) == (503, Reason.TRUST_STALE)


def test_a_rotation_is_followed_without_blame() -> None:
    with published(SECOND) as provider:
        engine = Engine.from_policy(policy(FIRST, keys={"url": provider.url}), start=False)
        engine.supply_keys("corp", key_set(FIRST), int(time.time()) - 30)
        assert asked(engine, FIRST.bearer()).allowed
        engine.start()
        pending = asked(engine, SECOND.bearer())
        assert (pending.status, pending.reason) == (401, Reason.KEY_UNKNOWN)
        assert pending.recovery is Recovery.WAIT and pending.may_resend
        assert pending.retry_after is not None and pending.retry_after >= 1
        eventually(lambda: asked(engine, SECOND.bearer()).allowed)
        # What the provider does not have any more is dead, though it was known.
        gone = asked(engine, FIRST.bearer())
        assert (gone.status, gone.reason) == (401, Reason.KEY_UNKNOWN)
        for number in range(50):
            asked(engine, Issuer(f"stranger-{number}").bearer())
        time.sleep(0.3)
        assert len(provider.asked) == 1
        (status,) = engine.status()["issuers"]
        assert [key["kid"] for key in status["keys"]] == ["second"]
        assert [key["kid"] for key in status["gone"]] == ["first"]


def test_supplied_keys_are_in_force_at_once() -> None:
    engine = supplied(FIRST)
    assert asked(engine, FIRST.bearer()).allowed
    engine.supply_keys("corp", key_set(SECOND).encode())
    assert asked(engine, SECOND.bearer()).allowed
    assert not asked(engine, FIRST.bearer()).allowed
    before = engine.status()["issuers"]
    for wrong, words in (
        (("other", "{}"), "expected the name of an issuer, found `other`"),
        (("corp", "{"), "JSON"),
        (("corp", b"\xff"), "UTF-8"),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            engine.supply_keys(*wrong)
        assert type(caught.value) is ValueError
    assert engine.status()["issuers"][0]["keys"] == before[0]["keys"]
    given = Engine.from_policy(policy(FIRST))
    with pytest.raises(ValueError, match="given by the policy"):
        given.supply_keys("corp", key_set(SECOND))
    with pytest.raises(TypeError):
        engine.supply_keys("corp", {"keys": []})  # type: ignore[arg-type]
    engine.supply_keys("corp", '{"keys": []}')
    assert not asked(engine, SECOND.bearer()).allowed


def test_a_policy_is_loaded_anew_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "doorward.json"
    table = policy(FIRST)
    file.write_text(json.dumps(table))
    engine = Engine(file)
    epoch = engine.policy_epoch
    assert (engine.reads_body, engine.fields) == (False, ("authorization",))
    assert asked(engine, FIRST.bearer(), "/v1/orders/7").allowed

    file.write_text(json.dumps({**table, "reaml": "orders"}))
    with pytest.raises(PolicyError) as caught:
        engine.reload()
    assert [fault.message for fault in caught.value.errors] == ["unknown key `reaml`"]
    assert caught.value.errors[0].file == str(file) and caught.value.errors[0].line == 1
    unchanged = engine.policy_epoch
    assert unchanged == epoch and asked(engine, FIRST.bearer()).allowed
    fault = engine.status()["policy"]["fault"]
    assert fault is not None and "reaml" in fault
    assert "NOT LOADED ANEW" in engine.status_text()

    routes = [{"path": "/v2/{rest}", "accept": ["corp"]}]
    corp = {**table["issuers"]["corp"], "token_in": ["header", "form"]}
    file.write_text(json.dumps({**table, "routes": routes, "issuers": {"corp": corp}}))
    engine.reload()
    assert engine.policy_epoch != epoch
    assert (engine.reads_body, engine.fields) == (True, ("authorization", "content-type"))
    assert engine.routes == 1 and engine.status()["policy"]["fault"] is None
    assert asked(engine, FIRST.bearer()).reason is Reason.ROUTE_UNMATCHED
    assert asked(engine, FIRST.bearer(), "/v2/orders").allowed
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    body = b"access_token=" + FIRST.token().encode()
    assert engine.decide(method="POST", url="/v2/orders", headers=form, body=body).allowed
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/v2/orders", "CONTENT_TYPE": form[0][1]}
    assert engine.decide_wsgi(environ, body).allowed
    lines = engine.events()
    assert lines[0].startswith("policy not loaded anew") and lines[1] == "policy loaded anew"


def test_a_dict_is_loaded_anew_with_its_files(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(key_set(FIRST))
    engine = Engine.from_policy(policy(FIRST, keys={"file": "jwks.json"}), tmp_path, start=False)
    file.write_text(key_set(SECOND))
    assert asked(engine, FIRST.bearer()).allowed
    engine.reload()
    assert asked(engine, SECOND.bearer()).allowed and not asked(engine, FIRST.bearer()).allowed
    file.write_text("{")
    with pytest.raises(PolicyError) as caught:
        engine.reload()
    assert caught.value.errors[0].place == "issuers.corp.keys" and caught.value.errors[0].line is None
    assert asked(engine, SECOND.bearer()).allowed


def test_a_key_file_is_watched(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(key_set(FIRST))
    engine = Engine.from_policy(policy(FIRST, keys={"file": "jwks.json"}), tmp_path)
    assert asked(engine, FIRST.bearer()).allowed
    file.write_text(key_set(SECOND))
    eventually(lambda: asked(engine, SECOND.bearer()).allowed)


NOW = int(time.time())


@pytest.mark.parametrize("issuer", ["corp", ISSUER])
@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ({"jti": "t-1"}, Reason.TOKEN_REVOKED),
        ({"subject": "svc-a"}, Reason.TOKEN_REVOKED),
        ({"subject": "svc-a", "until": NOW + 600}, Reason.TOKEN_REVOKED),
        (
            {"subject": "svc-a", "until": datetime.now(timezone.utc) + timedelta(hours=1)},
            Reason.TOKEN_REVOKED,
        ),
        ({"issued_before": NOW + 600}, Reason.TOKEN_REVOKED),
        ({"issued_before": Decimal(NOW) + Decimal("600.5")}, Reason.TOKEN_REVOKED),
        ({"kid": "first"}, Reason.TOKEN_REVOKED),
    ],
)
def test_what_is_revoked_is_refused_by_the_next_decision(
    issuer: str, what: dict[str, Any], reason: Reason
) -> None:
    engine = Engine.from_policy(policy(FIRST))
    value = FIRST.bearer()
    for _ in range(3):
        assert asked(engine, value).allowed
    engine.revoke(issuer, **what)
    refused = asked(engine, value)
    assert (refused.status, refused.reason) == (401, reason)
    counts = engine.status()["revoked"]
    found = [counts["tokens"], counts["subjects"], counts["issued_before"], counts["keys"]]
    assert sorted(found) == [0, 0, 0, 1]
    if what.keys() != {"kid"}:
        other = FIRST.bearer("svc-b", jti="t-2", iat=NOW + 700, exp=NOW + 900)
        assert asked(engine, other, now=NOW + 701).allowed


def test_a_revocation_is_exactly_one_thing() -> None:
    engine = Engine.from_policy(policy(FIRST))
    wrong: list[dict[str, Any]] = [
        {},
        {"jti": None},
        {"jti": "a", "subject": "b"},
        {"jti": "a", "kid": "b"},
        {"issued_before": 1, "subject": "b"},
        {"until": 1},
        {"jti": "a", "until": 1},
        {"kid": "a", "until": 1},
        {"jti": 1},
        {"issued_before": "2026"},
        {"token": "a"},
    ]
    for what in wrong:
        with pytest.raises(TypeError):
            engine.revoke("corp", **what)
    with pytest.raises(TypeError):
        engine.revoke("corp", "t-1")  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="milliseconds"):
        engine.revoke("corp", issued_before=NOW * 1000)
    with pytest.raises(ValueError, match="cor") as caught:
        engine.revoke("cor", jti="t-1")
    assert type(caught.value) is ValueError
    assert asked(engine, FIRST.bearer()).allowed


def has_type(value: Any, hint: Any) -> bool:
    """Whether a plain value is of the type, down to its last member."""
    if is_typeddict(hint):
        types = get_type_hints(hint)
        return (
            type(value) is dict
            and list(value) == list(types)
            and all(has_type(value[name], types[name]) for name in types)
        )
    if get_origin(hint) is list:
        return type(value) is list and all(has_type(each, get_args(hint)[0]) for each in value)
    if choices := get_args(hint):
        return any(value == each if isinstance(each, str) else has_type(value, each) for each in choices)
    return type(value) is hint


def test_a_status_is_what_its_type_says() -> None:
    with published(FIRST) as provider:
        provider.status = 500
        failing = fetching(provider.url)
        with pytest.raises(NotReadyError):
            failing.ready(0.5)
    rotated = supplied(FIRST)
    rotated.supply_keys("corp", key_set(SECOND))
    for engine in (failing, rotated, Engine.from_policy(policy(FIRST))):
        status = engine.status()
        assert has_type(status, Status), status
        assert engine.memory == status["memory"] > 0
    assert rotated.status()["issuers"][0]["gone"] and failing.status()["issuers"][0]["last_fault"]
    assert not has_type({**status, "more": 1}, Status) and not has_type({**status, "now": "1"}, Status)


def test_a_status_is_about_a_time() -> None:
    engine = supplied(FIRST, now=NOW)
    assert engine.status(NOW)["issuers"][0]["trust"] == "fresh"
    assert engine.status(NOW + 5_000)["issuers"][0]["trust"] == "stale"
    for now in (Decimal(NOW), float(NOW), datetime.fromtimestamp(NOW, timezone.utc)):
        assert engine.status(now) == engine.status(NOW)
        assert engine.status_text(now) == engine.status_text(NOW)
    assert "first" in engine.status_text(NOW) and "STALE" in engine.status_text(NOW + 5_000)
    with pytest.raises(ValueError, match="milliseconds"):
        engine.status(NOW * 1000)


SCRIPT = """
import sys, time
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

assert threads(0) == 0
engines = [Engine(sys.argv[1]) for _ in range(5)]
for engine in engines:
    engine.start()
    engine.decide(method="GET", url="/v1/orders/7", headers=[])
assert threads(5) == 5
del engine, engines
assert threads(0) == 0
left = Engine(sys.argv[1], start=False)
left.decide(method="GET", url="/v1/orders/7", headers=[])
assert threads(0) == 0 and not left.status()["keeping"]
"""


def test_no_engine_leaves_a_thread_behind(tmp_path: Path) -> None:
    file = tmp_path / "doorward.json"
    file.write_text(json.dumps(policy(FIRST, keys={"url": NOWHERE})))
    command = [sys.executable, "-c", SCRIPT, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=40)
    assert done.returncode == 0, done.stderr
