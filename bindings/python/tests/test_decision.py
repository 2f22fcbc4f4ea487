"""What a decision says, and what it does not say."""

import time
from typing import Any

import pytest
from doorward import (
    CredentialKind,
    Decision,
    Disclosure,
    Engine,
    Grounds,
    Outcome,
    Principal,
    Reason,
    Recovery,
    Signal,
)
from issuer import ISSUER, Issuer
from run_cases import spelt

NAMES = [
    "outcome", "status", "reason", "reason_number", "sentence", "recovery", "advice", "operator", "signal",
    "may_resend", "retry_after", "challenges", "headers", "principal", "context", "route", "path", "grounds",
    "concealed",
]  # fmt: skip


def asked(engine: Engine, url: str, *values: str, **rest: Any) -> Decision:
    headers = [("Authorization", value) for value in values]
    return engine.decide(method="GET", url=url, headers=headers, **rest)


def test_an_allow_names_the_caller(engine: Engine, issuer: Issuer) -> None:
    decision = asked(engine, "/v1/orders/7", issuer.bearer("svc-a", exp=4102444800, act={"sub": "svc-b"}))
    assert decision.outcome is Outcome.ALLOW and decision.allowed and decision.status == 200
    assert decision.grounds is Grounds.CREDENTIAL
    assert decision.reason is None and decision.reason_number is None and decision.sentence is None
    assert decision.signal is None and decision.operator is None and decision.context is None
    assert decision.recovery is Recovery.NONE and decision.may_resend
    assert decision.body == b""
    assert (decision.path, decision.route) == ("/v1/orders/7", 0)
    principal = decision.principal
    assert principal is not None
    assert (principal.issuer, principal.issuer_name, principal.subject) == (ISSUER, "corp", "svc-a")
    assert principal.kind is CredentialKind.BEARER
    assert principal.expires == 4102444800 and isinstance(principal.expires, int)
    assert principal.actor == {"sub": "svc-b"}
    assert principal.claims["scope"] == "orders:read"


def test_a_refusal_names_reason_cure_and_challenge(engine: Engine, issuer: Issuer) -> None:
    late = time.time() - 3600
    decision = asked(engine, "/v1/orders/7", issuer.bearer(iat=int(late) - 60, exp=late))
    assert decision.outcome is Outcome.UNAUTHENTICATED and not decision.allowed and decision.status == 401
    assert decision.reason is Reason.TOKEN_EXPIRED
    assert decision.reason_number == Reason.TOKEN_EXPIRED.number
    assert decision.recovery is Recovery.REFRESH_CREDENTIAL
    assert decision.signal is Signal.NOISE
    assert decision.disclosure is Disclosure.REASON
    challenge = 'Bearer realm="orders", error="invalid_token", error_description="token_expired"'
    assert decision.challenges == (challenge,)
    assert decision.headers == (("WWW-Authenticate", challenge),)
    assert decision.body == (
        b'{"status":401,"outcome":"unauthenticated","reason":"token_expired","recovery":"refresh_credential"}'
    )
    assert decision.context is not None
    assert decision.context["claim"] == "exp" and decision.context["missed_by"] >= 3570
    assert decision.principal is not None and decision.principal.expires == late


def test_a_hidden_route_conceals_its_reason(engine: Engine, issuer: Issuer) -> None:
    decision = asked(engine, "/hidden", issuer.bearer())
    assert decision.reason is Reason.ROUTE_UNMATCHED
    assert decision.concealed is Reason.SCOPE_INSUFFICIENT
    assert b"scope" not in decision.body


def test_two_lines_are_seen_and_so_is_a_joined_one(engine: Engine, issuer: Issuer) -> None:
    token = issuer.bearer()
    for values in ([token, token], [f"{token}, {token}"], [f"{token},{token}"]):
        decision = asked(engine, "/v1/orders/7", *values)
        assert decision.reason is Reason.CREDENTIALS_AMBIGUOUS, values


def test_more_lines_than_are_usual_are_seen_all(engine: Engine, issuer: Issuer) -> None:
    many = ["Basic YTpi"] * 9
    assert asked(engine, "/v1/orders/7", *many).reason is Reason.CREDENTIALS_AMBIGUOUS
    headers = [("accept", "*/*")] * 200 + [("authorization", issuer.bearer())] + [("cookie", "a=b")] * 200
    assert engine.decide(method="GET", url="/v1/orders/7", headers=headers).allowed


def test_str_and_bytes_and_every_iterable_are_alike(engine: Engine, issuer: Issuer) -> None:
    value = issuer.bearer()
    for headers in (
        [("AUTHORIZATION", value)],
        [(b"authorization", value.encode())],
        (("Authorization", value.encode()),),
        [["Authorization", value]],
        iter([("Authorization", value)]),
        {"Authorization": value}.items(),
    ):
        assert engine.decide(method=b"GET", url=b"/v1/orders/7", headers=headers).allowed  # type: ignore[arg-type]


def test_what_it_says_is_all_there_is_in_its_dict(engine: Engine, issuer: Issuer) -> None:
    for decision in (
        asked(engine, "/v1/orders/7", issuer.bearer(act={"sub": "b"})),
        asked(engine, "/v1/orders/7"),
        asked(engine, "/hidden"),
        asked(engine, "/v1/orders/7", issuer.bearer(exp=1)),
    ):
        whole = decision.to_dict()
        assert list(whole) == NAMES
        said = spelt(decision)
        del said["claims"]
        said["challenges"] = list(said["challenges"])
        said["headers"] = [list(pair) for pair in said["headers"]]
        assert whole == said
        assert type(whole["outcome"]) is str


def test_a_decision_is_neither_true_nor_false(engine: Engine) -> None:
    decision = asked(engine, "/healthz")
    assert decision.allowed
    with pytest.raises(TypeError, match=r"ask decision\.allowed"):
        bool(decision)


def test_nothing_can_be_changed(engine: Engine, issuer: Issuer) -> None:
    decision = asked(engine, "/v1/orders/7", issuer.bearer())
    for thing, name in (
        (decision, "status"),
        (decision, "other"),
        (decision.principal, "subject"),
        (engine, "x"),
    ):
        with pytest.raises(AttributeError):
            setattr(thing, name, 200)
    for kind in (Decision, Principal):
        with pytest.raises(TypeError):
            kind()
    with pytest.raises(TypeError):
        type("Mine", (Decision,), {})


def test_claims_are_parsed_once_and_when_asked_for(engine: Engine, issuer: Issuer) -> None:
    decision = asked(engine, "/v1/orders/7", issuer.bearer(act={"sub": "svc-b"}))
    assert decision.principal is decision.principal
    principal = decision.principal
    assert principal is not None
    assert principal.claims is principal.claims
    assert principal.actor is principal.actor


def test_a_principal_outlives_its_decision(engine: Engine, issuer: Issuer) -> None:
    principal = asked(engine, "/v1/orders/7", issuer.bearer("svc-z")).principal
    for _ in range(100):
        asked(engine, "/v1/orders/7", issuer.bearer("other"))
    assert principal is not None and principal.subject == "svc-z" and principal.claims["sub"] == "svc-z"


def test_no_repr_tells_a_secret_or_a_name(engine: Engine, issuer: Issuer) -> None:
    token = issuer.token("alice@example.com", email="alice@example.com")
    decision = asked(engine, "/v1/orders/alice?access=1", f"Bearer {token}")
    assert repr(decision) == "<Decision allow 200, grounds credential, route 0>"
    assert repr(decision.principal) == "<Principal of corp, bearer>"
    refused = asked(engine, "/v1/admin", f"Bearer {token}")
    assert repr(refused) == "<Decision forbidden 403 scope_insufficient, recovery request_scope, route 1>"
    for thing in (decision, decision.principal, refused):
        for secret in ("alice", token, token.rpartition(".")[2]):
            assert secret not in repr(thing) and secret not in str(thing)


def test_numbers_of_any_length_do_not_break_a_decision(engine: Engine, issuer: Issuer) -> None:
    header, _, rest = issuer.bearer().partition(".")
    big = issuer.bearer(big=10**400, exact=2**63 + 1)
    principal = asked(engine, "/v1/orders/7", big).principal
    assert header and rest and principal is not None
    assert principal.claims["big"] == 10**400 and principal.claims["exact"] == 2**63 + 1
