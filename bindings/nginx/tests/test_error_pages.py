"""Refusals beside nginx's own means: error_page, satisfy, auth_basic, auth_delay."""

import time

from server import Running
from tokens import bearer

SERVER = """
server {
    listen PORT;
    root html;
    doorward on;
    doorward_policy policy.toml;
    location / { proxy_pass http://UPSTREAM; }

    # The page of its own: reachable by error_page only, and unguarded on purpose.
    location /orders/paged { error_page 401 /401.html; proxy_pass http://UPSTREAM; }
    location = /401.html { internal; doorward off; }

    # The page lies where the policy rules.
    location /orders/guarded { error_page 401 403 /open/page; proxy_pass http://UPSTREAM; }
    location /orders/renamed { error_page 401 =200 /401.html; proxy_pass http://UPSTREAM; }
    location /orders/elsewhere { error_page 401 =302 https://login.example/; proxy_pass http://UPSTREAM; }

    # The trap: what nginx does with its own refusals, done with ours as well.
    location /admin/ { error_page 401 403 404 = @application; return_nothing; }
    location @application { proxy_pass http://UPSTREAM; }

    # Either will do.
    location /orders/either { satisfy any; auth_basic "people"; auth_basic_user_file people; proxy_pass http://UPSTREAM; }
    location /orders/inside { satisfy any; allow 127.0.0.1; proxy_pass http://UPSTREAM; }
    location /orders/both { auth_basic "people"; auth_basic_user_file people; proxy_pass http://UPSTREAM; }
    location /orders/denied { deny all; proxy_pass http://UPSTREAM; }
    location /orders/slow { auth_delay 600ms; proxy_pass http://UPSTREAM; }
    location /orders/missing { error_page 404 /404.html; proxy_intercept_errors on; proxy_pass http://UPSTREAM/absent; }
    location = /404.html { internal; doorward off; }
}
""".replace("return_nothing;", "proxy_pass http://UPSTREAM;")

# `ann` with the password `secret`, in nginx's plain form.
PEOPLE = "ann:{PLAIN}secret\n"
ANN = ("Authorization", "Basic YW5uOnNlY3JldA==")
CHALLENGE = 'Bearer realm="orders"'


class ErrorPages(Running):
    HTTP = SERVER

    @classmethod
    def prepare(cls):
        cls.nginx.write("people", PEOPLE)
        cls.nginx.write("html/401.html", "please sign in")
        cls.nginx.write("html/404.html", "nothing there")

    def test_an_error_page_keeps_status_and_challenge(self):
        answer = self.send("GET", "/orders/paged")
        self.assertEqual((answer.status, answer.body), (401, b"please sign in"))
        self.assertEqual(answer.all("WWW-Authenticate"), [CHALLENGE])

    def test_the_log_keeps_the_reason_behind_an_error_page(self):
        line = self.logged(self.send("GET", "/orders/paged"))
        self.assertIn("401 [unauthenticated] [credential_missing]", line)

    def test_an_error_page_with_another_status_keeps_the_challenge(self):
        answer = self.send("GET", "/orders/renamed")
        self.assertEqual((answer.status, answer.body), (200, b"please sign in"))
        self.assertEqual(answer.all("WWW-Authenticate"), [CHALLENGE])

    def test_an_error_page_elsewhere_is_a_redirect(self):
        answer = self.send("GET", "/orders/elsewhere")
        self.assertEqual((answer.status, answer.one("Location")), (302, "https://login.example/"))
        self.assertIn(b"<html>", answer.body)

    def test_a_guarded_error_page_leaves_the_refusal_as_it_was(self):
        # `/open/page` is open to everybody, but this request was for something else, and it was refused.
        answer = self.send("GET", "/orders/guarded")
        self.assert_refused(answer, 401, "credential_missing")
        self.assertEqual(answer.all("WWW-Authenticate"), [CHALLENGE])

    def test_an_error_page_is_no_way_around_a_refusal(self):
        count = len(self.nginx.upstream.requests)
        self.assert_refused(self.send("GET", "/admin/x"), 401, "credential_missing")
        self.assert_refused(self.send("GET", "/admin/x", bearer()), 403, "scope_insufficient")
        self.assertEqual(len(self.nginx.upstream.requests), count)
        self.assertEqual(self.send("GET", "/admin/x", bearer(scope="admin")).status, 200)

    def test_another_error_of_an_allowed_request_gets_its_page(self):
        answer = self.send("GET", "/orders/missing", bearer())
        self.assertEqual((answer.status, answer.body), (404, b"nothing there"))

    def test_satisfy_any_takes_the_other_credential(self):
        answer = self.send("GET", "/orders/either", ANN)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.all("WWW-Authenticate"), [])
        self.assertEqual(self.seen(answer).identity(), {})

    def test_satisfy_any_takes_ours(self):
        answer = self.send("GET", "/orders/either", bearer("robot"))
        self.assertEqual(self.seen(answer).identity()["x-doorward-subject"], "robot")
        self.assertEqual(answer.all("WWW-Authenticate"), [])

    def test_satisfy_any_with_neither_offers_both(self):
        answer = self.send("GET", "/orders/either")
        self.assert_refused(answer, 401, "credential_missing")
        self.assertCountEqual(answer.all("WWW-Authenticate"), [CHALLENGE, 'Basic realm="people"'])

    def test_satisfy_any_takes_an_address(self):
        answer = self.send("GET", "/orders/inside")
        self.assertEqual((answer.status, answer.all("WWW-Authenticate")), (200, []))

    def test_satisfy_all_needs_both(self):
        # One Authorization line cannot carry two credentials, so that this setting lets nobody in.
        self.assertEqual(self.send("GET", "/orders/both", bearer()).status, 401)
        self.assertEqual(self.send("GET", "/orders/both", ANN).status, 401)

    def test_deny_comes_before_the_decision(self):
        answer = self.send("GET", "/orders/denied", bearer())
        self.assertEqual(answer.status, 403)
        self.assertTrue(self.logged(answer).startswith("GET  [] []"), "judged in vain")

    def test_auth_delay_delays_our_401_too(self):
        start = time.monotonic()
        self.assert_refused(self.send("GET", "/orders/slow"), 401, "credential_missing")
        self.assertGreater(time.monotonic() - start, 0.5)


class ServedOnly(Running):
    """Where only nginx's own reading is judged, an error page could be a path that is open to everybody."""

    HTTP = """
    server {
        listen PORT;
        doorward on;
        doorward_policy policy.toml;
        doorward_target served;
        location / { error_page 401 403 /open/page; proxy_pass http://UPSTREAM; }
    }
    """

    def test_refused_is_refused(self):
        for target in ("/orders/1", "/admin/x"):
            self.assert_refused(self.send("GET", target), 401, "credential_missing")
        self.assert_refused(self.send("GET", "/admin/x", bearer()), 403, "scope_insufficient")
        self.assertEqual(self.nginx.upstream.requests, [])
