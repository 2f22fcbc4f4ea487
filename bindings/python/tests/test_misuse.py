"""What is handed over wrongly is an error, never an allow, and the error tells no secret."""

from typing import Any

import pytest
from doorward import Engine
from issuer import Issuer

GOOD: dict[str, Any] = {"method": "GET", "url": "/healthz", "headers": []}


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": None},
        {"method": 1},
        {"url": None},
        {"url": bytearray(b"/healthz")},
        {"headers": None},
        {"headers": 1},
        {"headers": {"Authorization": "Bearer x"}},
        {"headers": ["ab"]},
        {"headers": [b"ab"]},
        {"headers": [("Authorization",)]},
        {"headers": [("Authorization", "a", "b")]},
        {"headers": [("Authorization", None)]},
        {"headers": [("Authorization", 1)]},
        {"headers": [(1, "a")]},
        {"headers": [("Accept", None)]},
        {"headers": [("Authorization", ["a", "b"])]},
        {"headers": [None]},
        {"headers": "Authorization: Bearer x"},
        {"body": "text"},
        {"body": 1},
        {"peer": b"127.0.0.1"},
        {"peer": 1},
        {"client_chain": b"\x30"},
        {"client_chain": ["text"]},
        {"client_chain": 1},
        {"client_chain": [None]},
    ],
)
def test_wrong_types_are_type_errors(engine: Engine, wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        engine.decide(**{**GOOD, **wrong})


def test_a_dict_of_headers_is_explained(engine: Engine) -> None:
    with pytest.raises(TypeError, match="cannot hold a name twice"):
        engine.decide(method="GET", url="/healthz", headers={})


def test_what_is_asked_for_must_be_named(engine: Engine) -> None:
    for missing in GOOD:
        with pytest.raises(TypeError, match=missing):
            engine.decide(**{name: value for name, value in GOOD.items() if name != missing})
    with pytest.raises(TypeError):
        engine.decide("GET", "/healthz", [])  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        engine.decide(**GOOD, certificate=b"")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "\ud800"},
        {"url": "/\udfff"},
        {"headers": [("Authorization", "Bearer \ud800secret")]},
        {"headers": [("\ud800", "a")]},
    ],
)
def test_lone_surrogates_are_value_errors_that_do_not_hold_the_text(
    engine: Engine, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="lone surrogate") as caught:
        engine.decide(**{**GOOD, **wrong})
    assert type(caught.value) is ValueError
    assert caught.value.__context__ is None and caught.value.__cause__ is None


def test_no_error_tells_what_was_handed_over(engine: Engine) -> None:
    secret = "eyJhbGciOi-secret"
    for wrong in ([(secret, None)], [secret], [("Authorization", [secret])], [(["Authorization"], secret)]):
        with pytest.raises(TypeError) as caught:
            engine.decide(method="GET", url="/healthz", headers=wrong)  # type: ignore[arg-type]
        assert secret not in str(caught.value) + repr(caught.value)


def test_an_iterator_that_fails_is_an_error(engine: Engine) -> None:
    def failing() -> Any:
        yield ("Accept", "*/*")
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        engine.decide(method="GET", url="/healthz", headers=failing())


def test_a_decision_within_a_decision_is_one_of_its_own(engine: Engine, issuer: Issuer) -> None:
    inner = []

    def nested() -> Any:
        value = issuer.bearer("inner")
        inner.append(engine.decide(method="GET", url="/v1/orders/1", headers=[("Authorization", value)]))
        yield ("Authorization", issuer.bearer("outer"))

    outer = engine.decide(method="GET", url="/v1/orders/2", headers=nested())
    assert outer.principal is not None and outer.principal.subject == "outer"
    assert inner[0].principal is not None and inner[0].principal.subject == "inner"
    assert inner[0].path == "/v1/orders/1"


@pytest.mark.parametrize("size", [10_000, 1_000_000, 50_000_000])
def test_huge_values_are_refused_and_no_more(engine: Engine, size: int) -> None:
    long = "a" * size
    assert engine.decide(method="GET", url="/" + long, headers=[]).reason == "path_ambiguous"
    value = f"Bearer {long}.{long}.{long}"
    decision = engine.decide(method="GET", url="/v1/orders/7", headers=[("Authorization", value)])
    assert decision.reason == "credential_too_large"


def test_many_headers_are_no_matter(engine: Engine) -> None:
    headers = [(f"x-{number}", "a") for number in range(100_000)]
    assert engine.decide(method="GET", url="/healthz", headers=headers).allowed


def test_bytes_of_any_kind_are_judged(engine: Engine) -> None:
    every = bytes(range(256))
    assert not engine.decide(method=every, url=every, headers=[(b"authorization", every)]).allowed
    assert not engine.decide(method="", url="", headers=[("", "")]).allowed


def test_what_hosts_hand_over_wrongly_is_an_error(engine: Engine) -> None:
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/healthz", "headers": []}
    assert engine.decide_asgi(scope).allowed
    for wrong in ({"type": "lifespan"}, {"type": None}, {"method": None}, {"headers": None}, {"path": None}):
        with pytest.raises(ValueError, match="expected a scope"):
            engine.decide_asgi({**scope, **wrong})
    mistyped: dict[str, Any]
    for mistyped in ({"path": b"/healthz"}, {"raw_path": 1}, {"query_string": []}, {"headers": {"a": "b"}}):
        with pytest.raises(TypeError):
            engine.decide_asgi({**scope, **mistyped})
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz"}
    assert engine.decide_wsgi(environ).allowed
    with pytest.raises(ValueError, match="REQUEST_METHOD"):
        engine.decide_wsgi({"PATH_INFO": "/healthz"})
    with pytest.raises(TypeError):
        engine.decide_wsgi({**environ, "PATH_INFO": b"/healthz"})
    with pytest.raises(ValueError, match="latin-1"):
        engine.decide_wsgi({**environ, "PATH_INFO": "/\u20ac"})
