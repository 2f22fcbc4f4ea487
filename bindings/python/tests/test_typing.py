"""What type checkers know of the package: checked by mypy, and executed as well."""

from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import doorward
import doorward.httpx
import doorward.requests
import pytest
import requests
from doorward import (
    Caller,
    CallerError,
    Clue,
    Confidence,
    Credential,
    CredentialKind,
    CredentialUnobtainable,
    Decision,
    Demand,
    Diagnosis,
    Disclosure,
    Engine,
    Grounds,
    NotReadyError,
    Origin,
    Outcome,
    PolicyError,
    PolicyFault,
    Principal,
    Reason,
    Recovery,
    Retry,
    RetryBlocked,
    Sent,
    Signal,
    Skew,
    Source,
    SourceFault,
    Status,
    Want,
)
from doorward.asgi import DoorwardMiddleware as AsgiMiddleware
from doorward.wsgi import DoorwardMiddleware as WsgiMiddleware
from flask import Flask
from issuer import Issuer
from starlette.applications import Starlette
from typing_extensions import assert_type


def test_every_property_has_its_type(engine: Engine, issuer: Issuer) -> None:
    headers = [("Authorization", issuer.bearer(act={"sub": "svc-b"}))]
    decision = engine.decide(method="GET", url=b"/v1/orders/7", headers=headers, now=None)
    assert_type(decision, Decision)
    assert_type(decision.outcome, Outcome)
    assert_type(decision.allowed, bool)
    assert_type(decision.status, int)
    assert_type(decision.reason, Reason | None)
    assert_type(decision.reason_number, int | None)
    assert_type(decision.sentence, str | None)
    assert_type(decision.recovery, Recovery)
    assert_type(decision.advice, str)
    assert_type(decision.operator, str | None)
    assert_type(decision.signal, Signal | None)
    assert_type(decision.may_resend, bool)
    assert_type(decision.retry_after, int | None)
    assert_type(decision.challenges, tuple[str, ...])
    assert_type(decision.headers, tuple[tuple[str, str], ...])
    assert_type(decision.body, bytes)
    assert_type(decision.context, dict[str, Any] | None)
    assert_type(decision.route, int | None)
    assert_type(decision.path, str)
    assert_type(decision.grounds, Grounds | None)
    assert_type(decision.concealed, Reason | None)
    assert_type(decision.disclosure, Disclosure)
    assert_type(decision.to_dict(), dict[str, Any])
    assert_type(decision.principal, Principal | None)
    principal = decision.principal
    assert principal is not None
    assert_type(principal.issuer, str)
    assert_type(principal.issuer_name, str)
    assert_type(principal.subject, str)
    assert_type(principal.kind, CredentialKind)
    assert_type(principal.expires, int | float | None)
    assert_type(principal.actor, dict[str, Any] | None)
    assert_type(principal.claims, dict[str, Any])


def test_every_word_has_its_type() -> None:
    reason = Reason("token_expired")
    assert_type(reason, Reason)
    assert_type(reason.value, str)
    assert_type(reason.number, int)
    assert_type(reason.status, int)
    assert_type(reason.outcome, Outcome)
    assert_type(reason.recovery, Recovery)
    assert_type(reason.signal, Signal)
    assert_type(reason.may_resend, bool)
    assert_type(reason.sentence, str)
    assert_type(reason.advice, str)
    assert_type(reason.operator, str)
    assert_type(Recovery.WAIT.advice, str)
    word: str = Outcome.ALLOW
    assert word == "allow"


def test_every_way_of_calling_has_its_type(engine: Engine) -> None:
    assert_type(engine.fields, tuple[str, ...])
    assert_type(engine.warnings, tuple[str, ...])
    assert_type(engine.reads_body, bool)
    assert_type(engine.issuers, int)
    assert_type(engine.routes, int)
    for now in (0, 0.5, Decimal(1), datetime.now(timezone.utc), None):
        assert_type(
            engine.decide(
                method=b"GET",
                url="/",
                headers=((b"a", "b"),),
                client_chain=[b""],
                body=b"",
                peer="::1",
                now=now,
            ),
            Decision,
        )
    assert_type(engine.decide_asgi({"type": "http", "method": "GET", "path": "/", "headers": []}), Decision)
    assert_type(engine.decide_wsgi({"REQUEST_METHOD": "GET"}), Decision)


def test_all_that_keeps_an_engine_up_to_date_has_its_type() -> None:
    engine = Engine.from_text("[[routes]]\npath = '/healthz'\naccept = 'anyone'\n", "toml", start=False)
    calls: list[Callable[[], None]] = [
        engine.start,
        engine.reload,
        lambda: engine.ready(0),
        lambda: engine.ready(0.5),
    ]
    for call in calls:
        call()
    status = engine.status(now=datetime.now(timezone.utc))
    assert_type(status, Status)
    assert_type(status["issuers"][0]["keys"][0]["kid"] if status["issuers"] else None, str | None)
    assert_type(engine.status_text(Decimal(1)), str)
    assert_type(engine.events(), list[str])
    assert_type(engine.memory, int)
    assert_type(engine.policy_epoch, int)
    wrong: list[Callable[[], None]] = [
        lambda: engine.revoke(1, jti="a"),  # type: ignore[arg-type]
        lambda: engine.revoke("corp", until="2026"),  # type: ignore[arg-type]
        lambda: engine.supply_keys("corp", {}),  # type: ignore[arg-type]
        lambda: engine.ready("1"),  # type: ignore[arg-type]
    ]
    for call in wrong:
        with pytest.raises(TypeError):
            call()


def test_faults_have_their_types() -> None:
    assert_type(NotReadyError({"corp": None}).issuers, dict[str, str | None])
    error = PolicyError([PolicyFault(None, 1, 1, "", "a", None)])
    assert_type(error.errors, tuple[PolicyFault, ...])
    assert_type(error.errors[0].line, int | None)
    assert_type(error.errors[0].place, str)


def test_what_is_wrong_is_seen_by_checkers_and_by_us(engine: Engine) -> None:
    wrong: list[Callable[[], object]] = [
        lambda: engine.decide(method="GET", url="/", headers={"a": "b"}),  # type: ignore[dict-item]
        lambda: engine.decide(method="GET", url="/", headers=["a"]),  # type: ignore[list-item]
        lambda: engine.decide(method="GET", url="/", headers=[], now="1"),  # type: ignore[arg-type]
        lambda: engine.decide(method="GET", url="/", headers=[], body="a"),  # type: ignore[arg-type]
        lambda: engine.decide(method="GET", url="/", headers=[], client_chain=["a"]),  # type: ignore[list-item]
        lambda: engine.decide(method="GET", url="/"),  # type: ignore[call-arg]
        lambda: Engine.from_policy([]),  # type: ignore[arg-type]
        lambda: Engine(1),  # type: ignore[arg-type]
    ]
    for call in wrong:
        with pytest.raises(TypeError):
            call()
    with pytest.raises(ValueError, match="toml"):
        Engine.from_text("", "yaml")  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        engine.routes = 1  # type: ignore[misc]


def test_frameworks_take_the_middlewares(engine: Engine) -> None:
    app = Starlette()
    app.add_middleware(AsgiMiddleware, engine=engine)
    wrapped: AsgiMiddleware = AsgiMiddleware(app, engine)
    flask = Flask(__name__)
    assert wrapped.engine is WsgiMiddleware(flask.wsgi_app, engine, form_limit=1).engine


def test_a_diagnosis_has_its_types() -> None:
    diagnosis = doorward.diagnose(401, {"WWW-Authenticate": "Bearer"}, b"", sent=Sent(scheme="Bearer"), now=1)
    assert_type(diagnosis, Diagnosis)
    assert_type(diagnosis.status, int)
    assert_type(diagnosis.reason, Reason | None)
    assert_type(diagnosis.cause, Reason | None)
    assert_type(diagnosis.confidence, Confidence)
    assert_type(diagnosis.origin, Origin)
    assert_type(diagnosis.product, str | None)
    assert_type(diagnosis.clues, tuple[Clue, ...])
    assert_type(diagnosis.misused_status, bool)
    assert_type(diagnosis.proper_status, int | None)
    assert_type(diagnosis.skew, Skew | None)
    assert_type(diagnosis.recovery, Recovery)
    assert_type(diagnosis.retry, Retry)
    assert_type(diagnosis.retry_after, int | None)
    assert_type(diagnosis.signal, Signal | None)
    assert_type(diagnosis.demand, Demand)
    assert_type(diagnosis.demand.scope, str | None)
    assert_type(diagnosis.summary, str)
    assert_type(diagnosis.refused, bool)
    assert_type(diagnosis.to_dict(), dict[str, Any])
    assert_type(doorward.requests.diagnosis(requests.Response()), Diagnosis | None)


def test_every_source_has_its_type() -> None:
    def plain() -> str:
        return "a"

    def wanting(want: Want) -> Credential:
        return Credential("a", expires_in=1 if want.refresh else 0.5)

    async def later() -> str:
        return "a"

    async def later_wanting(want: Want) -> Credential:
        return Credential("a", want.scope or "Bearer")

    sources: list[Callable[[], Caller]] = [
        Caller,
        lambda: Caller(plain),
        lambda: Caller(wanting),
        lambda: Caller(later),
        lambda: Caller(later_wanting),
        lambda: Caller(lambda: later()),
        lambda: Caller({"file": Path("token"), "scheme": "Token"}),
        lambda: Caller({"environment": "TOKEN"}),
        lambda: Caller({"exec": ["token", "--new"], "timeout": 3, "variables": {"A": "b"}}),
        lambda: Caller({"kubernetes": {}}),
        lambda: Caller(Source({"file": "token"}), origins=["https://api.example"], attempts=2),
        lambda: doorward.httpx.Auth(plain, cooldown=(1, 2.5)).caller,
        lambda: doorward.requests.Auth(Caller(plain)).caller,
    ]
    for make in sources:
        assert_type(make(), Caller)
        assert_type(make().status(), dict[str, Any])
    wrong: list[Callable[[], object]] = [
        lambda: Caller(1),  # type: ignore[arg-type]
        lambda: Caller(plain, origins="https://api.example/"),
        lambda: Caller(plain, attempts="2"),  # type: ignore[arg-type]
        lambda: doorward.httpx.Auth(plain, retries=1),  # type: ignore[call-arg]
        lambda: doorward.requests.Auth(Caller(plain), attempts=1),
    ]
    for call in wrong:
        with pytest.raises(TypeError):
            call()
    with pytest.raises(ValueError, match="misspelt"):
        Caller({"misspelt": "a"})  # type: ignore[arg-type]


def test_what_was_not_sent_has_its_types() -> None:
    for error in (RetryBlocked("a", 1.5, None), CredentialUnobtainable("a", None, None)):
        assert_type(error.reason, Reason)
        assert_type(error.until, float | None)
        assert_type(error.diagnosis, Diagnosis | None)
        assert str(error) == "a" and isinstance(error, CallerError)
    assert_type(SourceFault("a", hard=True).retry_after, float | None)
