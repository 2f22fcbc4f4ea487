"""An MCP server of the official SDK, with the metadata of RFC 9728, refuses us; the client is the SDK's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import doorward
import doorward.httpx2
import httpx2
import jwt
import pytest
from doorward import Reason
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from pydantic import AnyHttpUrl
from servers import free_port, under_uvicorn
from service import SECRET, Tokens, token


class Verifier:
    """Reads the tokens of the tests with PyJWT."""

    async def verify_token(self, token: str) -> AccessToken | None:
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience="orders")
        except jwt.InvalidTokenError:
            return None
        scopes = claims.get("scope", "").split()
        return AccessToken(token=token, client_id=claims["sub"], scopes=scopes, expires_at=int(claims["exp"]))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of the running server."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = MCPServer(
        "orders",
        auth=AuthSettings(
            issuer_url=AnyHttpUrl("https://idp.example"),
            resource_server_url=AnyHttpUrl(f"{address}/mcp"),
            required_scopes=["orders:read"],
            validate_token_resource=False,
        ),
        token_verifier=Verifier(),
    )

    @server.tool()
    def order(id: str) -> str:
        """Tells of an order."""
        return f"order {id}"

    with under_uvicorn(server.streamable_http_app(), port=port):
        yield f"{address}/mcp"


@contextlib.asynccontextmanager
async def connected(url: str, auth: doorward.httpx2.Auth) -> AsyncIterator[Client]:
    """A session of the SDK's client."""
    async with (
        httpx2.AsyncClient(auth=auth, timeout=20) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        yield client


def called(url: str, auth: doorward.httpx2.Auth) -> str:
    """What the tool says."""

    async def call() -> str:
        async with connected(url, auth) as client:
            results = await asyncio.gather(*(client.call_tool("order", {"id": str(id)}) for id in range(5)))
            content: Any = results[-1].content[0]
            return str(content.text)

    return asyncio.run(asyncio.wait_for(call(), 30))


def test_an_expired_token_is_refreshed_below_a_session(url: str) -> None:
    tokens = Tokens(token(-60, scope="orders:read"), token(scope="orders:read"))
    assert called(url, doorward.httpx2.Auth(tokens)) == "order 4"
    assert tokens.asked == 2


def test_a_missing_scope_is_asked_for_and_where_the_server_describes_itself_is_known(url: str) -> None:
    with httpx2.Client(auth=doorward.httpx2.Auth(Tokens(token(), token()))) as client:
        answer = client.post(url, json={})
    assert answer.status_code == 403
    diagnosis = answer.extensions["doorward"]
    assert diagnosis.reason is Reason.SCOPE_INSUFFICIENT
    metadata = diagnosis.demand.resource_metadata
    assert metadata is not None
    described = httpx2.get(metadata).json()
    assert described["resource"] == url
    assert described["authorization_servers"] == ["https://idp.example/"]


def test_a_token_that_is_for_another_service_is_not_said_to_be_lost_on_the_way(url: str) -> None:
    with httpx2.Client(auth=doorward.httpx2.Auth(Tokens(token(audience="other")))) as client:
        answer = client.post(url, json={})
    assert answer.status_code == 401
    assert answer.extensions["doorward"].reason is Reason.CREDENTIAL_REFUSED
