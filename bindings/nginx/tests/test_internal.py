"""What happens to a request inside nginx after it was judged: redirects, named locations, subrequests, phases."""

from server import POLICY, Running
from tokens import bearer

SERVER = """
server {
    listen PORT;
    root html;
    doorward on;
    doorward_policy policy.toml;
    set $early "[$doorward_outcome]";
    location / { proxy_pass http://UPSTREAM; }

    location /orders/tried { try_files $uri @application; }
    location @application { proxy_set_header X-Early $early; proxy_pass http://UPSTREAM; }

    # A front controller, as PHP applications have it: reachable only from inside.
    location /open/front/ { try_files $uri /front.php?$args; }
    location = /front.php { internal; doorward off; proxy_set_header X-Target $request_uri; proxy_pass http://UPSTREAM; }

    # The same, but the destination is guarded, and the policy has no route for it.
    location /open/fallback/ { try_files $uri /elsewhere; }

    location /open/accelerated/ { proxy_pass http://UPSTREAM; }
    location /kept/ { internal; }
    location /open/unkept/ { proxy_pass http://UPSTREAM/accelerated; }

    location /closed/ { alias html/listed/; index page.html; }
    location /open/listed/ { alias html/listed/; index page.html; }
    location /open/returned { return 200 "returned\n"; }
    location = /open/included { ssi on; ssi_types *; }
    location /admin/ { }

    # A second policy in a part of the server.
    location /partner/ { doorward_policy partner.toml; proxy_pass http://UPSTREAM; }
    location /partner/tried { doorward_policy partner.toml; try_files $uri @application; }
}
"""

POLICIES = {
    "policy.toml": POLICY
    + """
[[routes]]
path = "/partner/tried"
accept = ["corp"]
scopes = ["of-the-other-policy"]

[[routes]]
path = "/closed/"
accept = "anyone"
""",
    "partner.toml": POLICY.replace('realm = "orders"', 'realm = "partner"')
    + """
[[routes]]
path = "/partner/{*rest}"
accept = ["corp"]
""",
}


class Internal(Running):
    HTTP = SERVER
    POLICIES = POLICIES

    @classmethod
    def prepare(cls):
        cls.nginx.write("html/kept/file", "kept")
        cls.nginx.write("html/listed/page.html", "listed")
        cls.nginx.write("html/open/included", 'before <!--#include virtual="/admin/part" --> after')
        cls.nginx.write("html/admin/part", "part of the administration")
        cls.nginx.write("html/elsewhere", "elsewhere")

    def test_a_named_location_keeps_the_decision(self):
        seen = self.seen(self.send("GET", "/orders/tried", bearer("robot")))
        self.assertEqual(seen.identity()["x-doorward-subject"], "robot")
        self.assert_refused(self.send("GET", "/orders/tried"), 401, "credential_missing")

    def test_a_variable_read_too_early_is_empty_and_not_kept(self):
        answer = self.send("GET", "/orders/tried", bearer("robot"))
        self.assertEqual(self.seen(answer).all("X-Early"), ["[]"])
        self.assertIn("[allow]", self.logged(answer))

    def test_a_front_controller_sees_the_judged_path(self):
        seen = self.seen(self.send("GET", "/open/front/./x?y=1"))
        self.assertEqual(seen.target, "/front.php?y=1")
        self.assertEqual(seen.all("X-Target"), ["/open/front/x?y=1"])
        self.assertEqual(seen.identity(), {"x-doorward-outcome": "allow"})
        # Nobody comes there from outside.
        self.assertEqual(self.send("GET", "/front.php", bearer()).status, 404)

    def test_a_guarded_destination_is_judged_too(self):
        answer = self.send("GET", "/open/fallback/x")
        self.assertEqual(answer.status, 403)
        self.assertIn("[route_unmatched]", self.logged(answer))

    def test_an_accelerated_redirect_is_judged_too(self):
        self.assertEqual(self.send("GET", "/open/accelerated/x").status, 403)

    def test_an_index_is_judged_by_its_own_path(self):
        self.assertEqual(self.send("GET", "/open/listed/").body, b"listed")
        self.assertEqual(self.send("GET", "/closed/").status, 403)

    def test_another_policy_decides_anew(self):
        # Allowed by the partner's policy; the named location is under the server's.
        self.assertEqual(self.send("GET", "/partner/x", bearer()).status, 200)
        answer = self.send("GET", "/partner/tried", bearer("robot"))
        self.assert_refused(answer, 403, "scope_insufficient")
        self.assertIn('realm="orders"', answer.one("WWW-Authenticate"))

    def test_who_is_allowed_twice_is_named_once(self):
        seen = self.seen(self.send("GET", "/partner/tried", bearer("robot", scope="of-the-other-policy")))
        self.assertEqual(seen.identity()["x-doorward-subject"], "robot")

    def test_nothing_of_an_allow_is_left_after_a_later_refusal(self):
        line = self.logged(self.send("GET", "/partner/tried", bearer("robot")))
        self.assertIn("403 [forbidden] [scope_insufficient] [] [] [robot]", line)

    def test_return_comes_before_the_access_phase(self):
        """What the README warns of, so that it stays true."""
        self.assertEqual(self.send("DELETE", "/open/returned").body, b"returned\n")

    def test_subrequests_are_not_judged(self):
        """The same."""
        self.assertIn(b"part of the administration", self.send("GET", "/open/included").body)
        self.assertEqual(self.send("GET", "/admin/part").status, 401)
