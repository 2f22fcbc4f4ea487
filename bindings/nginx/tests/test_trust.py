"""Keys that are fetched: by each worker for itself, after the fork, through rotation, flood and outage."""

import json
import re
import time
import unittest
from pathlib import Path

import wire
from provider import Provider
from rsa import Key
from server import Nginx, Running, free_port
from tokens import AUDIENCE, ISSUER

KEY = Key("first")
NEXT = Key("next")
# Between two fetches of one worker, in seconds; and the longest time until something that needs a fetch has happened.
WINDOW = 10
PATIENCE = 3 * WINDOW

SERVER = """
server {
    listen PORT reuseport;
    keepalive_requests 100000;
    doorward on;
    doorward_policy policy.toml;
    location / { empty_gif; }
    location = /status { doorward off; doorward_status; allow 127.0.0.1; deny all; }
    location = /guarded-status { doorward_status; }
}
"""


def policy(port: int, more: str = "", issuer: str = "") -> str:
    return f"""
realm = "orders"
disclosure = "reason"
{more}
[issuers.corp]
profile = "jwt"
issuer = "{ISSUER}"
audience = ["{AUDIENCE}"]
algorithms = ["RS256"]
keys = {{ url = "http://127.0.0.1:{port}/jwks" }}
{issuer}
[[routes]]
path = "/orders/{{id}}"
accept = ["corp"]
"""


def of(answer: wire.Answer) -> tuple[int, str | None]:
    """Status and reason."""
    reason = json.loads(answer.body).get("reason") if answer.one("Content-Type") == "application/json" else None
    return (answer.status, reason)


class Fetching(Running):
    """An nginx with a provider of its own. On a busy machine the first keys may take longer than workers usually wait."""

    HTTP = "doorward_ready 10s;" + SERVER
    MORE = ""
    ISSUER = ""
    provider: Provider

    @classmethod
    def setUpClass(cls) -> None:
        cls.provider = Provider([KEY.jwk()])
        cls.addClassCleanup(cls.provider.stop)
        cls.POLICIES = {"policy.toml": policy(cls.provider.port, cls.MORE, cls.ISSUER)}
        super().setUpClass()

    def assert_waits(self, answer: wire.Answer, status: int, reason: str) -> None:
        """A refusal with its content and the time to wait."""
        self.assertEqual(of(answer), (status, reason), answer)
        self.assertTrue(1 <= int(answer.one("Retry-After")) <= 3600, answer)


class Kept:
    """A connection that is kept, and so goes to one worker."""

    def __init__(self, port: int) -> None:
        self.connection = wire.Connection(port)
        self.worker = int(self.ask("/status").one("X-Doorward-Worker"))

    def ask(self, target: str, *headers: tuple[str, str]) -> wire.Answer:
        self.connection.send(wire.request("GET", target, list(headers), close=False))
        return self.connection.answer()

    def close(self) -> None:
        self.connection.socket.close()


class Trust(Fetching):
    WORKERS = 2

    def connections(self) -> list[Kept]:
        """One to each worker."""
        found: dict[int, Kept] = {}
        for _ in range(200):
            kept = Kept(self.nginx.port)
            if kept.worker in found:
                kept.close()
            else:
                found[kept.worker] = kept
                self.addCleanup(kept.close)
            if len(found) == self.WORKERS:
                break
        self.assertEqual(sorted(found), sorted(self.nginx.worker_ids()))
        return list(found.values())

    def until(self, condition, what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what}:\n{self.nginx.errors()[-2000:]}")
            time.sleep(0.1)

    def test_rotation_flood_and_outage(self):
        began = time.monotonic()
        workers = self.connections()
        # The first keys were there before the first request, and each worker has fetched them for itself.
        for kept in workers:
            self.assertEqual(kept.ask("/orders/1", KEY.bearer()).status, 200)
        self.assertEqual(self.provider.asked, self.WORKERS)

        # A flood of unknown keys: they are told when to come again, and nothing is fetched for them that was not due.
        for number in range(100):
            for kept in workers:
                answer = kept.ask("/orders/1", KEY.bearer(kid=f"unknown-{number}"))
                self.assert_waits(answer, 401, "key_unknown")
                self.assertEqual(json.loads(answer.body)["recovery"], "wait")
                self.assertEqual(len(answer.all("WWW-Authenticate")), 1)
        self.check_bounds(began)

        # Rotation: within a window both workers take the new key, and the old one all the time.
        self.provider.keys = [KEY.jwk(), NEXT.jwk()]
        waiting = list(workers)

        def rotated() -> bool:
            for kept in list(waiting):
                answer = kept.ask("/orders/1", NEXT.bearer())
                if answer.status == 200:
                    waiting.remove(kept)
                else:
                    self.assert_waits(answer, 401, "key_unknown")
            for kept in workers:
                self.assertEqual(kept.ask("/orders/1", KEY.bearer()).status, 200)
            return not waiting

        self.until(rotated, "the new key was not taken")
        self.check_bounds(began)

        # Outage: whoever is known to be good stays in; for what we cannot know we are to blame.
        self.provider.stop()
        down = list(workers)

        def noticed() -> bool:
            for kept in list(down):
                answer = kept.ask("/orders/1", KEY.bearer(kid="unknown-in-outage"))
                if answer.status == 503:
                    down.remove(kept)
                    self.assert_waits(answer, 503, "trust_unavailable")
                    self.assertEqual(answer.all("WWW-Authenticate"), [])
                else:
                    self.assert_waits(answer, 401, "key_unknown")
            for kept in workers:
                for key in (KEY, NEXT):
                    self.assertEqual(kept.ask("/orders/1", key.bearer()).status, 200)
            return not down

        self.until(noticed, "the outage was not noticed")
        for kept in workers:
            page = kept.ask("/status")
            issuer = json.loads(kept.ask("/status?format=json").body)["issuers"][0]
            self.assertEqual(issuer["last_fault"]["code"], "unreachable")
            self.assertEqual([key["kid"] for key in issuer["keys"]], ["first", "next"])
            self.assertIn(issuer["last_fault"]["detail"].encode(), page.body)
        self.check_bounds(began)
        # And the log says so.
        for line in (
            r"\[notice\].*policy\.toml: issuers\.corp: keys loaded",
            r"\[warn\].*policy\.toml: issuers\.corp: keys not loaded: unreachable",
        ):
            self.until(lambda line=line: len(re.findall(line, self.nginx.errors())) >= 2, line)

    def check_bounds(self, began: float) -> None:
        """No worker has fetched more than once a window, and nobody else has fetched at all."""
        windows = 1 + int((time.monotonic() - began) / WINDOW)
        # The first was before the test began.
        self.assertLessEqual(self.provider.asked, self.WORKERS * (1 + windows))


class Processes(Fetching):
    WORKERS = 2

    def threads(self, process: int) -> list[Path]:
        return [path for path in Path(f"/proc/{process}/task").iterdir() if path.name != str(process)]

    def test_the_master_has_one_thread(self):
        self.assertEqual(self.threads(self.nginx.process.pid), [])
        for worker in self.nginx.worker_ids():
            self.assertGreaterEqual(len(self.threads(worker)), 1)

    def test_signals_are_for_the_worker_not_for_the_thread(self):
        for worker in self.nginx.worker_ids():
            for thread in self.threads(worker):
                status = (thread / "status").read_text()
                blocked = int(status.partition("SigBlk:")[2].split()[0], 16)
                for signal in (1, 3, 10, 12, 15, 28):  # HUP QUIT USR1 USR2 TERM WINCH
                    self.assertTrue(blocked >> (signal - 1) & 1, f"{signal}: {status}")

    def test_a_reload_turns_nobody_away(self):
        self.provider.delay = 0.5
        for _ in range(3):
            self.nginx.reload()
            for _ in range(10):
                self.assertEqual(self.send("GET", "/orders/1", KEY.bearer()).status, 200)


class Status(Fetching):
    def test_a_page_for_people(self):
        answer = self.send("GET", "/status")
        self.assertEqual((answer.status, answer.one("Content-Type")), (200, "text/plain; charset=utf-8"))
        self.assertEqual(answer.one("Cache-Control"), "no-store")
        self.assertIn(int(answer.one("X-Doorward-Worker")), self.nginx.worker_ids())
        page = answer.body.decode()
        for word in ("policy.toml", "corp", "https://idp.example", f"http://127.0.0.1:{self.provider.port}/jwks", "first"):
            self.assertIn(word, page)

    def test_an_object_for_programs(self):
        answer = self.send("GET", "/status?format=json")
        self.assertEqual(answer.one("Content-Type"), "application/json")
        status = json.loads(answer.body)
        self.assertEqual((status["issuers"][0]["trust"], status["keeping"]), ("fresh", True))

    def test_what_it_does_not_answer(self):
        self.assertEqual(self.send("POST", "/status", body=b"x").status, 405)
        self.assertEqual(self.send("GET", "/status?format=xml").status, 400)
        self.assertEqual(self.send("GET", "/status?format=text").status, 200)
        answer = self.send("HEAD", "/status")
        self.assertEqual(answer.status, 200)
        self.assertGreater(int(answer.one("Content-Length")), 50)

    def test_it_is_guarded_like_any_location(self):
        answer = self.send("GET", "/guarded-status")
        self.assertEqual(answer.status, 403)
        self.assertIn("[route_unmatched]", self.logged(answer))


class Limits(Fetching):
    MORE = '[limit]\nfailures = 5\nper = "1h"\nby = "peer"\n'

    def test_who_fails_too_often_waits_and_who_is_known_does_not(self):
        good = KEY.bearer()
        self.assertEqual(self.send("GET", "/orders/1", good).status, 200)
        for number in range(5):
            self.assert_refused(self.send("GET", "/orders/1", ("Authorization", f"Bearer {number}.b.c")), 401, "token_malformed")
        answer = self.send("GET", "/orders/1", ("Authorization", "Bearer a.b.c"))
        self.assert_waits(answer, 429, "too_many_failures")
        self.assertEqual(self.send("GET", "/orders/1", good).status, 200)
        # What a client says about its address changes nothing: no proxy is trusted.
        forged = self.send("GET", "/orders/1", ("Authorization", "Bearer a.b.c"), ("X-Forwarded-For", "192.0.2.9"))
        self.assertEqual(forged.status, 429)


class BehindProxies(Fetching):
    MORE = 'trusted_proxies = ["127.0.0.1"]\n[limit]\nfailures = 2\nper = "1h"\nby = "peer"\n'

    def test_a_trusted_proxy_tells_the_address(self):
        def fail(address: str) -> int:
            return self.send("GET", "/orders/1", ("Authorization", "Bearer a.b.c"), ("X-Forwarded-For", address)).status

        self.assertEqual([fail("192.0.2.1") for _ in range(3)], [401, 401, 429])
        self.assertEqual(fail("192.0.2.2"), 401)


class SingleUse(Fetching):
    ISSUER = "single_use = true"

    def test_a_second_use_is_refused(self):
        once, another = KEY.bearer(jti="a"), KEY.bearer(jti="b")
        self.assertEqual(self.send("GET", "/orders/1", once).status, 200)
        self.assert_refused(self.send("GET", "/orders/1", once), 401, "token_replayed")
        self.assertEqual(self.send("GET", "/orders/1", another).status, 200)


class Unreachable(Running):
    """Without any keys requests get 503 with our content, whatever nginx would say instead."""

    HTTP = "doorward_ready 100ms;" + SERVER
    POLICIES = {"policy.toml": policy(free_port())}

    def test_our_trust_is_to_blame(self):
        answer = self.send("GET", "/orders/1", KEY.bearer())
        self.assertEqual(of(answer), (503, "trust_unavailable"))
        self.assertEqual(json.loads(answer.body)["recovery"], "wait")
        self.assertTrue(1 <= int(answer.one("Retry-After")) <= 3600)
        self.assertRegex(self.nginx.errors(), r"\[warn\].*policy\.toml: issuers\.corp: no keys yet")


class Configurations(unittest.TestCase):
    def check(self, http: str) -> str:
        nginx = Nginx(http, {"policy.toml": policy(free_port())})
        self.addCleanup(nginx.stop)
        run = nginx.check()
        self.assertNotEqual(run.returncode, 0)
        return run.stderr.replace(str(nginx.folder) + "/", "")

    def test_a_status_needs_a_policy(self):
        said = self.check("server { listen PORT; location / { doorward_status; } }")
        self.assertRegex(said, r'"doorward_status" in nginx\.conf:\d+ is where no policy is in force')

    def test_twice_is_an_error(self):
        said = self.check("server { listen PORT; location / { doorward_status; doorward_status; } }")
        self.assertIn('"doorward_status" directive is duplicate', said)

    def test_waiting_is_for_all_servers(self):
        self.assertIn("doorward_ready", self.check("server { listen PORT; doorward_ready 1s; }"))

    def test_checking_fetches_nothing(self):
        provider = Provider([KEY.jwk()])
        self.addCleanup(provider.stop)
        nginx = Nginx(SERVER, {"policy.toml": policy(provider.port)})
        self.addCleanup(nginx.stop)
        self.assertEqual(nginx.check().returncode, 0)
        self.assertEqual(provider.asked, 0)
