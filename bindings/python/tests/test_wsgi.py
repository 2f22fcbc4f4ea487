"""The WSGI middleware: Flask under three real servers, with a real client."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from doorward import Engine
from doorward.wsgi import DoorwardMiddleware
from issuer import Issuer, policy
from servers import raw, under_gunicorn, under_waitress, under_wsgiref
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from wsgi_app import application


@pytest.fixture(scope="module", params=["waitress", "wsgiref", "gunicorn"])
def address(request: pytest.FixtureRequest, issuer: Issuer) -> Iterator[str]:
    table = policy(issuer, token_in=["header", "query", "form"])
    if request.param == "gunicorn":
        with under_gunicorn("wsgi_app:app", {"DOORWARD_TEST_POLICY": json.dumps(table)}) as address:
            yield address
        return
    serve = under_waitress if request.param == "waitress" else under_wsgiref
    with serve(application(Engine.from_policy(table))) as address:
        yield address


def test_a_caller_with_a_good_token_is_let_in(address: str, issuer: Issuer) -> None:
    answer = httpx.get(f"http://{address}/v1/orders/7?a=b", headers={"Authorization": issuer.bearer("svc-a")})
    assert answer.status_code == 200
    assert (answer.json()["path"], answer.json()["subject"]) == ("/v1/orders/7", "svc-a")


def test_a_refusal_carries_challenge_and_reason(address: str) -> None:
    answer = httpx.get(f"http://{address}/v1/orders/7")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="orders"'
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "status": 401,
        "outcome": "unauthenticated",
        "reason": "credential_missing",
        "recovery": "send_credential",
    }


def test_the_head_of_a_refusal_has_no_body(address: str) -> None:
    status, headers, body = raw(address, "HEAD /v1/orders/7 HTTP/1.1")
    assert (status, body) == (401, b"")
    assert headers["www-authenticate"] == 'Bearer realm="orders"'


def test_two_lines_are_seen_though_the_server_joins_them(address: str, issuer: Issuer) -> None:
    value = issuer.bearer()
    answer = httpx.get(
        f"http://{address}/healthz", headers=[("Authorization", "Basic a"), ("Authorization", "Basic b")]
    )
    assert answer.json()["authorization"].replace(" ", "") == "Basica,Basicb"
    for other in (value, "Basic YTpi", issuer.bearer("other")):
        headers = [("Authorization", value), ("Authorization", other)]
        answer = httpx.get(f"http://{address}/v1/orders/7", headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (400, "credentials_ambiguous")


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/files/a/../b", "/files/b"),
        ("/files/%61", "/files/a"),
        ("/v1/../files/./x?q=%2F..", "/files/x"),
        ("/files/a%20b", "/files/a b"),
        ("/files/%e2%82%ac", "/files/\u20ac"),
        ("/files/a%3Ab", "/files/a:b"),
        ("/files/a%3Fb", "/files/a?b"),
    ],
)
def test_the_application_sees_the_judged_path(address: str, target: str, path: str) -> None:
    status, _, body = raw(address, f"GET {target} HTTP/1.1")
    assert status == 200, body
    seen = json.loads(body)
    assert seen["path"] == path
    if seen["raw"] is not None:
        assert ".." not in seen["raw"].partition("?")[0] and "%61" not in seen["raw"]
        assert seen["raw"].partition("?")[2] == target.partition("?")[2]


@pytest.mark.parametrize(
    "target",
    ["/healthz/../v1/admin", "/files/../v1/admin", "/v1/%61dmin", "/v1/jobs:stop"],
)
def test_no_spelling_of_a_path_walks_around_its_rule(address: str, issuer: Issuer, target: str) -> None:
    status, _, body = raw(address, f"GET {target} HTTP/1.1", f"Authorization: {issuer.bearer()}")
    assert (status, json.loads(body)["reason"]) == (403, "scope_insufficient")


@pytest.mark.parametrize(
    "target",
    ["/files//a", "/files/%00", "/files/..;/a", "/files/%252e", "/files/%80", "/files/%ff", "/files/a%e2%82"],
)
def test_a_path_of_two_readings_is_refused(address: str, target: str) -> None:
    status, _, body = raw(address, f"GET {target} HTTP/1.1")
    assert (status, body) == (400, b'{"status":400,"outcome":"bad_request"}')


@pytest.mark.parametrize("target", ["/v1/jobs%3Astop", "/v1/jobs%3astop"])
def test_an_encoded_character_that_a_rule_has_is_refused(address: str, issuer: Issuer, target: str) -> None:
    status, _, body = raw(address, f"GET {target} HTTP/1.1", f"Authorization: {issuer.bearer()}")
    # The standard library's server tells decoded paths only: to it this is the path of the rule.
    assert (status, json.loads(body).get("reason")) in ((400, None), (403, "scope_insufficient"))


def test_an_encoded_slash_is_seen_where_the_server_tells_the_raw_target(address: str) -> None:
    status, _, body = raw(address, "GET /files/%2e%2e%2fv1 HTTP/1.1")
    if status == 200:
        # The standard library's server tells decoded paths only; what the application sees is judged.
        assert json.loads(body) == {**json.loads(body), "raw": None, "path": "/v1"}, body
    else:
        assert status in (400, 403), body


def test_a_token_in_a_form_is_read_and_the_form_given_back(address: str, issuer: Issuer) -> None:
    form = {"access_token": issuer.token("svc-form"), "item": "7"}
    answer = httpx.post(f"http://{address}/v1/orders/7", data=form)
    assert answer.status_code == 200, answer.text
    assert answer.json()["subject"] == "svc-form" and answer.json()["form"] == form
    assert answer.headers.get_list("cache-control") == ["max-age=5", "private"]


def test_a_form_without_end_is_not_read(address: str, issuer: Issuer) -> None:
    headers = {"Authorization": issuer.bearer()}
    answer = httpx.post(f"http://{address}/v1/orders/7", data={"a": "x" * 300_000}, headers=headers)
    assert answer.status_code == 413
    assert answer.content == b'{"status":413,"outcome":"bad_request"}'


def environ(**rest: Any) -> dict[str, Any]:
    base = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/healthz", "QUERY_STRING": ""}
    return {**base, "wsgi.input": BytesIO(), **rest}


class Call:
    """One call of the middleware, without a server."""

    def __init__(
        self, engine: Engine, environ: dict[str, Any], app: Callable[..., Any] | None = None, **named: Any
    ) -> None:
        self.seen: dict[str, Any] | None = None
        self.status = 0
        self.body = b"".join(
            DoorwardMiddleware(app or self.app, engine, **named)(environ, self.start_response)
        )

    def app(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.seen = environ
        start_response("200 OK", [])
        return [b"let in"]

    def start_response(self, status: str, headers: Any, exc_info: Any = None) -> Any:
        self.status = int(status.split()[0])


def test_a_mounted_application_keeps_its_mount(engine: Engine) -> None:
    request = environ(SCRIPT_NAME="/files", PATH_INFO="/a/../b", REQUEST_URI="/files/a/../b?c")
    call = Call(engine, request, script_name="/files")
    assert call.seen is not None
    assert (call.seen["SCRIPT_NAME"], call.seen["PATH_INFO"]) == ("/files", "/b")
    assert call.seen["REQUEST_URI"] == "/files/b?c"
    for named in ("/files", "/files/"):
        call = Call(engine, environ(SCRIPT_NAME="/files", PATH_INFO="/a"), script_name=named)
        assert call.seen is not None and call.seen["PATH_INFO"] == "/a"
    odd = environ(SCRIPT_NAME="/files/\xc3\xa9", PATH_INFO="/\xc3\xa9", REQUEST_URI="/files/%c3%a9/%c3%a9")
    call = Call(engine, odd, script_name="/files/\xe9")
    assert call.seen is not None and call.seen["PATH_INFO"] == "/\xc3\xa9"


@pytest.mark.parametrize("claimed", ["/files", "/files/", "/", "files", "/v1", "\xe9", None])
def test_a_mount_that_nobody_named_is_refused_and_not_logged(
    engine: Engine, caplog: pytest.LogCaptureFixture, claimed: str | None
) -> None:
    request = environ(SCRIPT_NAME=claimed, PATH_INFO="/secret", REQUEST_URI="/files/secret")
    call = Call(engine, request)
    assert (call.status, call.seen) == (500, None)
    assert call.body == b'{"status":500,"outcome":"unavailable"}'
    (record,) = caplog.records
    assert record.getMessage() == (
        "expected the mount that the middleware was told of, found another; nobody was let in"
    )
    call = Call(engine, request, script_name="/v1/admin")
    assert (call.status, call.seen) == (500, None)


def test_an_application_without_its_mount_is_refused(engine: Engine) -> None:
    call = Call(engine, environ(PATH_INFO="/files/a", REQUEST_URI="/files/a"), script_name="/files")
    assert (call.status, call.seen) == (500, None)


def test_a_mount_is_not_taken_from_the_caller(address: str) -> None:
    for line in ("SCRIPT_NAME: /files", "SCRIPT-NAME: /files", "Script_Name: /files/"):
        status, _, body = raw(address, "GET /files/v1/admin HTTP/1.1", line)
        seen = json.loads(body)
        # Where the server does not believe it, the application is shown the path that was judged.
        assert status >= 400 or (seen["path"], seen["script"]) == ("/files/v1/admin", ""), (line, body)


def test_an_application_in_a_dispatcher_names_its_mount(engine: Engine) -> None:
    answers: list[str] = []

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        answers.append(status[:3])

    def inner(environ: dict[str, Any], start: Any) -> list[bytes]:
        start(f"200 {environ['SCRIPT_NAME']} {environ['PATH_INFO']}", [])
        return [environ["PATH_INFO"].encode("latin-1")]

    def ask(path: str, **named: Any) -> bytes:
        guarded = DoorwardMiddleware(inner, engine, **named)
        request = environ(PATH_INFO=unquote(path), REQUEST_URI=path)
        return b"".join(DispatcherMiddleware(inner, {"/files": guarded})(request, start_response))

    assert ask("/files/a/%2e%2e/b", script_name="/files") == b"/b"
    ask("/files/../healthz", script_name="/files")
    ask("/files/a")
    assert answers == ["200", "400", "500"]


def test_a_path_that_is_not_below_its_mount_is_refused(engine: Engine) -> None:
    for uri in ("/mount/../files/a", "http://api.example/files/a", "/files/a"):
        request = environ(SCRIPT_NAME="/mount", PATH_INFO="/x/../a", REQUEST_URI=uri)
        call = Call(engine, request, script_name="/mount")
        assert (call.status, call.seen) == (400, None), uri
    for mount, info in (("/file", "/x"), ("/prefix", "/files/a")):
        request = environ(SCRIPT_NAME=mount, PATH_INFO=info, REQUEST_URI="/files/a")
        call = Call(engine, request, script_name=mount)
        assert (call.status, call.seen) == (400, None), mount


def test_a_fault_while_deciding_is_500_and_nobody_is_let_in(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    for broken in (
        {"PATH_INFO": b"/healthz"},
        {"REQUEST_METHOD": None},
        {"HTTP_AUTHORIZATION": 1},
        {"PATH_INFO": "/\u20ac"},
    ):
        call = Call(engine, environ(**broken))
        assert (call.status, call.seen) == (500, None)
        assert call.body == b'{"status":500,"outcome":"unavailable"}'
    assert "nobody was let in" in caplog.text


FORM = {
    "REQUEST_METHOD": "POST",
    "CONTENT_TYPE": "application/x-www-form-urlencoded",
    "PATH_INFO": "/v1/orders/7",
}


@pytest.mark.parametrize("length", ["x", "-1", "1.5", "\u0663", "10"])
def test_a_form_of_another_length_than_it_says_is_refused(form_engine: Engine, length: str) -> None:
    call = Call(form_engine, environ(**FORM, CONTENT_LENGTH=length, **{"wsgi.input": BytesIO(b"a=b")}))
    assert (call.status, call.seen) == (400, None)


def test_a_form_without_a_length_is_read_where_it_has_an_end(form_engine: Engine, issuer: Issuer) -> None:
    form = f"access_token={issuer.token()}".encode()
    call = Call(form_engine, environ(**FORM, **{"wsgi.input": BytesIO(form), "wsgi.input_terminated": True}))
    assert call.seen is not None and call.seen["wsgi.input"].read() == form
    call = Call(form_engine, environ(**FORM, **{"wsgi.input": BytesIO(form)}))
    assert (call.status, call.seen) == (401, None)
    long = {"wsgi.input": BytesIO(form + b"x" * 300_000), "wsgi.input_terminated": True}
    assert Call(form_engine, environ(**FORM, **long)).status == 413


def test_variables_that_are_not_needed_are_not_read(engine: Engine) -> None:
    assert Call(engine, environ(HTTP_X_ODD=object(), HTTP_COOKIE="\u20ac")).status == 200


def test_a_target_that_asks_for_the_server_is_passed_as_it_is(issuer: Issuer) -> None:
    table = policy(issuer)
    table["routes"].append({"path": "/{*rest}", "accept": "anyone"})
    for target in ("*", "/"):
        call = Call(
            Engine.from_policy(table), environ(REQUEST_METHOD="OPTIONS", PATH_INFO=target, REQUEST_URI=target)
        )
        assert call.status in (200, 403)
        if call.seen is not None:
            assert call.seen["PATH_INFO"] == target
