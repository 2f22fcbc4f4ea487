"""Django: sync under waitress and async under uvicorn, with a real client."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import django_site
import httpx
import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIRequest
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.test import AsyncRequestFactory, RequestFactory, override_settings
from doorward import Engine
from issuer import Issuer
from servers import raw, under_uvicorn, under_waitress


@pytest.fixture(scope="module", autouse=True)
def site(form_engine: Engine) -> None:
    if not settings.configured:
        django_site.configure(form_engine)


@pytest.fixture(scope="module", params=["wsgi", "asgi"])
def address(request: pytest.FixtureRequest, site: None) -> Iterator[str]:
    if request.param == "wsgi":
        with under_waitress(get_wsgi_application()) as address:
            yield address
    else:
        with under_uvicorn(get_asgi_application(), lifespan="off") as address:
            yield address


@pytest.mark.parametrize("path", ["/v1/orders/7", "/app/7"])
def test_a_view_is_given_the_caller(address: str, issuer: Issuer, path: str) -> None:
    answer = httpx.get(f"http://{address}{path}?a=b", headers={"Authorization": issuer.bearer("svc-d")})
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["path"], seen["full"], seen["subject"]) == (path, f"{path}?a=b", "svc-d")


def test_a_refusal_carries_challenge_and_reason(address: str) -> None:
    answer = httpx.get(f"http://{address}/v1/orders/7")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="orders"'
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == (
        b'{"status":401,"outcome":"unauthenticated","reason":"credential_missing","recovery":"send_credential"}'
    )


def test_the_head_of_a_refusal_has_no_body(address: str) -> None:
    status, headers, body = raw(address, "HEAD /v1/orders/7 HTTP/1.1")
    assert (status, body) == (401, b"")
    assert headers["www-authenticate"] == 'Bearer realm="orders"'


def test_two_lines_of_authorization_are_seen(address: str, issuer: Issuer) -> None:
    lines = [("Authorization", issuer.bearer()), ("Authorization", issuer.bearer("other"))]
    answer = httpx.get(f"http://{address}/v1/orders/7", headers=lines)
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
    ],
)
def test_a_view_sees_the_judged_path(address: str, target: str, path: str) -> None:
    status, _, body = raw(address, f"GET {target} HTTP/1.1")
    assert status == 200, body
    seen = json.loads(body)
    assert (seen["path"], seen["path_info"], seen["rest"]) == (path, path, path[1:])


@pytest.mark.parametrize("target", ["/healthz/../v1/admin", "/v1/%61dmin", "/v1/jobs:stop"])
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
        "/files/%80",
        "/files/a%e2%82",
        "/v1/jobs%3Astop",
    ],
)
def test_a_path_of_two_readings_is_refused(address: str, target: str) -> None:
    status, _, body = raw(address, f"GET {target} HTTP/1.1")
    assert (status, body) == (400, b'{"status":400,"outcome":"bad_request"}')


def test_a_token_in_a_form_is_read_and_the_form_given_to_the_view(address: str, issuer: Issuer) -> None:
    form = {"access_token": issuer.token("svc-form"), "item": "7"}
    answer = httpx.post(f"http://{address}/v1/orders/7", data=form)
    assert answer.status_code == 200, answer.text
    assert answer.json()["subject"] == "svc-form" and answer.json()["form"] == form
    assert answer.headers["cache-control"] == "max-age=5, private"


def test_a_form_without_end_is_not_read(address: str, issuer: Issuer) -> None:
    headers = {"Authorization": issuer.bearer()}
    answer = httpx.post(f"http://{address}/v1/orders/7", data={"a": "x" * 300_000}, headers=headers)
    assert answer.status_code == 413
    assert answer.content == b'{"status":413,"outcome":"bad_request"}'


def unreachable(request: Any) -> HttpResponse:
    raise AssertionError("the view was called")


def test_a_form_that_django_finds_too_long_is_refused(issuer: Issuer) -> None:
    from doorward.django import DoorwardMiddleware

    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        request = RequestFactory().post(
            "/v1/orders/7", b"a=bcdefghijkl", content_type="application/x-www-form-urlencoded"
        )
        answer = DoorwardMiddleware(unreachable)(request)
    assert isinstance(answer, HttpResponse) and answer.status_code == 413


def test_a_fault_while_deciding_is_500_and_nobody_is_let_in(caplog: pytest.LogCaptureFixture) -> None:
    from doorward.django import DoorwardMiddleware

    request = RequestFactory().get("/healthz")
    request.environ["HTTP_AUTHORIZATION"] = 1
    answer = DoorwardMiddleware(unreachable)(request)
    assert isinstance(answer, HttpResponse) and answer.status_code == 500
    assert answer.content == b'{"status":500,"outcome":"unavailable"}'
    assert "nobody was let in" in caplog.text


class Views:
    """Keeps what a view is shown."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def __call__(self, request: Any) -> HttpResponse:
        self.seen.append((request.path, request.path_info))
        return HttpResponse()


def judged(view: Any, *requests: Any) -> list[int]:
    """The statuses of requests that go through the middleware as it is set up now."""
    from doorward.django import DoorwardMiddleware

    answers = [DoorwardMiddleware(view)(request) for request in requests]
    return [answer.status_code for answer in answers if isinstance(answer, HttpResponse)]


def over_asgi(path: str, **rest: Any) -> ASGIRequest:
    """A request as an ASGI server makes it."""
    return ASGIRequest({**AsyncRequestFactory().get(path).scope, **rest}, BytesIO())


@pytest.mark.parametrize(
    "setting",
    [
        {"DOORWARD_SCRIPT_NAME": "/files"},
        {"DOORWARD_SCRIPT_NAME": "/files/"},
        {"FORCE_SCRIPT_NAME": "/files"},
    ],
)
def test_a_mounted_site_keeps_its_mount(setting: dict[str, str]) -> None:
    view = Views()
    with override_settings(**setting):
        sync = RequestFactory().get("/a/../b", SCRIPT_NAME="/files", REQUEST_URI="/files/a/../b")
        decoded = RequestFactory().get("/b", SCRIPT_NAME="/files")
        later = [
            over_asgi("/files/a/../b", root_path="/files", raw_path=raw_path)
            for raw_path in (None, b"/files/a/../b")
        ]
        assert judged(view, sync, decoded, *later) == [200] * 4
        outside = RequestFactory().get("/../v1", SCRIPT_NAME="/files", REQUEST_URI="/files/../healthz")
        assert judged(unreachable, outside) == [400]
        assert judged(unreachable, over_asgi("/files/../healthz", root_path="/files")) == [400]
    assert view.seen == [("/files/b", "/b")] * 4


def test_a_mount_that_django_forces_is_what_targets_begin_with() -> None:
    view = Views()
    with override_settings(FORCE_SCRIPT_NAME="/files"):
        # A server that believed the caller has cut the path elsewhere; the view does not see that.
        cut = RequestFactory().get("/c", SCRIPT_NAME="/files/b", REQUEST_URI="/files/b/c")
        assert judged(view, cut, RequestFactory().get("/a"), over_asgi("/files/a")) == [200] * 3
        whole = RequestFactory().get("/healthz", SCRIPT_NAME="", REQUEST_URI="/healthz")
        assert judged(unreachable, whole, over_asgi("/healthz")) == [400] * 2
    assert view.seen == [("/files/b/c", "/b/c"), ("/files/a", "/a"), ("/files/a", "/a")]


def test_a_mount_that_a_proxy_takes_off_is_named_as_empty() -> None:
    view = Views()
    with override_settings(FORCE_SCRIPT_NAME="/mount", DOORWARD_SCRIPT_NAME=""):
        sync = RequestFactory().get("/files/a", REQUEST_URI="/files/a")
        assert judged(view, sync, RequestFactory().get("/files/a"), over_asgi("/files/a")) == [200] * 3
    assert view.seen == [("/mount/files/a", "/files/a")] * 2 + [("/files/a", "/files/a")]


@pytest.mark.parametrize("claimed", ["/files", "/files/", "/", "/v1/admin"])
@pytest.mark.parametrize("setting", [{}, {"DOORWARD_SCRIPT_NAME": "/v1"}])
def test_a_mount_that_nobody_named_is_refused_and_not_logged(
    caplog: pytest.LogCaptureFixture, claimed: str, setting: dict[str, str]
) -> None:
    sync = RequestFactory().get("/secret", SCRIPT_NAME=claimed, REQUEST_URI="/files/secret")
    later = over_asgi("/files/secret", root_path=claimed, raw_path=b"/files/secret")
    with override_settings(**setting):
        assert judged(unreachable, sync, later) == [500] * 2
    assert {record.getMessage() for record in caplog.records if record.name == "doorward"} == {
        "expected the mount that the middleware was told of, found another; nobody was let in"
    }


@pytest.mark.parametrize("path", ["/files/\u20ac", "/files/\u00e9", "/files/a b"])
def test_letters_outside_ascii_reach_the_view_where_no_raw_target_is_told(path: str) -> None:
    from doorward.django import DoorwardMiddleware

    seen = []

    def view(request: Any) -> HttpResponse:
        seen.append((request.path, request.path_info))
        return HttpResponse()

    DoorwardMiddleware(view)(RequestFactory().get(path))
    DoorwardMiddleware(view)(ASGIRequest({**AsyncRequestFactory().get("/").scope, "path": path}, BytesIO()))
    assert seen == [(path, path)] * 2


def test_a_site_without_a_policy_does_not_start(tmp_path: Any) -> None:
    from doorward.django import DoorwardMiddleware

    file = tmp_path / "open.toml"
    file.write_text("[[routes]]\npath = '/healthz'\naccept = 'anyone'\n")
    with override_settings(DOORWARD_ENGINE=None):
        with pytest.raises(ImproperlyConfigured, match="DOORWARD_POLICY"):
            DoorwardMiddleware(unreachable)
        for policy in (file, str(file), {"routes": [{"path": "/healthz", "accept": "anyone"}]}):
            with override_settings(DOORWARD_POLICY=policy):
                assert DoorwardMiddleware(unreachable).engine.routes == 1
