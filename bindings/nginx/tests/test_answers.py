"""What a caller gets: status, challenge, content, on every kind of connection."""

import gzip
import json
import shutil
import subprocess
import time
import unittest

import wire
from server import Running
from tokens import bearer, issuer

PLAIN = """
server {
    listen PORT;
    doorward on;
    doorward_policy policy.toml;
    location / { proxy_pass http://UPSTREAM; }
    location /orders/plain { doorward_body off; proxy_pass http://UPSTREAM; }
    location /orders/packed { gzip on; gzip_types *; gzip_min_length 1; proxy_pass http://UPSTREAM; }
}
"""


class Refusals(Running):
    HTTP = "large_client_header_buffers 4 32k;" + PLAIN

    def test_no_credential_is_401_with_a_bare_challenge(self):
        answer = self.send("GET", "/orders/1")
        self.assertEqual(answer.status, 401)
        self.assertEqual(answer.all("WWW-Authenticate"), ['Bearer realm="orders"'])
        self.assertEqual(answer.one("Content-Type"), "application/json")
        self.assertEqual(
            answer.body,
            b'{"status":401,"outcome":"unauthenticated","reason":"credential_missing","recovery":"send_credential"}',
        )

    def test_an_expired_token_is_401_and_says_refresh(self):
        answer = self.send("GET", "/orders/1", bearer(expires_in=-600))
        self.assert_refused(answer, 401, "token_expired")
        self.assertEqual(json.loads(answer.body)["recovery"], "refresh_credential")
        self.assertIn('error_description="token_expired"', answer.one("WWW-Authenticate"))

    def test_a_forged_token_is_401(self):
        self.assert_refused(self.send("GET", "/orders/1", bearer(secret=b"x" * 40)), 401, "signature_invalid")

    def test_a_missing_scope_is_403_and_names_it(self):
        answer = self.send("POST", "/orders/1/refund", bearer())
        self.assert_refused(answer, 403, "scope_insufficient")
        self.assertIn('scope="orders:refund"', answer.one("WWW-Authenticate"))

    def test_an_unknown_path_and_a_wrong_method_are_403(self):
        self.assertEqual(self.send("GET", "/nowhere", bearer()).status, 403)
        self.assertEqual(self.send("DELETE", "/orders/1", bearer()).status, 403)

    def test_methods_have_a_case(self):
        # nginx itself refuses methods in lower case: with 400, before any module sees them.
        self.assertIn(self.send("get", "/orders/1", bearer()).status, (400, 403, 405))

    def test_a_good_token_is_let_in(self):
        self.assertEqual(self.send("GET", "/orders/1", bearer()).status, 200)

    def test_an_open_route_lets_everybody_in(self):
        self.assertEqual(self.send("GET", "/open/x").status, 200)
        self.assertEqual(self.send("GET", "/open/x", ("Authorization", "Bearer nonsense")).status, 200)

    def test_two_authorization_lines_are_400(self):
        # nginx 1.22 answers this itself.
        self.assertEqual(self.send("GET", "/orders/1", bearer("a"), bearer("b")).status, 400)

    def test_two_credentials_in_one_line_are_400(self):
        line = bearer("a")[1] + ", " + bearer("b")[1]
        self.assertEqual(self.send("GET", "/orders/1", ("Authorization", line)).status, 400)

    def test_a_token_in_the_query_beside_one_in_the_header_is_400(self):
        self.assertEqual(self.send("GET", "/orders/1?access_token=x", bearer()).status, 400)

    def test_a_credential_beyond_the_limit_is_431(self):
        answer = self.send("GET", "/orders/1", ("Authorization", "Bearer " + "a" * 10_000))
        self.assertEqual(answer.line, "HTTP/1.1 431 Request Header Fields Too Large")
        self.assert_refused(answer, 431, "credential_too_large")

    def test_head_gets_the_same_headers_and_no_content(self):
        get, head = self.send("GET", "/orders/1"), self.send("HEAD", "/orders/1")
        self.assertEqual((head.status, head.body), (401, b""))
        for name in ("Content-Length", "Content-Type", "WWW-Authenticate"):
            self.assertEqual(get.all(name), head.all(name))

    def test_http_1_0_is_answered_and_closed(self):
        with wire.Connection(self.nginx.port) as connection:
            connection.send(wire.request("GET", "/orders/1", version="HTTP/1.0"))
            answer = connection.answer()
            self.assertTrue(connection.is_closed())
        self.assert_refused(answer, 401, "credential_missing")
        self.assertEqual(answer.all("WWW-Authenticate"), ['Bearer realm="orders"'])

    def test_http_0_9_gets_no_content_of_the_application(self):
        with wire.Connection(self.nginx.port) as connection:
            connection.send(b"GET /orders/1\r\n")
            while connection.more():
                pass
        self.assertNotIn(b"target", connection.rest)

    def test_a_connection_lives_on_after_refusals(self):
        with wire.Connection(self.nginx.port) as connection:
            for status, headers in [(401, []), (200, [bearer()]), (403, [bearer(scope="x")]), (200, [bearer()])]:
                target = "/orders/1" if status != 403 else "/orders/1/refund"
                connection.send(wire.request("GET", target, headers, close=False))
                self.assertEqual(connection.answer().status, status)

    def test_content_of_a_refused_request_is_discarded(self):
        with wire.Connection(self.nginx.port) as connection:
            # The content looks like a request, and must not be taken for one.
            body = wire.request("GET", "/open/smuggled", close=False) * 500
            connection.send(wire.request("POST", "/orders/1", body=body, close=False))
            self.assertEqual(connection.answer().status, 401)
            connection.send(wire.request("GET", "/open/next", close=False))
            self.assertEqual(json.loads(connection.answer().body)["target"], "/open/next")

    def test_a_client_that_waits_for_100_is_refused_at_once(self):
        with wire.Connection(self.nginx.port) as connection:
            headers = [("Expect", "100-continue"), ("Content-Length", "5")]
            connection.send(wire.request("POST", "/orders/1", headers, close=False))
            self.assertEqual(connection.answer().status, 401)
            self.assertNotIn(b"100 Continue", connection.rest)

    def test_without_our_content_nginx_shows_its_own_page(self):
        answer = self.send("GET", "/orders/plain")
        self.assertEqual(answer.status, 401)
        self.assertEqual(answer.all("WWW-Authenticate"), ['Bearer realm="orders"'])
        self.assertIn(b"<html>", answer.body)
        self.assertNotIn(b"outcome", answer.body)

    def test_our_content_passes_through_gzip(self):
        # nginx packs 200, 403 and 404 only.
        answer = self.send("DELETE", "/orders/packed", ("Accept-Encoding", "gzip"))
        self.assertEqual((answer.status, answer.one("Content-Encoding")), (403, "gzip"))
        self.assertEqual(gzip.decompress(answer.body), b'{"status":403,"outcome":"forbidden"}')

    def test_the_applications_own_challenge_is_left_alone(self):
        answer = self.send("GET", "/open/challenged")
        self.assertEqual(answer.all("WWW-Authenticate"), ['Basic realm="the application\'s own"'])

    def test_what_is_known_stands_in_the_log(self):
        self.assertEqual(
            self.logged(self.send("GET", "/orders/1", bearer("robot-1"))),
            "GET 200 [allow] [] [https://idp.example] [robot-1] [] [] [] [none] [credential] [0] [corp]",
        )
        self.assertEqual(
            self.logged(self.send("GET", "/orders/1", bearer("robot-2", expires_in=-600))),
            "GET 401 [unauthenticated] [token_expired] [] [] [robot-2] [] [noise] [refresh_credential] [] [0] []",
        )

    def test_the_error_log_names_the_reason_and_no_credential(self):
        token = bearer(secret=b"y" * 40)
        self.send("GET", "/orders/1", token)
        self.nginx.wait(lambda: "doorward: 401 signature_invalid, route 0" in self.nginx.errors(), "no reason is logged")
        self.assertNotIn(token[1].removeprefix("Bearer "), self.nginx.errors())


@unittest.skipUnless(shutil.which("curl"), "curl is not installed: apt-get install curl")
class Http2(Running):
    HTTP = PLAIN.replace("listen PORT;", "listen PORT http2;")

    def curl(self, target: str, *arguments: str) -> tuple[str, str]:
        command = ["curl", "-sS", "-i", "--path-as-is", "--http2-prior-knowledge", "--max-time", str(wire.TIMEOUT)]
        url = f"http://127.0.0.1:{self.nginx.port}{target}"
        run = subprocess.run([*command, *arguments, url], capture_output=True, text=True, timeout=30, check=True)
        head, _, body = run.stdout.partition("\n\n")
        return head, body

    def test_a_refusal_has_status_challenge_and_content(self):
        head, body = self.curl("/orders/1")
        self.assertTrue(head.startswith("HTTP/2 401"), head)
        self.assertIn('www-authenticate: Bearer realm="orders"\n', head)
        self.assertEqual(json.loads(body)["reason"], "credential_missing")

    def test_the_path_is_the_judged_one_and_inbound_copies_are_gone(self):
        head, body = self.curl("/open/./%7e?x", "-H", "x-doorward-subject: eve")
        self.assertTrue(head.startswith("HTTP/2 200"), head)
        self.assertEqual(json.loads(body)["target"], "/open/~?x")
        self.assertNotIn("eve", body)
        for target in ("/open/../orders/1", "/open/%2e%2e/orders/1", "//orders/1", "/open/..%2forders/1"):
            self.assertRegex(self.curl(target)[0], "^HTTP/2 40[01]")

    def test_a_good_token_is_let_in(self):
        head, body = self.curl("/orders/1", "-H", ": ".join(bearer("robot")))
        self.assertTrue(head.startswith("HTTP/2 200"), head)
        self.assertIn(["X-Doorward-Subject", "robot"], json.loads(body)["headers"])


class Silence(Running):
    """Disclosure `none`, and paths that nobody should learn of."""

    HTTP = PLAIN
    POLICIES = {
        "policy.toml": 'unmatched = "hide"\n'
        + issuer("corp")
        + '[[routes]]\npath = "/orders/{id}"\naccept = ["corp"]\n'
        + '[[routes]]\npath = "/secret"\naccept = ["corp"]\nhidden = true\n'
    }

    def test_no_reason_is_disclosed(self):
        answer = self.send("GET", "/orders/1", bearer(expires_in=-600))
        self.assertEqual(answer.body, b'{"status":401,"outcome":"unauthenticated"}')
        self.assertEqual(answer.one("WWW-Authenticate"), 'Bearer realm="doorward", error="invalid_token"')

    def test_a_hidden_path_answers_as_one_that_is_not_there(self):
        hidden, absent = self.send("GET", "/secret"), self.send("GET", "/absent")
        self.assertEqual((hidden.status, hidden.body), (404, absent.body))
        self.assertEqual(hidden.all("Cache-Control"), ["no-store"])
        self.assertEqual([n for n, _ in hidden.headers], [n for n, _ in absent.headers])

    def test_the_log_knows_what_was_concealed(self):
        line = self.logged(self.send("GET", "/secret"))
        self.assertIn("[route_unmatched] [] [] [] [credential_missing]", line)


class Clock(Running):
    """Time is nginx's own: it moves without a reload."""

    HTTP = PLAIN
    POLICIES = {
        "policy.toml": 'leeway = "0s"\ndisclosure = "reason"\n'
        + issuer("corp")
        + '[[routes]]\npath = "/orders/{id}"\naccept = ["corp"]\n'
    }

    def test_a_token_expires_while_nginx_runs(self):
        token = bearer(expires_in=3)
        self.assertEqual(self.send("GET", "/orders/1", token).status, 200)
        time.sleep(3.2)
        self.assert_refused(self.send("GET", "/orders/1", token), 401, "token_expired")
