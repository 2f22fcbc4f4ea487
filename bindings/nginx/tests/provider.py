"""A provider of keys on a loopback port: it counts how often it is asked, and can be stopped and started again."""

import json
import socket
import threading
import time

TIMEOUT = 10


class Provider:
    """Serves `keys`; `asked` counts the requests."""

    def __init__(self, keys: list[dict]) -> None:
        self.keys = keys
        self.asked = 0
        self.delay = 0.0  # in seconds, before each answer
        self.lock = threading.Lock()
        self.listener: socket.socket | None = None
        self.port = 0
        self.start()

    def start(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self.listener,), daemon=True).start()

    def stop(self) -> None:
        if self.listener is not None:
            # Only this wakes up the thread that accepts.
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(TIMEOUT)
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(65536)
                if not more:
                    return
                head += more
            with self.lock:
                self.asked += 1
            time.sleep(self.delay)
            content = json.dumps({"keys": self.keys}).encode()
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(content) + content
            )
