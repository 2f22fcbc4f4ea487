"""The ASGI middleware under a real server, with a real client."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
import websockets.exceptions
from doorward import Engine, Reason
from doorward.asgi import DoorwardMiddleware
from issuer import Issuer, policy
from servers import raw, under_uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

calls: list[str] = []


async def echo(request: Request) -> Response:
    """What the application sees of a request."""
    calls.append(request.url.path)
    decision = request.state.doorward
    principal = decision.principal
    seen = {
        "path": request.scope["path"],
        "raw_path": request.scope["raw_path"].decode(),
        "query": request.url.query,
        "mount": request.scope.get("root_path", ""),
        "subject": principal and principal.subject,
        "body": (await request.body()).decode(),
        "again": (await request.body()).decode(),
        "kept": request.state.__dict__["_state"].get("started"),
    }
    return JSONResponse(seen, headers={"Cache-Control": "max-age=5"})


async def room(socket: WebSocket) -> None:
    """Tells the caller its name."""
    await socket.accept()
    await socket.send_json({"subject": socket.state.doorward.principal.subject, "path": socket.scope["path"]})
    await socket.close()


def application(engine: Engine) -> Starlette:
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"started": True}

    methods = ["GET", "HEAD", "POST", "DELETE"]
    mounted = Mount("/app", routes=[Route("/{rest:path}", echo, methods=methods)])
    routes = [WebSocketRoute("/ws/{room}", room), mounted, Route("/{rest:path}", echo, methods=methods)]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.add_middleware(DoorwardMiddleware, engine=engine)
    return app


@pytest.fixture(scope="module", params=["h11", "httptools"])
def address(request: pytest.FixtureRequest, engine: Engine) -> Iterator[str]:
    with under_uvicorn(application(engine), http=request.param) as address:
        yield address


@pytest.fixture(scope="module")
def form_address(form_engine: Engine) -> Iterator[str]:
    with under_uvicorn(application(form_engine)) as address:
        yield address


def test_a_caller_with_a_good_token_is_let_in(address: str, issuer: Issuer) -> None:
    headers = {"Authorization": issuer.bearer("svc-a")}
    answer = httpx.get(f"http://{address}/v1/orders/7?a=b", headers=headers)
    assert answer.status_code == 200
    seen = answer.json()
    assert (seen["path"], seen["query"], seen["subject"]) == ("/v1/orders/7", "a=b", "svc-a")
    assert seen["kept"] is True
    assert answer.headers.get_list("cache-control") == ["max-age=5"]


def test_a_refusal_carries_challenge_and_reason(address: str) -> None:
    before = len(calls)
    answer = httpx.get(f"http://{address}/v1/orders/7", headers={"Authorization": "Bearer not.a.token"})
    assert answer.status_code == 401
    challenge = 'Bearer realm="orders", error="invalid_token", error_description="token_malformed"'
    assert answer.headers["www-authenticate"] == challenge
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == (
        b'{"status":401,"outcome":"unauthenticated","reason":"token_malformed","recovery":"fix_request"}'
    )
    assert len(calls) == before


def test_the_head_of_a_refusal_has_no_body(address: str) -> None:
    status, headers, body = raw(address, "HEAD /v1/orders/7 HTTP/1.1")
    assert (status, body) == (401, b"")
    assert headers["www-authenticate"] == 'Bearer realm="orders"'


def test_two_lines_of_authorization_are_seen(address: str, issuer: Issuer) -> None:
    value = issuer.bearer()
    lines = [("Authorization", value), ("Authorization", value)]
    for headers in (lines, [("Authorization", f"{value}, {value}")]):
        answer = httpx.get(f"http://{address}/v1/orders/7", headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (400, "credentials_ambiguous")


@pytest.mark.parametrize(
    ("target", "path", "raw_path"),
    [
        ("/files/a/../b", "/files/b", "/files/b"),
        ("/files/%61", "/files/a", "/files/a"),
        ("/v1/../files/./x?q=%2F..", "/files/x", "/files/x"),
        ("http://api.example/files/a", "/files/a", "/files/a"),
        ("/files/a%20b", "/files/a b", "/files/a%20b"),
        ("/files/%e2%82%ac", "/files/\u20ac", "/files/%E2%82%AC"),
        ("/files/a%3Ab", "/files/a:b", "/files/a%3Ab"),
        ("/files/a%3Fb", "/files/a?b", "/files/a%3Fb"),
    ],
)
def test_the_application_sees_the_judged_path(address: str, target: str, path: str, raw_path: str) -> None:
    status, _, body = raw(address, f"GET {target} HTTP/1.1")
    assert status == 200, body
    seen = json.loads(body)
    assert (seen["path"], seen["raw_path"]) == (path, raw_path)


@pytest.mark.parametrize(
    "target",
    ["/healthz/../v1/admin", "/files/../v1/admin", "/v1/%61dmin", "/v1/jobs:stop"],
)
def test_no_spelling_of_a_path_walks_around_its_rule(address: str, issuer: Issuer, target: str) -> None:
    status, _, body = raw(address, f"GET {target} HTTP/1.1", f"Authorization: {issuer.bearer()}")
    assert (status, json.loads(body)["reason"]) == (403, "scope_insufficient")


@pytest.mark.parametrize(
    "target",
    [
        "/files//a",
        "/files/%2e%2e%2fv1",
        "/files/%00",
        "/files/..;/a",
        "/files/%252e",
        "/files/%80",
        "/files/%ff",
        "/files/a%e2%82",
        "/v1/jobs%3Astop",
        "/v1/jobs%3astop",
    ],
)
def test_a_path_of_two_readings_is_refused(address: str, target: str) -> None:
    status, _, body = raw(address, f"GET {target} HTTP/1.1")
    assert (status, body) == (400, b'{"status":400,"outcome":"bad_request"}')


def test_a_mounted_application_is_judged_by_its_whole_path(address: str, issuer: Issuer) -> None:
    assert httpx.get(f"http://{address}/app/x").status_code == 401
    headers = {"Authorization": issuer.bearer()}
    seen = httpx.get(f"http://{address}/app/x", headers=headers).json()
    assert (seen["path"], seen["mount"]) == ("/app/x", "/app")


def tree(issuer: Issuer) -> Engine:
    """An engine that guards a subtree of a site that is open otherwise."""
    routes = [{"path": "/admin/{*rest}", "accept": ["corp"]}, {"path": "/{*rest}", "accept": "anyone"}]
    return Engine.from_policy({**policy(issuer), "routes": routes})


LEAVING = ["/admin/%2e%2e/users", "/admin/../users", "/admin/x/../../users", "/admin/..", "/admin/../adminx"]


@pytest.mark.parametrize("target", LEAVING)
@pytest.mark.parametrize("named", [{}, {"root_path": "/admin"}])
def test_no_path_leaves_a_mount_while_the_application_stays(
    issuer: Issuer, target: str, named: dict[str, Any]
) -> None:
    guarded = DoorwardMiddleware(Starlette(routes=[Route("/{rest:path}", echo)]), tree(issuer), **named)
    for raw_path in (target.encode(), None):
        mounted = scope(path=unquote(target), raw_path=raw_path, root_path="/admin")
        status = Server(guarded, mounted, [{"type": "http.request"}]).sent[0]["status"]
        assert status == (400 if named else 500), raw_path


def test_a_guarded_mount_of_starlette_is_judged_by_its_whole_path(issuer: Issuer) -> None:
    names: list[dict[str, Any]] = [{}, {"root_path": "/admin"}]
    for named in names:
        guarded = DoorwardMiddleware(Starlette(routes=[Route("/users", echo)]), tree(issuer), **named)
        with under_uvicorn(Starlette(routes=[Mount("/admin", app=guarded)])) as address:
            assert raw(address, "GET /admin/%2e%2e/users HTTP/1.1")[0] == (400 if named else 500)
            assert raw(address, "GET /admin/users HTTP/1.1")[0] == (401 if named else 500)
            lines = ("GET /admin/users HTTP/1.1", f"Authorization: {issuer.bearer('svc-m')}")
            status, _, body = raw(address, *lines)
            assert status == (200 if named else 500)
            if named:
                seen = json.loads(body)
                assert (seen["path"], seen["mount"], seen["subject"]) == ("/admin/users", "/admin", "svc-m")


def test_a_mount_by_the_server_is_judged_by_its_whole_path(issuer: Issuer) -> None:
    app = Starlette(routes=[Route("/users", echo)])
    guarded = DoorwardMiddleware(app, tree(issuer), root_path="/admin/")
    with under_uvicorn(guarded, root_path="/admin") as address:
        assert raw(address, "GET /users HTTP/1.1")[0] == 401
        assert raw(address, "GET /%2e%2e/users HTTP/1.1")[0] == 400
        status, _, body = raw(address, "GET /users HTTP/1.1", f"Authorization: {issuer.bearer()}")
        assert (status, json.loads(body)["path"]) == (200, "/admin/users")


@pytest.mark.parametrize("claimed", ["/files", "/files/", "/", "/file", "/v1/orders", "\u20ac"])
def test_a_mount_that_nobody_named_is_refused_and_not_logged(
    engine: Engine, caplog: pytest.LogCaptureFixture, claimed: str
) -> None:
    app = DoorwardMiddleware(unreachable, engine)
    served = Server(app, scope(path="/files/secret", raw_path=b"/files/secret", root_path=claimed), [])
    assert served.sent[0]["status"] == 500
    assert served.sent[1]["body"] == b'{"status":500,"outcome":"unavailable"}'
    (record,) = caplog.records
    assert record.getMessage() == (
        "expected the mount that the middleware was told of, found another; nobody was let in"
    )
    handshake = scope(type="websocket", path="/files/secret", root_path=claimed)
    assert Server(app, handshake, [{"type": "websocket.connect"}]).sent[0]["type"] == "websocket.close"


def test_a_named_mount_that_the_path_does_not_begin_with_is_refused(issuer: Issuer) -> None:
    app = DoorwardMiddleware(unreachable, tree(issuer), root_path="/admin")
    for path in ("/users", "/adminx", "/administrator/x"):
        assert Server(app, scope(path=path, root_path="/admin"), []).sent[0]["status"] == 400, path
    assert Server(app, scope(path="/users"), []).sent[0]["status"] == 500


def test_a_mount_that_is_none_is_refused_at_once(engine: Engine) -> None:
    with pytest.raises(ValueError, match="begins with a slash"):
        DoorwardMiddleware(unreachable, engine, root_path="admin")
    nothing: Any = None
    with pytest.raises(TypeError, match="expected a mount as str, found NoneType"):
        DoorwardMiddleware(unreachable, engine, root_path=nothing)


RAW = [
    "/v1/jobs:stop",
    "/v1/jobs%3Astop",
    "/v1/jobs%3astop",
    "/v1/orders/a%3Ab",
    "/v1/orders/%61%3B%40",
    "/v1/orders/%80",
    "/v1/orders/%2F",
    "/v1/orders/../%41?q=%3A&q",
    "/files/%e2%82",
    "/files/%C3%a9%3d",
    "/files/%",
    "//",
    "*",
    "http://api.example/files/a%21",
]


@pytest.mark.parametrize("target", RAW)
def test_a_raw_target_is_decided_on_as_it_is(engine: Engine, target: str) -> None:
    expected = engine.decide(method="GET", url=target, headers=[]).to_dict()
    path, _, query = target.partition("?")
    raw_path = scope(path="/other", raw_path=path.encode(), query_string=query.encode())
    assert engine.decide_asgi(raw_path).to_dict() == expected
    for name in ("REQUEST_URI", "RAW_URI"):
        environ = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "/o", "PATH_INFO": "/other", name: target}
        assert engine.decide_wsgi(environ).to_dict() == expected


def test_a_token_in_a_form_is_read_and_the_form_given_back(form_address: str, issuer: Issuer) -> None:
    url = f"http://{form_address}/v1/orders/7"
    form = {"access_token": issuer.token("svc-form"), "item": "7"}
    answer = httpx.post(url, data=form)
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert seen["subject"] == "svc-form"
    assert seen["body"] == seen["again"] and "item=7" in seen["body"]
    assert answer.headers.get_list("cache-control") == ["max-age=5", "private"]


def test_a_form_in_pieces_is_put_together(form_address: str, issuer: Issuer) -> None:
    form = f"access_token={issuer.token()}".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}

    def pieces() -> Iterator[bytes]:
        for at in range(0, len(form), 7):
            yield form[at : at + 7]

    answer = httpx.post(f"http://{form_address}/v1/orders/7", content=pieces(), headers=headers)
    assert answer.status_code == 200 and answer.json()["body"].encode() == form


def test_a_form_beside_a_header_is_two_credentials(form_address: str, issuer: Issuer) -> None:
    headers = {"Authorization": issuer.bearer()}
    answer = httpx.post(
        f"http://{form_address}/v1/orders/7", data={"access_token": issuer.token()}, headers=headers
    )
    assert (answer.status_code, answer.json()["reason"]) == (400, "credentials_ambiguous")


def test_a_form_without_end_is_not_read(form_address: str, issuer: Issuer) -> None:
    headers = {"Authorization": issuer.bearer()}
    long = {"a": "x" * 300_000}
    answer = httpx.post(f"http://{form_address}/v1/orders/7", data=long, headers=headers)
    assert answer.status_code == 413
    assert answer.content == b'{"status":413,"outcome":"bad_request"}'


def test_other_bodies_are_passed_on_unread(form_address: str, issuer: Issuer) -> None:
    headers = {"Authorization": issuer.bearer()}
    long = {"a": "x" * 300_000}
    answer = httpx.post(f"http://{form_address}/v1/orders/7", json=long, headers=headers)
    assert answer.status_code == 200 and len(answer.json()["body"]) > 300_000


def test_a_handshake_is_let_in(address: str, issuer: Issuer) -> None:
    headers = {"Authorization": issuer.bearer("svc-ws")}
    with connect(f"ws://{address}/ws/%6Fne", additional_headers=headers, open_timeout=20) as socket:
        assert json.loads(socket.recv(20)) == {"subject": "svc-ws", "path": "/ws/one"}


def test_a_refused_handshake_keeps_status_and_challenge(address: str, issuer: Issuer) -> None:
    with pytest.raises(websockets.exceptions.InvalidStatus) as caught:
        connect(f"ws://{address}/ws/one", open_timeout=20)
    answer = caught.value.response
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="orders"'
    assert b'"reason":"credential_missing"' in (answer.body or b"")
    headers = {"Authorization": issuer.bearer(scope="none")}
    with pytest.raises(websockets.exceptions.InvalidStatus) as caught:
        connect(f"ws://{address}/ws/one", additional_headers=headers, open_timeout=20)
    assert caught.value.response.status_code == 403


class Server:
    """A server in few lines: what it lacks, a test can lack."""

    def __init__(self, app: Any, scope: dict[str, Any], messages: list[dict[str, Any]]) -> None:
        self.sent: list[dict[str, Any]] = []
        self._messages = messages
        asyncio.run(asyncio.wait_for(app(scope, self.receive, self.send), 20))

    async def receive(self) -> dict[str, Any]:
        return self._messages.pop(0)

    async def send(self, message: Any) -> None:
        self.sent.append(message)


async def unreachable(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("the application was called")


def scope(**rest: Any) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/v1/admin", "query_string": b"", "headers": [], **rest}


def test_a_server_without_the_extension_closes_the_handshake(engine: Engine) -> None:
    app = DoorwardMiddleware(unreachable, engine)
    handshake = scope(type="websocket", path="/ws/one")
    del handshake["method"]
    served = Server(app, handshake, [{"type": "websocket.connect"}])
    assert served.sent == [{"type": "websocket.close", "code": 1008, "reason": ""}]


def test_a_fault_while_deciding_is_500_and_nobody_is_let_in(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    app = DoorwardMiddleware(unreachable, engine)
    for broken in (scope(headers=None), scope(headers=[(b"authorization", "text", 1)]), scope(path=None)):
        served = Server(app, broken, [])
        assert served.sent[0]["status"] == 500
        assert served.sent[1]["body"] == b'{"status":500,"outcome":"unavailable"}'
    assert "nobody was let in" in caplog.text


def test_an_unknown_kind_of_connection_is_not_let_in(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="http, websocket or lifespan"):
        Server(DoorwardMiddleware(unreachable, engine), scope(type="webtransport"), [])


def test_a_caller_that_leaves_is_not_answered(form_engine: Engine) -> None:
    form = [(b"content-type", b"application/x-www-form-urlencoded")]
    app = DoorwardMiddleware(unreachable, form_engine)
    pieces: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"a", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert Server(app, scope(method="POST", headers=form), pieces).sent == []


def test_a_server_that_tells_no_raw_path_is_judged_by_the_decoded_one(engine: Engine, issuer: Issuer) -> None:
    seen = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    guarded = DoorwardMiddleware(app, engine)
    Server(guarded, scope(path="/files/a b\u20ac?:/../c"), [])
    assert (seen["path"], seen["raw_path"]) == ("/files/c", b"/files/c")
    Server(guarded, scope(path="/files/a b\u20ac?:"), [])
    assert (seen["path"], seen["raw_path"]) == ("/files/a b\u20ac?:", b"/files/a%20b%E2%82%AC%3F:")
    for path in ("/files/%2e", "/files//a", "/files/\x00"):
        assert Server(guarded, scope(path=path), []).sent[0]["status"] == 400, path


def test_states_of_requests_are_apart(engine: Engine) -> None:
    lent = {"server": 1}
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["state"])

    for _ in range(2):
        Server(DoorwardMiddleware(app, engine), scope(path="/healthz", state=lent), [])
    assert lent == {"server": 1}
    assert seen[0]["server"] == 1 and seen[0]["doorward"] is not seen[1]["doorward"]


def test_headers_that_are_not_needed_are_not_read(engine: Engine) -> None:
    odd = scope(path="/healthz", headers=[(b"x-odd", b"\xff\x00"), (b"cookie", b"a" * 10_000)])
    assert engine.decide_asgi(odd).allowed
    assert (
        engine.decide_asgi(scope(headers=[(b"AUTHORIZATION", b"Basic \xff")])).reason
        is Reason.SCHEME_UNSUPPORTED
    )


def test_every_response_of_an_allowed_query_token_is_private(issuer: Issuer) -> None:
    engine = Engine.from_policy(policy(issuer, token_in=["query"]))
    with under_uvicorn(application(engine)) as address:
        answer = httpx.get(f"http://{address}/v1/orders/7?access_token={issuer.token()}")
    assert answer.status_code == 200 and "private" in answer.headers.get_list("cache-control")
