"""A library that fails: see faulty.c. Whatever goes wrong inside, nobody is let in."""

import os
import unittest
from unittest import mock

import server
from server import Running
from tokens import bearer

FAULTY = os.environ.get("DOORWARD_NGINX_FAULTY_MODULE")


@unittest.skipUnless(FAULTY, "DOORWARD_NGINX_FAULTY_MODULE is not set: `cargo xtask test --only nginx` builds it")
class Faults(Running):
    HTTP = """
    server {
        listen PORT;
        doorward on;
        doorward_policy policy.toml;
        location / { proxy_pass http://UPSTREAM; }
        location /open/either { satisfy any; deny all; proxy_pass http://UPSTREAM; }
    }
    """

    @classmethod
    def setUpClass(cls):
        with mock.patch.object(server, "MODULE", FAULTY):
            super().setUpClass()

    @classmethod
    def check_health(cls):
        assert "exited on signal" not in cls.nginx.errors()

    def test_every_failure_is_500(self):
        for method in ("PANIC", "BUSY", "UNKNOWN", "NOTHING", "ODD"):
            for target in ("/open/x", "/open/either"):
                with self.subTest(method=method, target=target):
                    count = len(self.nginx.upstream.requests)
                    answer = self.send(method, target, bearer())
                    self.assertEqual(answer.status, 500)
                    self.assertEqual(len(self.nginx.upstream.requests), count, "it reached the application")
                    self.assertTrue(self.logged(answer).startswith(f"{method}  [] []"), "a decision is logged")

    def test_failures_are_logged_as_critical(self):
        self.send("PANIC", "/open/x")
        self.nginx.wait(lambda: "[crit]" in self.nginx.errors(), "nothing is logged")
        self.assertIn("doorward: no decision: ", self.nginx.errors())

    def test_the_next_request_is_judged(self):
        self.send("PANIC", "/open/x")
        self.assertEqual(self.send("GET", "/open/x").status, 200)
        self.assertEqual(self.send("GET", "/orders/1").status, 401)
