"""Many requests, many connections, many workers: the same answers, and no more memory than at the beginning."""

import re
import threading
from pathlib import Path

import wire
from server import Running
from tokens import bearer

SERVER = """
keepalive_requests 100000;
server {
    listen PORT reuseport;
    access_log off;
    error_log error.log error;
    doorward on;
    doorward_policy policy.toml;
    location / { empty_gif; }
    location = /orders/paged { error_page 401 /401.html; }
    location = /401.html { internal; doorward off; empty_gif; }
}
"""

REQUESTS = [
    ("GET", "/orders/1", [bearer("a")], 200),
    ("GET", "/orders/1", [], 401),
    ("GET", "/orders/1", [bearer(secret=b"z" * 40)], 401),
    ("POST", "/orders/1/refund", [bearer("b")], 403),
    ("GET", "/open/./%7e?x", [("X-Doorward-Subject", "eve"), ("X-Other", "1")], 200),
    ("GET", "/open/a%3Bb", [], 200),
    ("GET", "/a%2Fb", [], 400),
    ("GET", "/orders/paged", [], 401),
]


class Workers(Running):
    HTTP = SERVER
    WORKERS = 4

    def round(self, count: int) -> None:
        """Requests of all kinds, on a connection that is kept as long as nginx keeps it."""
        connection = wire.Connection(self.nginx.port)
        try:
            for _ in range(count):
                for method, target, headers, status in REQUESTS:
                    connection.send(wire.request(method, target, headers, close=False))
                    answer = connection.answer()
                    if answer.status != status:
                        raise AssertionError(f"{target}: {answer.status}, not {status}")
                    if answer.one("Connection") == "close":
                        connection.socket.close()
                        connection = wire.Connection(self.nginx.port)
        finally:
            connection.socket.close()

    def at_once(self, threads: int, count: int) -> None:
        faults = []

        def run() -> None:
            try:
                self.round(count)
            except Exception as fault:
                faults.append(fault)

        running = [threading.Thread(target=run) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join(60)
        self.assertEqual(faults, [])

    def resident(self) -> dict[int, int]:
        """Kilobytes of each worker that are its own."""
        sizes = {}
        for worker in self.nginx.worker_ids():
            status = Path(f"/proc/{worker}/status").read_text()
            sizes[worker] = int(re.search(r"RssAnon:\s+(\d+)", status).group(1))
        return sizes

    def test_all_workers_answer_alike(self):
        self.assertEqual(len(self.nginx.worker_ids()), 4)
        self.at_once(8, 20)

    def test_memory_does_not_grow(self):
        self.at_once(8, 100)
        before = self.resident()
        self.at_once(8, 400)
        after = self.resident()
        self.assertEqual(before.keys(), after.keys(), "a worker died")
        for worker, size in before.items():
            self.assertLess(after[worker] - size, 300, f"worker {worker}: {size} kB, then {after[worker]} kB")

    def test_nothing_alarming_is_logged(self):
        self.at_once(4, 5)
        for word in ("[alert]", "[crit]", "[emerg]", "exited on signal"):
            self.assertNotIn(word, self.nginx.errors())
