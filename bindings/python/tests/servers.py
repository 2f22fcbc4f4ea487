"""Real servers on free ports of the loopback, and clients for them; every wait has an end."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import uvicorn
import waitress.server
import waitress.wasyncore

PATIENCE = 20.0


def free_port() -> int:
    """A port that is free now, for who must know its address before it serves."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def under_uvicorn(app: Any, *, port: int = 0, **options: Any) -> Iterator[str]:
    """Serves an ASGI application with uvicorn."""
    listener = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", **options))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + PATIENCE
        while not server.started:
            if time.monotonic() > deadline or not thread.is_alive():
                raise RuntimeError("uvicorn did not start")
            time.sleep(0.01)
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()
    assert not thread.is_alive()


@contextmanager
def under_waitress(app: Any) -> Iterator[str]:
    """Serves a WSGI application with waitress."""
    # All that is open is in here: whatever a client keeps alive is closed with the server.
    connections: dict[int, Any] = {}
    server: Any = waitress.server.create_server(app, map=connections, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.socket.getsockname()[1]}"
    finally:
        # In its own thread, or the loop would wait on what is closed; it ends when nothing is open. By then
        # the trigger that was pulled may be closed, too.
        with suppress(OSError):
            server.trigger.pull_trigger(lambda: waitress.wasyncore.close_all(connections))
        thread.join(PATIENCE)
        server.task_dispatcher.shutdown()
    assert not thread.is_alive()


class Quiet(WSGIRequestHandler):
    """A handler that does not log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def under_wsgiref(app: Any) -> Iterator[str]:
    """Serves a WSGI application with the standard library, which tells no raw target."""
    server = make_server("127.0.0.1", 0, app, WSGIServer, Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


@contextmanager
def under_gunicorn(module: str, environment: dict[str, str], *options: str) -> Iterator[str]:
    """Serves the WSGI application of a module of these tests with gunicorn, in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        "127.0.0.1:0",
        "--threads",
        "2",
        "--no-control-socket",
        *options,
        module,
    ]
    process = subprocess.Popen(
        command,
        cwd=Path(__file__).parent,
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    # Read to its end, or a server that complains a lot would wait for us.
    reader = threading.Thread(target=process.stderr.read, daemon=True)
    try:
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        log = []
        for line in process.stderr:
            log.append(line)
            if found := re.search(r"Listening at: http://([\d.]+:\d+)", line):
                break
        else:
            raise RuntimeError("gunicorn did not start: " + "".join(log))
        watchdog.cancel()
        reader.start()
        yield found[1]
    finally:
        process.terminate()
        process.wait(PATIENCE)
        reader.join(PATIENCE)
        process.stderr.close()


def raw(address: str, *lines: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    """Sends a request as it is written, which no client library would, and reads the answer."""
    host, _, port = address.partition(":")
    head = "\r\n".join([*lines, "Host: api.example", "Connection: close", "", ""])
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(head.encode("latin-1") + body)
        response = http.client.HTTPResponse(connection, method=lines[0].partition(" ")[0])
        response.begin()
        content = response.read()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, content
