"""Services that refuse callers: FastAPI with PyJWT in its usual form, and one that follows a script."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from servers import PATIENCE, under_uvicorn

SECRET = "not-a-secret-of-anybody-0123456789"


def token(seconds: float = 600, audience: str = "orders", **claims: Any) -> str:
    """A token for the service that lives for so many seconds, all of them different."""
    now = time.time()
    token.count += 1  # type: ignore[attr-defined]
    number = token.count  # type: ignore[attr-defined]
    payload = {"sub": "svc-a", "aud": audience, "iat": now, "exp": now + seconds, "jti": f"t-{number}"}
    return jwt.encode({**payload, **claims}, SECRET, algorithm="HS256")


token.count = 0  # type: ignore[attr-defined]


@dataclass
class Seen:
    """One request as the service saw it."""

    method: str
    path: str
    authorization: str | None
    body: bytes


@dataclass
class Log:
    """All of them."""

    seen: list[Seen] = field(default_factory=list)
    address: str = ""

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def secrets(self) -> list[str]:
        """The credentials that came, in order."""
        return [each.authorization or "" for each in self.seen]


def usual(log: Log) -> FastAPI:
    """The service of a tutorial."""
    app = FastAPI()
    bearer = HTTPBearer(auto_error=False)

    @app.middleware("http")
    async def write_down(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        seen = Seen(request.method, request.url.path, request.headers.get("Authorization"), b"")
        seen.body = await request.body()
        log.seen.append(seen)
        return await call_next(request)

    def caller(
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    ) -> dict[str, Any]:
        refusal = HTTPException(401, "Could not validate credentials", headers={"WWW-Authenticate": "Bearer"})
        if credentials is None:
            raise HTTPException(401, "Not authenticated", headers={"WWW-Authenticate": "Bearer"})
        try:
            claims: dict[str, Any] = jwt.decode(
                credentials.credentials, SECRET, algorithms=["HS256"], audience="orders"
            )
        except jwt.ExpiredSignatureError:
            challenge = 'Bearer error="invalid_token", error_description="Signature has expired"'
            raise HTTPException(
                401, "Signature has expired", headers={"WWW-Authenticate": challenge}
            ) from None
        except jwt.InvalidTokenError:
            raise refusal from None
        return claims

    Caller = Annotated[dict[str, Any], Depends(caller)]

    @app.get("/orders/{id}")
    def read(id: str, caller: Caller) -> dict[str, str]:
        return {"id": id, "for": caller["sub"]}

    @app.post("/orders")
    async def create(request: Request, caller: Caller) -> dict[str, Any]:
        return {"got": (await request.body()).decode(), "for": caller["sub"]}

    @app.get("/admin")
    def admin(caller: Caller) -> None:
        raise HTTPException(403, "Not enough permissions")

    @app.get("/moved")
    def moved() -> RedirectResponse:
        return RedirectResponse("/orders/7")

    @app.get("/elsewhere")
    def elsewhere(to: str) -> RedirectResponse:
        return RedirectResponse(to)

    return app


@contextmanager
def usual_service() -> Iterator[Log]:
    """The service of a tutorial, running."""
    log = Log()
    with under_uvicorn(usual(log)) as log.address:
        yield log


Script = Callable[[int, Seen], tuple[int, dict[str, str], bytes | Iterable[bytes]]]
"""What to answer to which request, by its number from 1."""


def scripted(log: Log, script: Script) -> Any:
    """An ASGI application that follows a script."""
    lock = threading.Lock()

    async def body_of(receive: Any) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await receive()
            yield message.get("body", b"")
            more = message.get("more_body", False)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        body = b"".join([piece async for piece in body_of(receive)])
        seen = Seen(scope["method"], scope["path"], headers.get("authorization"), body)
        with lock:
            log.seen.append(seen)
            number = len(log.seen)
        status, fields, content = script(number, seen)
        raw = [(name.encode(), value.encode()) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        pieces = [content] if isinstance(content, bytes) else content
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            # Without end as it may be, others have their turn.
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b""})

    return app


@contextmanager
def threaded_service(script: Script) -> Iterator[Log]:
    """The same with a thread for each request, so that the script may wait."""
    log = Log()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen = Seen(self.command, self.path, self.headers.get("Authorization"), b"")
            log.seen.append(seen)
            status, fields, content = script(len(log.seen), seen)
            self.send_response(status)
            for name, value in fields.items():
                self.send_header(name, value)
            self.end_headers()
            # Whoever asked may have gone.
            with suppress(OSError):
                for piece in [content] if isinstance(content, bytes) else content:
                    self.wfile.write(piece)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    log.address = f"127.0.0.1:{server.server_port}"
    try:
        yield log
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


@contextmanager
def scripted_service(script: Script) -> Iterator[Log]:
    """A service that follows a script, running."""
    log = Log()
    with under_uvicorn(scripted(log, script), lifespan="off") as log.address:
        yield log


class Tokens:
    """A source that gives these credentials in turn, the last one for ever, and counts its calls."""

    def __init__(self, *given: Any, takes: float = 0.0) -> None:
        self.given = given
        self.takes = takes
        self.wants: list[Any] = []
        self._lock = threading.Lock()

    @property
    def asked(self) -> int:
        return len(self.wants)

    def __call__(self, want: Any) -> Any:
        with self._lock:
            self.wants.append(want)
            number = min(len(self.wants), len(self.given))
        time.sleep(self.takes)
        given = self.given[number - 1]
        if isinstance(given, Exception):
            raise given
        return given
