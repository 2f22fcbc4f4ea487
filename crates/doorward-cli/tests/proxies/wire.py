"""HTTP/1.1 over raw sockets: requests as they are written, answers as they come, servers that hide nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

PATIENCE = 15.0
"""No read in these tests waits longer, in seconds."""

Fields = list[tuple[str, str]]


@dataclass
class Message:
    """A request or an answer: first line, field lines in order, content."""

    line: str
    fields: Fields
    content: bytes = b""

    @property
    def status(self) -> int:
        return int(self.line.split(" ")[1])

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]

    def all(self, name: str) -> list[str]:
        return [value for found, value in self.fields if found.lower() == name]

    def one(self, name: str) -> str | None:
        values = self.all(name)
        assert len(values) < 2, f"{name} is there {len(values)} times: {values}"
        return values[0] if values else None


def read(stream: socket.socket, is_answer: bool = False, is_head: bool = False) -> Message | None:
    """Reads one message; nothing if the other end has gone before it began."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = stream.recv(65536)
        if not piece:
            assert not data, f"a head that breaks off: {data[:200]!r}"
            return None
        data += piece
    head, rest = data.split(b"\r\n\r\n", 1)
    line, *lines = head.decode("latin-1").split("\r\n")
    pairs = [one.split(":", 1) for one in lines]
    message = Message(line, [(name, value.strip()) for name, value in pairs])
    if is_head or (is_answer and message.status == 304):
        return message
    length, coding = message.one("content-length"), message.one("transfer-encoding")
    if coding == "chunked":
        message.content = chunks(stream, rest)
    elif length is not None:
        while len(rest) < int(length):
            piece = stream.recv(65536)
            assert piece, "content that breaks off"
            rest += piece
        message.content = rest
    elif is_answer:
        while piece := stream.recv(65536):
            rest += piece
        message.content = rest
    return message


def chunks(stream: socket.socket, data: bytes) -> bytes:
    """Reads chunked content."""
    content = b""
    while True:
        while b"\r\n" not in data:
            data += stream.recv(65536)
        size, data = data.split(b"\r\n", 1)
        length = int(size.split(b";")[0], 16)
        while len(data) < length + 2:
            data += stream.recv(65536)
        if length == 0:
            return content
        content, data = content + data[:length], data[length + 2 :]


def write(line: str, fields: Fields, content: bytes = b"") -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"{line}\r\n{head}\r\n".encode("latin-1") + content


def ask(
    port: int, method: str, target: str, fields: Fields | None = None, content: bytes = b"", source: str = "127.0.0.1"
) -> Message:
    """Sends one request on a connection of its own, byte for byte as it is given, from an address of this machine."""
    lines = [("Host", "api.example"), *(fields or []), ("Connection", "close")]
    if content:
        lines.append(("Content-Length", str(len(content))))
    with socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0)) as stream:
        stream.sendall(write(f"{method} {target} HTTP/1.1", lines, content))
        answer = read(stream, is_answer=True, is_head=method == "HEAD")
    assert answer is not None, f"no answer to {method} {target}"
    return answer


@dataclass
class Server:
    """A server on a free port, which answers each request by a function and remembers it."""

    answer: Callable[[Message], bytes]
    seen: list[Message] = field(default_factory=list)
    keeps: bool = True

    def __post_init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                stream, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(stream,), daemon=True).start()

    def serve(self, stream: socket.socket) -> None:
        stream.settimeout(PATIENCE * 4)
        with stream:
            try:
                while (request := read(stream)) is not None:
                    self.seen.append(request)
                    stream.sendall(self.answer(request))
                    if not self.keeps or request.one("connection") == "close" or request.line.endswith("/1.0"):
                        return
            except (OSError, AssertionError):
                return

    def close(self) -> None:
        self.socket.close()


def free_port() -> int:
    """A port that was free a moment ago, for programs that cannot be asked which one the system gave them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
