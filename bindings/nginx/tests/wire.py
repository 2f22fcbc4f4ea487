"""HTTP as bytes: a client that sends what it is given, and shows all lines of what comes back."""

import socket
from dataclasses import dataclass

TIMEOUT = 10


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    line: str

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name: str) -> str | None:
        values = self.all(name)
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None


class Connection:
    """A connection that is kept until the server closes it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.rest = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def more(self) -> bool:
        data = self.socket.recv(65536)
        self.rest += data
        return bool(data)

    def is_closed(self) -> bool:
        """Whether the server closes the connection, which it is given a moment to do."""
        self.socket.settimeout(2)
        try:
            return not self.more()
        except (TimeoutError, ConnectionResetError) as error:
            return isinstance(error, ConnectionResetError)

    def answer(self, *, has_body: bool = True) -> Answer:
        while b"\r\n\r\n" not in self.rest:
            if not self.more():
                raise AssertionError(f"the connection ended after {self.rest!r}")
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = [(name, value.strip()) for name, _, value in (field.partition(":") for field in fields)]
        answer = Answer(int(line.split(" ")[1]), headers, b"", line)
        if answer.status == 100:
            return self.answer(has_body=has_body)
        if not has_body:
            return answer
        length, coding = answer.one("Content-Length"), answer.one("Transfer-Encoding")
        if coding == "chunked":
            answer.body = self.chunks()
        elif length is not None:
            answer.body = self.take(int(length))
        else:
            while self.more():
                pass
            answer.body, self.rest = self.rest, b""
        return answer

    def take(self, size: int) -> bytes:
        while len(self.rest) < size:
            if not self.more():
                raise AssertionError("the content ended early")
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def chunks(self) -> bytes:
        whole = b""
        while True:
            while b"\r\n" not in self.rest:
                if not self.more():
                    raise AssertionError("the content ended early")
            size, _, self.rest = self.rest.partition(b"\r\n")
            chunk = self.take(int(size, 16) + 2)[:-2]
            if not chunk:
                return whole
            whole += chunk


def request(
    method: str,
    target: str,
    headers: list[tuple[str, str]] = [],
    body: bytes | None = None,
    version: str = "HTTP/1.1",
    close: bool = True,
) -> bytes:
    lines = [f"{method} {target} {version}"]
    if not any(name.lower() == "host" for name, _ in headers):
        lines.append("Host: api.example")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None and not any(name.lower() == "transfer-encoding" for name, _ in headers):
        lines.append(f"Content-Length: {len(body)}")
    if close and version == "HTTP/1.1":
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (body or b"")


def send(port: int, method: str, target: str, headers: list[tuple[str, str]] = [], **options) -> Answer:
    """One request on a connection of its own."""
    with Connection(port) as connection:
        connection.send(request(method, target, headers, **options))
        return connection.answer(has_body=method != "HEAD")
