"""The nginx under test: started on a free loopback port with the module loaded, and always stopped."""

import ctypes
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import wire
from tokens import issuer
from upstream import Upstream

MODULE = os.environ.get("DOORWARD_NGINX_MODULE", "")
PATIENCE = 10

POLICY = (
    """
realm = "orders"
disclosure = "reason"
"""
    + issuer("corp")
    + """
[[routes]]
path = "/orders/{id}"
methods = ["GET", "HEAD", "POST"]
accept = ["corp"]

[[routes]]
path = "/orders/{id}/refund"
accept = ["corp"]
scopes = ["orders:refund"]

[[routes]]
path = "/admin/{*rest}"
accept = ["corp"]
scopes = ["admin"]

[[routes]]
path = "/open/{*rest}"
accept = "anyone"
"""
)

FRAME = """
load_module MODULE;
daemon off;
USER
pid nginx.pid;
worker_processes WORKERS;
error_log error.log info;
events { worker_connections 512; }
http {
    client_body_temp_path temp/body;
    proxy_temp_path temp/proxy;
    fastcgi_temp_path temp/fastcgi;
    uwsgi_temp_path temp/uwsgi;
    scgi_temp_path temp/scgi;
    add_header X-Request $request_id always;
    log_format facts escape=none '$request_id $request_method $doorward_status [$doorward_outcome] [$doorward_reason]'
        ' [$doorward_issuer] [$doorward_subject] [$doorward_refused_subject] [$doorward_concealed] [$doorward_signal]'
        ' [$doorward_recovery] [$doorward_grounds] [$doorward_route] [$doorward_issuer_name]';
    access_log access.log facts;
    default_type text/plain;
HTTP
}
"""


def end_with_parent() -> None:
    """Asks the kernel for SIGTERM when the tests end, however they do: PR_SET_PDEATHSIG of prctl(2)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """`http` is what stands in the http block: PORT is nginx's port there, UPSTREAM the application's address."""

    def __init__(self, http: str, policies: dict[str, str] | None = None, workers: int = 1) -> None:
        self.folder_of_all = tempfile.TemporaryDirectory(prefix="doorward-nginx-")
        self.folder = Path(self.folder_of_all.name)
        for name in ("temp", "html"):
            (self.folder / name).mkdir()
        self.upstream = Upstream()
        self.workers = workers
        self.port = free_port()
        for name, text in (policies or {"policy.toml": POLICY}).items():
            self.write(name, text)
        self.configure(http)
        self.process: subprocess.Popen | None = None

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def configure(self, http: str) -> None:
        text = FRAME.replace("HTTP\n", http + "\n")
        text = text.replace("MODULE", MODULE).replace("WORKERS", str(self.workers))
        text = text.replace("USER", "user root;" if os.geteuid() == 0 else "")
        text = text.replace("UPSTREAM", f"127.0.0.1:{self.upstream.port}").replace("PORT", f"127.0.0.1:{self.port}")
        self.write("nginx.conf", text)

    def command(self, *more: str) -> list[str]:
        return ["nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), *more]

    def check(self) -> subprocess.CompletedProcess:
        """`nginx -t`."""
        return subprocess.run(
            self.command("-t", "-e", "stderr"), capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def start(self) -> "Nginx":
        self.process = subprocess.Popen(
            self.command("-e", "error.log"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
        )
        try:
            self.wait(self.is_listening, "nginx does not listen")
            self.wait(lambda: len(self.worker_ids()) == self.workers, "not all workers were started")
        except AssertionError:
            self.stop()
            raise
        return self

    def is_listening(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"nginx ended:\n{self.errors()}")
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def wait(self, condition, what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"{what} after {PATIENCE} s:\n{self.errors()[-4000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                for worker in self.worker_ids():
                    os.kill(worker, signal.SIGKILL)
                self.process.kill()
                self.process.wait(PATIENCE)
        self.upstream.stop()
        self.folder_of_all.cleanup()

    def reload(self) -> None:
        """Asks for a reload, and waits until nginx has made up its mind about it."""
        before = len(self.errors())
        old = self.worker_ids()
        self.process.send_signal(signal.SIGHUP)

        def decided() -> bool:
            now = self.worker_ids()
            return "[emerg]" in self.errors()[before:] or (len(now) == self.workers and not set(old) & set(now))

        self.wait(decided, "nginx neither reloaded nor complained")
        # A master that complained goes back to its work at once; the new workers listen on the old socket.
        time.sleep(0.1)

    def worker_ids(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(child) for child in children.read_text().split()]

    def errors(self) -> str:
        log = self.folder / "error.log"
        return log.read_text(errors="replace") if log.is_file() else ""

    def logged(self, answer: wire.Answer) -> str:
        """The line of the access log on the request with this answer, which nginx writes a moment later."""
        request = answer.one("X-Request")
        log = self.folder / "access.log"

        def find() -> str | None:
            lines = log.read_text(errors="replace").splitlines(keepends=True) if log.is_file() else []
            found = [line for line in lines if line.startswith(f"{request} ") and line.endswith("\n")]
            return found[0].removeprefix(f"{request} ").rstrip("\n") if found else None

        self.wait(find, f"no line for {answer}")
        return find()

    def send(self, method: str, target: str, *headers: tuple[str, str], **options) -> wire.Answer:
        return wire.send(self.port, method, target, list(headers), **options)


class Running(unittest.TestCase):
    """A test case with an nginx of its own."""

    HTTP = ""
    POLICIES: dict[str, str] | None = None
    WORKERS = 1
    nginx: Nginx

    @classmethod
    def setUpClass(cls) -> None:
        cls.nginx = Nginx(cls.HTTP, cls.POLICIES, cls.WORKERS)
        cls.prepare()
        cls.nginx.start()
        cls.addClassCleanup(cls.nginx.stop)
        cls.addClassCleanup(cls.check_health)

    @classmethod
    def prepare(cls) -> None:
        """What a class wants to lay into the folder before nginx starts."""

    @classmethod
    def check_health(cls) -> None:
        """After all tests of a class: no worker died, and nothing was said that should wake somebody up."""
        for word in ("[alert]", "[crit]", "exited on signal"):
            assert word not in cls.nginx.errors(), cls.nginx.errors()[-4000:]

    def send(self, method: str, target: str, *headers: tuple[str, str], **options) -> wire.Answer:
        return self.nginx.send(method, target, *headers, **options)

    def seen(self, answer: wire.Answer) -> "Seen":
        """What the application says that it got."""
        self.assertEqual(answer.status, 200, answer)
        return Seen(json.loads(answer.body))

    def assert_refused(self, answer: wire.Answer, status: int, reason: str) -> None:
        self.assertEqual((answer.status, json.loads(answer.body).get("reason")), (status, reason), answer)

    def logged(self, answer: wire.Answer) -> str:
        return self.nginx.logged(answer)


class Seen:
    """A request as the application saw it."""

    def __init__(self, said: dict) -> None:
        self.target: str = said["target"]
        self.headers: list[tuple[str, str]] = [(name, value) for name, value in said["headers"]]
        self.body: str = said["body"]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def identity(self) -> dict[str, str]:
        """The headers that speak of an identity, whatever separators their names have."""
        found = [(key, value) for key, value in self.headers if re.match("x.doorward", key, re.IGNORECASE)]
        names = [key.lower() for key, _ in found]
        assert len(names) == len(set(names)), f"twice: {found}"
        return {key.lower(): value for key, value in found}
