"""Doorward before an ASGI application: Starlette, FastAPI, and every other.

    app = DoorwardMiddleware(app, Engine("doorward.toml"))
    app.add_middleware(DoorwardMiddleware, engine=Engine("doorward.toml"))   # Starlette, FastAPI

The decision is at `scope["state"]["doorward"]`, which Starlette calls `request.state.doorward`.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from . import _hosts
from ._doorward import Decision, Engine

__all__ = ["DoorwardMiddleware"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class DoorwardMiddleware:
    """Lets requests and WebSocket handshakes through to `app` that the engine allows, and answers the others.

    The application is shown the path that was judged. Put it outermost: whoever changes the path before it,
    changes what is judged.

    `root_path` is where the server, or a mount of a router, has put the application, as the scope says.
    A request with any other is refused, since some servers take it from a header field of the caller.
    `form_limit` is the longest form in bytes that is read to look for a token, where the policy takes tokens
    from forms; without it the engine's own.
    """

    def __init__(
        self, app: ASGIApp, engine: Engine, *, root_path: str = "", form_limit: int | None = None
    ) -> None:
        self.app = app
        self.engine = engine
        self.root_path = _hosts.mount(root_path)
        self.form_limit = form_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judges one connection."""
        kind = scope["type"]
        if kind == "lifespan":
            await self.app(scope, receive, send)
            return
        if kind not in ("http", "websocket"):
            raise RuntimeError("expected a scope of type http, websocket or lifespan")
        scope = dict(scope)
        try:
            if (scope.get("root_path") or "") != self.root_path:
                raise _hosts.misplaced()
            body, receive = await self._form(scope, receive)
            decision = self._judge(scope, body)
        except ConnectionAbortedError:
            return
        except _hosts.Refused as refused:
            await _answer(scope, receive, send, refused.status, (), refused.body)
            return
        except Exception:
            fault = _hosts.failed()
            await _answer(scope, receive, send, fault.status, (), fault.body)
            return
        if not decision.allowed:
            _hosts.logger.info("refused: %r", decision)
            await _answer(scope, receive, send, decision.status, decision.headers, decision.body)
            return
        await self.app(scope, receive, _with_headers(send, decision))

    async def _form(self, scope: Scope, receive: Receive) -> tuple[bytes | None, Receive]:
        """The body, where a token may be in it, and a `receive` that gives it once more."""
        if not self.engine.reads_body or scope["type"] != "http":
            return None, receive
        types = [value for name, value in scope["headers"] if name.lower() == b"content-type"]
        if not any(_hosts.is_form(value.decode("latin-1")) for value in types):
            return None, receive
        limit = self.engine.form_limit if self.form_limit is None else self.form_limit
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionAbortedError
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                raise _hosts.too_large()
        whole = bytes(body)
        pending = [{"type": "http.request", "body": whole, "more_body": False}]

        async def replay() -> Message:
            return pending.pop() if pending else await receive()

        return whole, replay

    def _judge(self, scope: dict[str, Any], body: bytes | None) -> Decision:
        """Decides, and shows the scope the decision, and the path that was judged in place of the raw one."""
        decision = self.engine.decide_asgi(scope, body)
        if not decision.allowed:
            return decision
        if decision.path != "*":
            rest = _hosts.inside(decision.path, self.root_path)
            if rest is None:
                return _hosts.ambiguous(self.engine, scope.get("method", "GET"))
            # The path of a scope has the mount in it.
            scope.update(path=self.root_path + rest, raw_path=decision.path.encode("ascii"))
        # A new dict: some servers lend the same one to every request.
        scope["state"] = {**(scope.get("state") or {}), "doorward": decision}
        return decision


def _with_headers(send: Send, decision: Decision) -> Send:
    """A `send` that adds what the answer to an allowed request must carry."""
    if not decision.headers:
        return send
    added = _lines(decision.headers)

    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await send(message)

    return adding


async def _answer(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: int,
    headers: tuple[tuple[str, str], ...],
    body: bytes,
) -> None:
    """Answers a request, or refuses a handshake."""
    prefix = "http"
    if scope["type"] == "websocket":
        if (await receive())["type"] != "websocket.connect":
            return
        if "websocket.http.response" not in (scope.get("extensions") or {}):
            # Before the handshake is accepted, a server makes a bare 403 of this: it leaves no other way.
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        prefix = "websocket.http"
    length = ("content-length", str(len(body)))
    lines = _lines((*headers, ("content-type", _hosts.MEDIA_TYPE), length))
    await send({"type": f"{prefix}.response.start", "status": int(status), "headers": lines})
    content = b"" if scope.get("method") == "HEAD" else body
    await send({"type": f"{prefix}.response.body", "body": content, "more_body": False})


def _lines(headers: tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
