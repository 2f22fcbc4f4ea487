"""The programs under test: started on free ports with the configurations of the examples, and always stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wire import PATIENCE, free_port

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def stop(process: subprocess.Popen[bytes]) -> int:
    process.terminate()
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@contextmanager
def started(command: list[str], port: int, log: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program that listens on a port, its output in a file."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        )
    try:
        end = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, f"{command[0]} ended:\n{log.read_text()[-3000:]}"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < end, f"{command[0]} does not listen:\n{log.read_text()[-3000:]}"
                time.sleep(0.05)
        yield process
    finally:
        stop(process)


@contextmanager
def doorward(program: str, proxy: str, folder: Path) -> Iterator[int]:
    """Doorward for a proxy, on a port of its own choice."""
    port_file, log = folder / f"{proxy}.port", folder / f"doorward-{proxy}.log"
    port_file.unlink(missing_ok=True)
    command = [program, "serve", "--policy", "policy.toml", "--from", proxy, "--listen", "127.0.0.1:0"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--log", "all", "--port-file", port_file.name], cwd=folder,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + PATIENCE
        while not port_file.exists():
            assert process.poll() is None and time.monotonic() < end, f"no doorward:\n{log.read_text()}"
            time.sleep(0.02)
        yield int(port_file.read_text())
    finally:
        code = stop(process)
    assert code == 0, f"doorward ended with {code}:\n{log.read_text()}"


def example(name: str, port: int, auth: int, application: int) -> str:
    """An example's text, its three addresses replaced."""
    text = (EXAMPLES / name).read_text()
    for old, new in [(8080, port), (8402, auth), (9000, application)]:
        parts = text.split(str(old))
        comments = sum(f":{old}" in line for line in text.splitlines() if line.lstrip().startswith("#"))
        assert len(parts) - 1 > comments, f"{name} does not name port {old}"
        text = str(new).join(parts)
    return text


def nginx(program: str, auth: int, application: int, folder: Path) -> tuple[list[str], int]:
    port = free_port()
    text = example("nginx.conf", port, auth, application)
    # A root of its own instead of the system's, and the access log where it can be looked at.
    paths = "".join(f"{kind}_temp_path tmp;" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
    text = text.replace("http {", f"http {{ {paths}", 1)
    text = text.replace("listen 127", "access_log access.log doorward; listen 127", 1)
    (folder / "nginx.conf").write_text(f"daemon off; pid nginx.pid; error_log stderr notice;\n{text}")
    return [program, "-p", str(folder), "-c", "nginx.conf"], port


def caddy(program: str, auth: int, application: int, folder: Path) -> tuple[list[str], int]:
    port = free_port()
    text = example("Caddyfile", port, auth, application)
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + text)
    return [program, "run", "--config", "Caddyfile", "--adapter", "caddyfile"], port


def envoy(program: str, auth: int, application: int, folder: Path) -> tuple[list[str], int]:
    port = free_port()
    (folder / "envoy.yaml").write_text(example("envoy.yaml", port, auth, application))
    command = [program, "-c", "envoy.yaml", "--use-dynamic-base-id", "--concurrency", "1"]
    return [*command, "--log-level", "warning"], port
