"""The middlewares follow a policy that is loaded anew: what they read of a request, and how much of it."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import django_site
import httpx
import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from doorward import Engine
from doorward.asgi import DoorwardMiddleware as AsgiMiddleware
from doorward.wsgi import DoorwardMiddleware as WsgiMiddleware
from issuer import Issuer, policy
from servers import under_uvicorn, under_waitress

Serve = Callable[[Engine], AbstractContextManager[str]]


async def welcome_asgi(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


def welcome_wsgi(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "0")])
    return []


def serve_asgi(engine: Engine) -> AbstractContextManager[str]:
    return under_uvicorn(AsgiMiddleware(welcome_asgi, engine), lifespan="off")


def serve_wsgi(engine: Engine) -> AbstractContextManager[str]:
    return under_waitress(WsgiMiddleware(welcome_wsgi, engine))


def serve_django(engine: Engine) -> AbstractContextManager[str]:
    if not settings.configured:
        django_site.configure(engine)
    with override_settings(DOORWARD_ENGINE=engine, DEBUG_PROPAGATE_EXCEPTIONS=True):
        return under_waitress(get_wsgi_application())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "doorward.json"


@pytest.mark.parametrize("serve", [serve_asgi, serve_wsgi, serve_django])
def test_a_middleware_reads_what_the_policy_in_force_asks_for(
    serve: Serve, file: Path, issuer: Issuer
) -> None:
    def load(size: int, *places: str) -> None:
        table = {**policy(issuer, token_in=places), "max_credential": size}
        file.write_text(json.dumps(table))

    load(1024, "header")
    engine = Engine(file)
    with serve(engine) as address:

        def post(padding: int = 0) -> int:
            form = {"access_token": issuer.token(), "padding": "x" * padding}
            return httpx.post(f"http://{address}/v1/orders/7", data=form).status_code

        assert post() == 401
        load(1024, "header", "form")
        engine.reload()
        before = engine.form_limit
        assert post() == 200
        assert post(before) == 413
        load(16_384, "header", "form")
        engine.reload()
        assert engine.form_limit > before
        assert post(before) == 200
        assert post(engine.form_limit) == 413
        load(1024, "header")
        engine.reload()
        assert post() == 401
