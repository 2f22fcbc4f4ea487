"""The scenery of the stories: a guarded service that remembers who came, endpoints, proxies, clocks."""

import base64
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from doorward import Engine
from doorward.asgi import DoorwardMiddleware
from fastapi import FastAPI
from servers import PATIENCE, under_uvicorn

COMMAND = os.environ["DOORWARD_COMMAND"]
NGINX = os.environ["NGINX"]
CLOCK = Path(__file__).parents[1] / "hosts" / "clock.c"


@dataclass
class Visit:
    """One request that reached a service, and the status that it got."""

    path: str
    authorization: str | None
    status: int
    reason: str | None


@dataclass
class Service:
    """A service on the loopback, and every visit to it, in the order of the answers."""

    engine: Engine
    origin: str = ""
    visits: list[Visit] = field(default_factory=list)

    @property
    def statuses(self) -> list[int]:
        return [visit.status for visit in self.visits]


@contextmanager
def serving(policy: dict[str, Any], **options: Any) -> Iterator[Service]:
    """A FastAPI application that Doorward guards by this policy."""
    engine = Engine.from_policy(policy, **options)
    service = Service(engine)
    application = FastAPI()

    @application.get("/v1/orders/{number}")
    @application.post("/v1/orders/{number}")
    def order(number: int) -> dict[str, int]:
        return {"order": number}

    guarded = DoorwardMiddleware(application, engine)
    with under_uvicorn(remembering(guarded, service.visits)) as address:
        service.origin = f"http://{address}"
        yield service


def remembering(application: Any, visits: list[Visit]) -> Any:
    """The same application; each visit is noted down when its answer begins."""

    async def remember(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
        visit = Visit(scope["path"], lines[0] if lines else None, 0, None)

        async def noting(message: Any) -> None:
            if message["type"] == "http.response.start":
                visit.status = message["status"]
                visits.append(visit)
            elif visit.status >= 400 and message.get("body"):
                visit.reason = json.loads(message["body"]).get("reason")
            await send(message)

        await application(scope, receive, noting)

    return remember


@dataclass
class Endpoint:
    """A small HTTP server: what it answers is up to `answer`, who asked is remembered."""

    answer: Callable[["Asked"], tuple[int, Any]]
    url: str = ""
    asked: list["Asked"] = field(default_factory=list)


@dataclass
class Asked:
    """A request to an endpoint."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]

    @property
    def basic(self) -> list[str]:
        """User and password of Basic authentication, as OAuth spells them (RFC 6749, section 2.3.1)."""
        _, _, encoded = self.headers.get("authorization", "").partition(" ")
        return [unquote_plus(part) for part in base64.b64decode(encoded).decode().split(":", 1)]


@contextmanager
def answering(answer: Callable[[Asked], tuple[int, Any]]) -> Iterator[Endpoint]:
    """An endpoint that answers with a status and a JSON value."""
    endpoint = Endpoint(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, form)
            endpoint.asked.append(asked)
            status, value = endpoint.answer(asked)
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


def doorward(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return subprocess.run(
        [COMMAND, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], folder: Path, ready: Callable[[], bool]) -> Iterator[None]:
    """A program in a folder, from when it is ready until the story is over."""
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def clock_library(folder: Path) -> Path:
    """Builds the library that shows a process another time of day."""
    library = folder / "clock.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, CLOCK], check=True)
    return library


def wrong_clock(library: Path, ahead: int) -> dict[str, str]:
    """The environment of a process whose clock is so many seconds ahead."""
    return {**os.environ, "LD_PRELOAD": str(library), "DOORWARD_TEST_CLOCK_AHEAD": str(ahead)}
