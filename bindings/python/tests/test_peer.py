"""The address of the connection's other end, from every kind of host: failed attempts are counted by it."""

from collections.abc import Callable
from typing import Any

import django_site
import httpx
import pytest
from django.conf import settings
from django.test import AsyncRequestFactory, RequestFactory, override_settings
from doorward import Decision, Engine, Reason
from doorward.asgi import DoorwardMiddleware as AsgiMiddleware
from doorward.wsgi import DoorwardMiddleware as WsgiMiddleware
from issuer import Issuer, policy
from servers import under_uvicorn, under_waitress

Ask = Callable[[Engine, str | None], Decision]

URL = "/v1/orders/7"
BAD = "Bearer not.a.token"


def limited(issuer: Issuer, **top: Any) -> Engine:
    """An engine that throttles whoever has failed once."""
    limit = {"failures": 1, "per": "1h", "by": ["peer"]}
    return Engine.from_policy({**policy(issuer), "limit": limit, **top})


def plain(engine: Engine, peer: str | None) -> Decision:
    return engine.decide(method="GET", url=URL, headers=[("Authorization", BAD)], peer=peer)


def asgi(engine: Engine, peer: str | None) -> Decision:
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": URL, "client": peer and (peer, 4711)}
    return engine.decide_asgi({**scope, "headers": [(b"authorization", BAD.encode())]})


def asgi_list(engine: Engine, peer: str | None) -> Decision:
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": URL, "client": peer and [peer, None]}
    return engine.decide_asgi({**scope, "headers": [(b"authorization", BAD.encode())]})


def wsgi(engine: Engine, peer: str | None) -> Decision:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": URL, "HTTP_AUTHORIZATION": BAD, "REMOTE_ADDR": peer}
    return engine.decide_wsgi({name: value for name, value in environ.items() if value is not None})


EVERY = pytest.mark.parametrize("ask", [plain, asgi, asgi_list, wsgi])


@EVERY
def test_attempts_are_counted_by_peer(ask: Ask, issuer: Issuer) -> None:
    engine = limited(issuer)
    assert ask(engine, "192.0.2.1").status == 401
    throttled = ask(engine, "192.0.2.1")
    assert (throttled.status, throttled.reason) == (429, Reason.TOO_MANY_FAILURES)
    assert throttled.retry_after is not None and throttled.retry_after > 3_000
    assert ask(engine, "192.0.2.2").status == 401
    assert ask(engine, "2001:db8::1").status == 401


@EVERY
@pytest.mark.parametrize("spelling", ["192.0.2.1:4711", "[2001:db8::1]:80", "fe80::1%eth0"])
def test_every_spelling_of_a_peer_is_read(ask: Ask, spelling: str, issuer: Issuer) -> None:
    engine = limited(issuer)
    assert [ask(engine, spelling).status for _ in range(2)] == [401, 429]


@EVERY
@pytest.mark.parametrize(
    "peer", [None, "", "unix:", "/run/app.sock", "testclient", "localhost", "\x00", "\ud800"]
)
def test_what_is_no_address_is_nobody(ask: Ask, peer: str | None, issuer: Issuer) -> None:
    engine = limited(issuer)
    assert [ask(engine, peer).status for _ in range(3)] == [401, 401, 401]


@pytest.mark.parametrize(
    "client", [None, (), [], ("",), (None, 1), (b"192.0.2.1", 1), "192.0.2.1", 1, {0: "192.0.2.1"}]
)
def test_a_client_of_any_shape_is_no_error(client: Any, issuer: Issuer) -> None:
    engine = limited(issuer)
    headers = [(b"authorization", BAD.encode())]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": URL,
        "client": client,
        "headers": headers,
    }
    assert [engine.decide_asgi(scope).status for _ in range(2)] == [401, 401]
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": URL, "HTTP_AUTHORIZATION": BAD}
    assert [engine.decide_wsgi({**environ, "REMOTE_ADDR": client}).status for _ in range(1)] == [401]


def test_a_forwarded_address_counts_behind_a_trusted_proxy_only(issuer: Issuer) -> None:
    def ask(engine: Engine, peer: str, client: str) -> int:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": URL, "HTTP_AUTHORIZATION": BAD}
        return engine.decide_wsgi({**environ, "REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": client}).status

    engine = limited(issuer, trusted_proxies=["10.0.0.0/8"])
    assert engine.fields == ("authorization", "x-forwarded-for")
    assert [ask(engine, "10.0.0.1", f"192.0.2.{number}") for number in (1, 1, 2)] == [401, 429, 401]
    assert [ask(engine, "192.0.2.9", f"198.51.100.{number}") for number in (1, 2)] == [401, 429]
    alone = limited(issuer)
    assert [ask(alone, "10.0.0.1", f"192.0.2.{number}") for number in (1, 2)] == [401, 429]


async def unseen_asgi(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("nobody is let in")


def unseen_wsgi(environ: Any, start_response: Any) -> Any:
    raise AssertionError("nobody is let in")


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
def test_the_middlewares_hand_over_their_connections_peer(kind: str, issuer: Issuer) -> None:
    engine = limited(issuer)
    served = (
        under_uvicorn(AsgiMiddleware(unseen_asgi, engine), lifespan="off")
        if kind == "asgi"
        else under_waitress(WsgiMiddleware(unseen_wsgi, engine))
    )
    with served as address:
        answers = [httpx.get(f"http://{address}{URL}", headers={"Authorization": BAD}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [401, 429]
    assert int(answers[1].headers["retry-after"]) > 3_000
    assert plain(engine, "127.0.0.1").status == 429
    assert plain(engine, "127.0.0.2").status == 401


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_so_does_django(kind: str, issuer: Issuer, form_engine: Engine) -> None:
    if not settings.configured:
        django_site.configure(form_engine)
    from doorward.django import DoorwardMiddleware

    engine = limited(issuer)
    with override_settings(DOORWARD_ENGINE=engine):
        middleware: Any = DoorwardMiddleware(unseen_wsgi)  # type: ignore[arg-type]
    factory: Any = RequestFactory() if kind == "wsgi" else AsyncRequestFactory()
    statuses = []
    for peer in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        request = factory.get(URL, headers={"Authorization": BAD})
        request.META["REMOTE_ADDR"] = peer
        if kind == "asgi":
            request.scope["client"] = (peer, 1)
        statuses.append(middleware(request).status_code)
    assert statuses == [401, 429, 401]
