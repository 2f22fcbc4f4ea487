"""A publisher of keys on the loopback, which counts who asks."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any

from issuer import Issuer, key_set
from servers import PATIENCE


class Provider:
    """What it answers, which may be changed at any time, and when which process has asked."""

    def __init__(self, *issuers: Issuer) -> None:
        self.text = key_set(*issuers)
        self.status = 200
        self.url = ""
        self.asked: list[tuple[int | None, float]] = []

    def publish(self, *issuers: Issuer) -> None:
        """Has these keys from now on, and no others."""
        self.text = key_set(*issuers)

    def times(self, process: int | None) -> list[float]:
        """When the process has asked."""
        return [time for asker, time in self.asked if asker == process]


@contextmanager
def published(*issuers: Issuer) -> Iterator[Provider]:
    """Serves the keys of these issuers."""
    provider = Provider(*issuers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append((owner(self.client_address[1]), monotonic()))
            body = provider.text.encode()
            self.send_response(provider.status)
            self.send_header("Content-Type", "application/jwk-set+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}/jwks"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


def owner(port: int) -> int | None:
    """The process that has the loopback socket of this port, as the system tells."""
    local = f"0100007F:{port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    sockets = {f"socket:[{line[9]}]" for line in lines if line[1] == local}
    processes = [process for process in Path("/proc").iterdir() if process.name.isdecimal()]
    found = (int(process.name) for process in processes if sockets & handles(process))
    return next(found, None)


def handles(process: Path) -> set[str]:
    """What a process has open, as far as it is ours to look at and stays open meanwhile."""
    opened = set()
    with suppress(OSError):
        for handle in list((process / "fd").iterdir()):
            with suppress(OSError):
                opened.add(os.readlink(handle))
    return opened
