"""What an answer means: the types, the ways to ask, and that nothing is believed too much."""

import copy
import dataclasses
import json
import pickle
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import doorward
import httpx
import pytest
import requests
from doorward import Clue, Confidence, Demand, Diagnosis, Origin, Reason, Recovery, Retry, Sent, Signal, Skew

EXPIRED = [
    ("WWW-Authenticate", 'Bearer realm="api", error="invalid_token", error_description="token_expired"')
]
BEARER = Sent(scheme="Bearer")


def expired(**more: Any) -> Diagnosis:
    return doorward.diagnose(401, EXPIRED, b"", sent=BEARER, **more)


def test_an_expired_token_is_to_be_refreshed() -> None:
    diagnosis = expired()
    assert diagnosis.reason is Reason.TOKEN_EXPIRED and diagnosis.refused
    assert diagnosis.recovery is Recovery.REFRESH_CREDENTIAL and diagnosis.retry is Retry.CHANGED
    assert isinstance(diagnosis.confidence, Confidence) and isinstance(diagnosis.origin, Origin)
    assert diagnosis.signal is Signal.NOISE
    assert diagnosis.clues and all(isinstance(clue, Clue) for clue in diagnosis.clues)
    assert diagnosis.demand == Demand(
        "Bearer", "api", error="invalid_token", error_description="token_expired"
    )
    assert str(diagnosis) == diagnosis.summary and "token_expired" in diagnosis.summary


def test_a_good_answer_refuses_nobody() -> None:
    diagnosis = doorward.diagnose(200, [], b"", sent=BEARER)
    assert diagnosis.reason is None and not diagnosis.refused and diagnosis.signal is None
    assert diagnosis.demand == Demand()


def test_a_missing_permission_is_not_a_bad_credential() -> None:
    challenge = 'Bearer error="insufficient_scope", scope="orders:write"'
    diagnosis = doorward.diagnose(401, [("www-authenticate", challenge)], sent=BEARER)
    assert diagnosis.reason is Reason.SCOPE_INSUFFICIENT
    assert (diagnosis.misused_status, diagnosis.proper_status) == (True, 403)
    assert diagnosis.demand.scope == "orders:write"


def test_a_credential_that_was_lost_on_the_way_is_found_out() -> None:
    challenge = [("WWW-Authenticate", 'Bearer realm="api"')]
    sent = Sent(scheme="Bearer", at=1795387400, issued_at=1795387300, expires_at=1795390000)
    assert doorward.diagnose(401, challenge, sent=sent).reason is not Reason.CREDENTIAL_MISSING
    assert doorward.diagnose(401, challenge).reason is Reason.CREDENTIAL_MISSING


def test_clocks_that_differ_are_measured() -> None:
    now = datetime(2026, 11, 22, 12, 0, 0, tzinfo=timezone.utc)
    at = int(now.timestamp())
    headers = [*EXPIRED, ("Date", "Sun, 22 Nov 2026 12:20:00 GMT")]
    sent = Sent(scheme="Bearer", at=now, issued_at=at - 5, expires_at=at + 600)
    diagnosis = doorward.diagnose(401, headers, sent=sent, now=now)
    assert diagnosis.reason is Reason.CLOCK_SKEWED and diagnosis.cause is Reason.TOKEN_EXPIRED
    assert (
        isinstance(diagnosis.skew, Skew) and abs(diagnosis.skew.seconds - 1200) <= diagnosis.skew.within + 1
    )


def test_headers_are_taken_as_libraries_have_them() -> None:
    value = EXPIRED[0][1]
    answer = requests.Response()
    answer.headers["WWW-Authenticate"] = value
    forms: list[Any] = [
        EXPIRED,
        tuple(EXPIRED),
        {"WWW-Authenticate": value},
        [(b"WWW-Authenticate", value.encode())],
        [["www-authenticate", value]],
        iter(EXPIRED),
        httpx.Headers({"WWW-Authenticate": value}),
        httpx.Headers({"WWW-Authenticate": value}).raw,
        answer.headers,
    ]
    for headers in forms:
        assert doorward.diagnose(401, headers, sent=BEARER).reason is Reason.TOKEN_EXPIRED


def test_times_are_taken_as_python_has_them() -> None:
    for now in (1795387400, 1795387400.5, Decimal("1795387400.5"), datetime.now(timezone.utc), None):
        sent = Sent(scheme="Bearer", at=now, issued_at=now, expires_at=now)
        assert doorward.diagnose(401, EXPIRED, sent=sent, now=now).refused


def test_bytes_that_are_no_text_are_no_fault() -> None:
    diagnosis = doorward.diagnose(
        401,
        [(b"WWW-Authenticate", b'Bearer realm="\xff\xfe", error="invalid_token"')],
        b"\xff\x00",
        sent=BEARER,
    )
    assert diagnosis.refused and diagnosis.demand.error == "invalid_token"


def test_a_long_body_is_read_at_its_beginning_only() -> None:
    body = b'{"error":"insufficient_scope","pad":"' + b"x" * 1_000_000
    diagnosis = doorward.diagnose(403, [("Content-Type", "application/json")], body, sent=BEARER)
    assert diagnosis.reason is Reason.SCOPE_INSUFFICIENT


def test_a_diagnosis_is_frozen_comparable_and_can_be_copied() -> None:
    diagnosis = expired()
    with pytest.raises(dataclasses.FrozenInstanceError):
        diagnosis.status = 200  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(diagnosis)) == copy.deepcopy(diagnosis) == diagnosis == expired()
    assert {diagnosis: 1}[expired()] == 1


def test_a_diagnosis_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match="refused"):
        bool(expired())


def test_as_plain_values_it_has_every_member_in_order() -> None:
    plain = expired().to_dict()
    assert list(plain) == [
        "status", "diagnosis", "cause", "confidence", "origin", "product", "clues", "misused_status",
        "proper_status", "skew", "recovery", "retry", "retry_after", "signal", "demand", "summary",
    ]  # fmt: skip
    assert plain["diagnosis"] == "token_expired"
    assert json.loads(json.dumps(plain)) == plain


@pytest.mark.parametrize(
    "call",
    [
        lambda: doorward.diagnose("401", []),  # type: ignore[arg-type]
        lambda: doorward.diagnose(401, ["a"]),  # type: ignore[list-item]
        lambda: doorward.diagnose(401, [("a", "b", "c")]),  # type: ignore[list-item]
        lambda: doorward.diagnose(401, [("a", 1)]),  # type: ignore[list-item]
        lambda: doorward.diagnose(401, [], "text"),  # type: ignore[arg-type]
        lambda: doorward.diagnose(401, [], sent=Sent(scheme=b"Bearer")),  # type: ignore[arg-type]
        lambda: doorward.diagnose(401, [], sent=Sent(at="now")),  # type: ignore[arg-type]
        lambda: doorward.diagnose(401, [], now="now"),  # type: ignore[arg-type]
    ],
)
def test_wrong_types_are_said_and_never_guessed(call: Any) -> None:
    with pytest.raises(TypeError):
        call()


def test_numbers_that_are_no_status_are_refused() -> None:
    for status in (0, 99, 1000):
        with pytest.raises(ValueError, match="three digits"):
            doorward.diagnose(status, [])
    with pytest.raises((OverflowError, ValueError)):
        doorward.diagnose(-1, [])


def test_every_clue_is_a_sentence() -> None:
    for clue in Clue:
        assert clue.sentence and not clue.sentence.endswith(".")
