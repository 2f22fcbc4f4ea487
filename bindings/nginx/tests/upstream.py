"""An application behind the proxy: it answers with what it got."""

import json
import socket
import threading

TIMEOUT = 10


class Upstream:
    """Listens on a free loopback port; `requests` holds the raw bytes of every request."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.requests: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self.listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(TIMEOUT)
        with connection:
            data = b""
            while b"\r\n\r\n" not in data:
                more = connection.recv(65536)
                if not more:
                    return
                data += more
            head, _, body = data.partition(b"\r\n\r\n")
            line, *fields = head.decode("latin-1").split("\r\n")
            headers = [(name, value.strip()) for name, _, value in (field.partition(":") for field in fields)]
            length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
            while len(body) < length:
                more = connection.recv(65536)
                if not more:
                    return
                body += more
            self.requests.append(head + b"\r\n\r\n" + body)
            target = line.split(" ")[1]
            content = json.dumps({"target": target, "headers": headers, "body": body.decode("latin-1")}).encode()
            # A path can ask for an answer that a proxy acts on.
            extra = "X-Accel-Redirect: /kept/file\r\n" if "/accelerated" in target else ""
            if "/challenged" in target:
                extra += 'WWW-Authenticate: Basic realm="the application\'s own"\r\n'
            connection.sendall(
                f"HTTP/1.1 {'404 Not Found' if '/absent' in target else '200 OK'}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n{extra}"
                "Connection: close\r\n\r\n".encode() + content
            )
