"""FastAPI under uvicorn: dependencies that yield the caller."""

from collections.abc import Iterator

import httpx
import pytest
from doorward import Engine
from doorward.asgi import DoorwardMiddleware
from doorward.fastapi import CurrentDecision, CurrentPrincipal, OptionalPrincipal
from fastapi import FastAPI, WebSocket
from issuer import ISSUER, Issuer
from servers import under_uvicorn
from websockets.sync.client import connect


def application(engine: Engine | None) -> FastAPI:
    app = FastAPI()
    if engine is not None:
        app.add_middleware(DoorwardMiddleware, engine=engine)

    @app.get("/v1/orders/{id}")
    def order(id: str, principal: CurrentPrincipal) -> dict[str, str]:
        return {"id": id, "issuer": principal.issuer, "subject": principal.subject}

    @app.get("/healthz")
    async def health(principal: OptionalPrincipal, decision: CurrentDecision) -> dict[str, str | None]:
        return {"grounds": decision.grounds, "subject": None if principal is None else principal.subject}

    @app.get("/files/{name}")
    def file(name: str, principal: CurrentPrincipal) -> str:
        raise AssertionError("nobody is known here")

    @app.websocket("/ws/{room}")
    async def room(socket: WebSocket, room: str, principal: CurrentPrincipal) -> None:
        await socket.accept()
        await socket.send_text(f"{room} {principal.subject}")
        await socket.close()

    return app


@pytest.fixture(scope="module")
def address(engine: Engine) -> Iterator[str]:
    with under_uvicorn(application(engine)) as address:
        yield address


def test_an_endpoint_is_given_the_caller(address: str, issuer: Issuer) -> None:
    answer = httpx.get(f"http://{address}/v1/orders/7", headers={"Authorization": issuer.bearer("svc-f")})
    assert answer.json() == {"id": "7", "issuer": ISSUER, "subject": "svc-f"}


def test_an_endpoint_is_not_called_for_others(address: str) -> None:
    answer = httpx.get(f"http://{address}/v1/orders/7")
    assert answer.status_code == 401 and answer.headers["www-authenticate"] == 'Bearer realm="orders"'


def test_what_is_for_anyone_has_no_caller(address: str, issuer: Issuer) -> None:
    answer = httpx.get(f"http://{address}/healthz", headers={"Authorization": issuer.bearer()})
    assert answer.json() == {"grounds": "anyone", "subject": None}


def test_an_endpoint_that_needs_a_caller_fails_where_the_policy_lets_anyone_in(address: str) -> None:
    assert httpx.get(f"http://{address}/files/a").status_code == 500


def test_an_endpoint_without_the_middleware_fails(issuer: Issuer) -> None:
    with under_uvicorn(application(None)) as address:
        answer = httpx.get(f"http://{address}/v1/orders/7", headers={"Authorization": issuer.bearer()})
    assert answer.status_code == 500


def test_a_socket_is_given_the_caller(address: str, issuer: Issuer) -> None:
    headers = {"Authorization": issuer.bearer("svc-w")}
    with connect(f"ws://{address}/ws/one", additional_headers=headers, open_timeout=20) as socket:
        assert socket.recv(20) == "one svc-w"


def test_the_documentation_does_not_ask_for_the_dependencies(address: str, engine: Engine) -> None:
    parameters = application(engine).openapi()["paths"]["/v1/orders/{id}"]["get"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == ["id"]
