"""Tokens in queries and in forms: content is read where a policy needs it, and not read where it does not."""

import time

import wire
from server import POLICY, Running
from tokens import bearer, issuer, token

FORM = ("Content-Type", "application/x-www-form-urlencoded")

SERVER = """
server {
    listen PORT;
    client_body_buffer_size 1k;
    doorward on;
    doorward_policy forms.toml;
    location / { proxy_pass http://UPSTREAM; }
    location /forms/small { doorward_form_limit 2k; proxy_pass http://UPSTREAM; }
    location /forms/absent { proxy_intercept_errors on; error_page 404 = @second; proxy_pass http://UPSTREAM; }
    location @second { doorward_policy second.toml; rewrite ^ /forms/found break; proxy_pass http://UPSTREAM; }
    location /headers/ { doorward_policy policy.toml; proxy_pass http://UPSTREAM; }
}
"""

POLICIES = {
    "policy.toml": POLICY + '[[routes]]\npath = "/headers/{*rest}"\naccept = ["corp"]\n',
    "forms.toml": 'disclosure = "reason"\n'
    + issuer("partner", '["header", "query", "form"]')
    + '[[routes]]\npath = "/forms/{*rest}"\naccept = ["partner"]\n'
    + '[[routes]]\npath = "/open/{*rest}"\naccept = "anyone"\n',
}
POLICIES["second.toml"] = 'realm = "second"\n' + POLICIES["forms.toml"]


def form(subject: str = "svc-f", size: int = 0) -> bytes:
    return f"access_token={token(subject)}&rest={'x' * size}".encode()


class Forms(Running):
    HTTP = SERVER
    POLICIES = POLICIES

    def test_a_token_in_a_form_lets_in_and_the_application_gets_the_form(self):
        for size in (0, 900, 5_000, 60_000):
            with self.subTest(size=size):
                body = form("svc-f", size)
                seen = self.seen(self.send("POST", "/forms/x", FORM, body=body))
                self.assertEqual(seen.body.encode(), body)
                self.assertEqual(seen.identity()["x-doorward-subject"], "svc-f")

    def test_a_form_in_chunks(self):
        for size in (0, 5_000):
            body = form("svc-c", size)
            chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:50], body[50:])) + b"0\r\n\r\n"
            answer = self.send("POST", "/forms/x", FORM, ("Transfer-Encoding", "chunked"), body=chunks)
            self.assertEqual(self.seen(answer).body.encode(), body)

    def test_a_form_that_comes_slowly(self):
        body = form("svc-s")
        with wire.Connection(self.nginx.port) as connection:
            head = wire.request("POST", "/forms/x", [FORM, ("Content-Length", str(len(body)))])
            for part in (head, body[:20], body[20:40], body[40:]):
                connection.send(part)
                time.sleep(0.05)
            self.assertEqual(self.seen(connection.answer()).body.encode(), body)

    def test_a_form_without_a_token_is_401(self):
        self.assert_refused(self.send("POST", "/forms/x", FORM, body=b"a=b"), 401, "credential_missing")

    def test_a_token_in_form_and_header_is_ambiguous(self):
        self.assert_refused(
            self.send("POST", "/forms/x", FORM, bearer(), body=form()), 400, "credentials_ambiguous"
        )

    def test_a_form_beyond_the_limit_is_413(self):
        self.assertEqual(self.send("POST", "/forms/x", FORM, body=form(size=100_000)).status, 413)
        self.assertEqual(self.send("POST", "/forms/small", FORM, body=form(size=2_000)).status, 413)
        chunk = b"800\r\n" + form(size=2048).ljust(2048)[:2048] + b"\r\n"
        answer = self.send("POST", "/forms/small", FORM, ("Transfer-Encoding", "chunked"), body=chunk * 2 + b"0\r\n\r\n")
        self.assertEqual(answer.status, 413)

    def test_a_form_beyond_the_limit_is_not_waited_for(self):
        with wire.Connection(self.nginx.port) as connection:
            connection.send(wire.request("POST", "/forms/small", [FORM, ("Content-Length", "3000")]))
            self.assertEqual(connection.answer().status, 413)

    def test_a_second_policy_reads_the_same_form(self):
        for size in (0, 5_000):
            body = form("svc-2", size)
            seen = self.seen(self.send("POST", "/forms/absent", FORM, body=body))
            self.assertEqual((seen.target, seen.body.encode()), ("/forms/found", body))
            self.assertEqual(seen.identity()["x-doorward-subject"], "svc-2")

    def test_lines_beyond_number_are_431(self):
        answer = self.send("POST", "/forms/x", *[("Content-Type", "a/b")] * 300, body=b"a=b")
        self.assertEqual(answer.status, 431)

    def test_content_of_another_type_is_not_waited_for(self):
        for headers in ([("Content-Type", "application/json")], []):
            with wire.Connection(self.nginx.port) as connection:
                connection.send(wire.request("POST", "/forms/x", [*headers, ("Content-Length", "1000")]))
                self.assertEqual(connection.answer().status, 401)

    def test_a_policy_that_takes_no_forms_waits_for_none(self):
        with wire.Connection(self.nginx.port) as connection:
            connection.send(wire.request("POST", "/headers/x", [FORM, ("Content-Length", "1000")]))
            self.assertEqual(connection.answer().status, 401)
        self.assertEqual(self.send("POST", "/headers/x", FORM, body=form()).status, 401)

    def test_a_client_that_leaves_in_the_middle_does_no_harm(self):
        for _ in range(20):
            with wire.Connection(self.nginx.port) as connection:
                connection.send(wire.request("POST", "/forms/x", [FORM, ("Content-Length", "1000")]) + b"access_")
        self.assertEqual(self.send("POST", "/forms/x", FORM, body=form()).status, 200)
        self.assertNotIn("[alert]", self.nginx.errors())

    def test_a_connection_lives_on_after_forms(self):
        with wire.Connection(self.nginx.port) as connection:
            for body, status in [(form(), 200), (b"a=b", 401), (form(), 200)]:
                connection.send(wire.request("POST", "/forms/x", [FORM], body, close=False))
                self.assertEqual(connection.answer().status, status)

    def test_a_token_in_the_query_marks_the_answer_private(self):
        answer = self.send("GET", f"/forms/x?access_token={token('svc-q')}")
        self.assertEqual(self.seen(answer).identity()["x-doorward-subject"], "svc-q")
        self.assertEqual(answer.all("Cache-Control"), ["private"])
        self.assertEqual(self.send("GET", "/forms/x", bearer()).all("Cache-Control"), [])
