"""One path: what is judged, what nginx chooses a location by, and what the application sees."""

import wire
from server import Running
from tokens import bearer, issuer

SERVER = """
server {
    listen PORT;
    doorward on;
    doorward_policy policy.toml;
    MERGE
    location / { proxy_pass http://UPSTREAM; }
}
"""

# Ways to write `/admin/x` that begin with something open, and other texts that two servers read differently.
ATTEMPTS = [
    "/open/../admin/x",
    "/open/%2e%2e/admin/x",
    "/open/.%2E/admin/x",
    "/open/%2E./admin/x",
    "/open/./../admin/x",
    "/open/a/../../admin/x",
    "/open/..%2fadmin/x",
    "/open/..%2Fadmin/x",
    "/open%2f..%2fadmin/x",
    "/open/%2e%2e%2fadmin/x",
    "/open/..;/admin/x",
    "/open/..;a=b/admin/x",
    "/open/%2e%2e;/admin/x",
    "/open/..%3b/admin/x",
    "/open/..%3B/admin/x",
    "/open//../admin/x",
    "/open/a//../../admin/x",
    "/open/..//admin/x",
    "//admin/x",
    "/open/..\\admin/x",
    "/open/..%5cadmin/x",
    "\\admin/x",
    "/%61dmin/x",
    "/%61%64%6d%69%6e/x",
    "/%2561dmin/x",
    "/open/%252e%252e/admin/x",
    "/open/..%00/admin/x",
    "/open/..%c0%afadmin/x",
    "/open/../admin/x?/open/",
    "/open/../admin/x#/open/",
    "/admin/x#",
    "/admin/./x",
    "/admin/../admin/x",
    "/open/%u002e%u002e/admin/x",
    "http://api.example/admin/x",
    "http://api.example/open/../admin/x",
    "HTTP://api.example//admin/x",
    "http://api.example\\admin/x",
    "/..//admin/x",
    "/../admin/x",
    "/open/../../admin/x",
    "/open/.../../../admin/x",
    "/open/x/..;/../../admin/x",
    "/open/%2e%2e/%61dmin/x",
    "/open/%2e%2e%2e/../../admin/x",
]


class Attempts(Running):
    """Whoever may see `/open/` only, sees nothing of `/admin/`, however it is written."""

    HTTP = SERVER.replace("MERGE", "")

    def test_nothing_open_leads_to_something_closed(self):
        for target in ATTEMPTS:
            with self.subTest(target=target):
                count = len(self.nginx.upstream.requests)
                with wire.Connection(self.nginx.port) as connection:
                    connection.send(wire.request("GET", target))
                    status = connection.answer().status
                self.assertIn(status, (400, 401, 403))
                self.assertEqual(len(self.nginx.upstream.requests), count, "it reached the application")

    def test_the_application_sees_what_was_judged(self):
        for target, expected in [
            ("/open/a", "/open/a"),
            ("/open/a?b=/../c", "/open/a?b=/../c"),
            ("/open/%7euser/%2d%5F", "/open/~user/-_"),
            ("/open/./a/../b", "/open/b"),
            ("/open/a/.?x=%2e", "/open/a/?x=%2e"),
            ("/open/%63af%c3%a9", "/open/caf%C3%A9"),
            ("/open/100%25", "/open/100%25"),
            ("/open/a%20b", "/open/a%20b"),
            ("/open/a%3Fb?c", "/open/a%3Fb?c"),
            ("/open/a%23b", "/open/a%23b"),
            ("/open/..%23/b", "/open/..%23/b"),
            ("/open/a;b=c/d", "/open/a;b=c/d"),
            ("/open/a%3Bb", "/open/a%3Bb"),
            ("/open/a+b%2Bc", "/open/a+b%2Bc"),
            ("/open/a:@!$&'()*,=", "/open/a:@!$&'()*,="),
            ("/admin/../open/x", "/open/x"),
            ("http://api.example/open/x", "/open/x"),
            ("http://other.example:81/open/./x?y", "/open/x?y"),
        ]:
            with self.subTest(target=target):
                self.assertEqual(self.seen(self.send("GET", target)).target, expected)

    def test_an_absolute_url_may_lack_the_path(self):
        # There is no route `/`; what matters is that it is judged as that.
        for target in ("http://api.example", "http://api.example?x=1"):
            answer = self.send("GET", target)
            self.assertEqual(answer.status, 403)
            self.assertIn("[route_unmatched]", self.logged(answer))

    def test_a_path_of_two_readings_says_so(self):
        answer = self.send("GET", "/open/a%2Fb")
        self.assertEqual(answer.status, 400)
        self.assertIn("[bad_request] [path_ambiguous]", self.logged(answer))

    def test_the_asterisk_and_an_authority_are_no_paths(self):
        self.assertIn(self.send("OPTIONS", "*").status, (400, 403))
        self.assertIn(self.send("CONNECT", "api.example:443").status, (400, 403, 405))


class WithoutMerging(Attempts):
    """The same, where nginx keeps slashes as they are."""

    HTTP = SERVER.replace("MERGE", "merge_slashes off;")


class Prefixes(Running):
    """proxy_pass with a path of its own, and files: what nginx decoded is what is sent on or looked up."""

    HTTP = """
    server {
        listen PORT;
        root html;
        doorward on;
        doorward_policy policy.toml;
        location / { proxy_pass http://UPSTREAM; }
        location /api/ { proxy_pass http://UPSTREAM/inner/; }
        location /files/ { }
    }
    """
    POLICIES = {
        "policy.toml": 'disclosure = "reason"\n'
        + issuer("corp")
        + """
[[routes]]
path = "/api/{*rest}"
accept = "anyone"
[[routes]]
path = "/api/a;b"
accept = ["corp"]
[[routes]]
path = "/files/{name}"
accept = "anyone"
[[routes]]
path = "/files/kept+secret"
accept = ["corp"]
[[routes]]
path = "/plain/{name}"
accept = "anyone"
"""
    }

    @classmethod
    def prepare(cls):
        cls.nginx.write("html/files/kept+secret", "secret")
        cls.nginx.write("html/files/news", "news")

    def test_a_prefix_is_replaced(self):
        self.assertEqual(self.seen(self.send("GET", "/api/./x?y")).target, "/inner/x?y")

    def test_a_prefix_is_no_way_around_a_rule(self):
        self.assert_refused(self.send("GET", "/api/a;b"), 401, "credential_missing")
        # nginx would send `/inner/a;b`, for which there is another rule than for `/api/a%3Bb`.
        for headers in ([], [bearer()]):
            answer = self.send("GET", "/api/a%3Bb", *headers)
            self.assertEqual(answer.status, 400)
            self.assertIn("[path_ambiguous]", self.logged(answer))

    def test_what_nginx_decodes_is_sent_on_where_one_rule_is_for_both(self):
        self.assertEqual(self.seen(self.send("GET", "/api/x%3Bb%2B")).target, "/inner/x;b+")
        self.assertEqual(self.seen(self.send("GET", "/api/a;b", bearer())).target, "/inner/a;b")

    def test_a_file_is_judged_by_the_name_that_it_has(self):
        self.assertEqual(self.send("GET", "/files/news").body, b"news")
        self.assertEqual(self.send("GET", "/files/%6eews").body, b"news")
        self.assert_refused(self.send("GET", "/files/kept+secret"), 401, "credential_missing")
        for headers in ([], [bearer()]):
            self.assertEqual(self.send("GET", "/files/kept%2Bsecret", *headers).status, 400)
        self.assertEqual(self.send("GET", "/files/kept+secret", bearer()).body, b"secret")
        self.assertEqual(self.send("GET", "/files/%6e%2Bews").status, 404)


REWRITTEN = """
    server {
        listen PORT;
        doorward on;
        doorward_policy policy.toml;
        TARGET
        location / { proxy_pass http://UPSTREAM; }
        location /public/ { rewrite ^/public/(.*)$ /$1 break; proxy_pass http://UPSTREAM; }
        location /pieced/ { rewrite ^ /open/$arg_piece break; proxy_pass http://UPSTREAM; }
        location /admin/eased/ { rewrite ^ /open/there break; proxy_pass http://UPSTREAM; }
        location /admin/away/ { rewrite ^ /nowhere break; proxy_pass http://UPSTREAM; }
        location /moved/ { rewrite ^/moved/(.*)$ /$1 last; }
        location /open/stays/ { rewrite ^ /open/there break; proxy_pass http://UPSTREAM; }
        location /open/query/ { set $args "set=1"; proxy_pass http://UPSTREAM; }
    }
"""
REWRITE_POLICY = (
    'disclosure = "reason"\n'
    + issuer("corp")
    + """
[[routes]]
path = "/public/{*rest}"
accept = "anyone"
[[routes]]
path = "/moved/{*rest}"
accept = "anyone"
[[routes]]
path = "/pieced/{*rest}"
accept = "anyone"
[[routes]]
path = "/open/{*rest}"
accept = "anyone"
[[routes]]
path = "/admin/{*rest}"
accept = ["corp"]
"""
)


class Rewrites(Running):
    """A rewritten request is judged as what was sent and as what is served."""

    HTTP = REWRITTEN.replace("TARGET", "")
    POLICIES = {"policy.toml": REWRITE_POLICY}

    def test_a_rewrite_is_no_way_around_a_rule(self):
        for prefix in ("/public", "/moved"):
            self.assert_refused(self.send("GET", prefix + "/admin/x"), 401, "credential_missing")
            self.assert_refused(self.send("GET", prefix + "/%61dmin/x"), 401, "credential_missing")
            self.assertEqual(self.seen(self.send("GET", prefix + "/admin/x", bearer())).target, "/admin/x")

    def test_both_readings_must_have_a_rule(self):
        self.assertEqual(self.send("GET", "/public/nowhere").status, 403)
        self.assertEqual(self.seen(self.send("GET", "/public/open/x?y")).target, "/open/x?y")

    def test_a_path_pieced_together_from_arguments_is_no_way_around_a_rule(self):
        self.assertEqual(self.seen(self.send("GET", "/pieced/x?piece=there")).target, "/open/there?piece=there")
        for piece in ("../admin/x", "%2e%2e/admin/x", "..%2fadmin/x", "/../admin/x", "./../admin/x", "a/../../admin/x"):
            self.assertIn(self.send("GET", f"/pieced/x?piece={piece}").status, (400, 401), piece)
            # Not even for who may see both: nginx would serve another path than the judged one.
            self.assertEqual(self.send("GET", f"/pieced/x?piece={piece}", bearer()).status, 400, piece)

    def test_the_reading_that_took_a_credential_names_the_caller(self):
        seen = self.seen(self.send("GET", "/admin/eased/x", bearer("robot")))
        self.assertEqual((seen.target, seen.identity()["x-doorward-subject"]), ("/open/there", "robot"))

    def test_nothing_of_an_allowed_reading_is_left_when_the_other_is_refused(self):
        answer = self.send("GET", "/admin/away/x", bearer("robot"))
        self.assertEqual(answer.status, 403)
        self.assertNotIn("robot", self.logged(answer))

    def test_what_was_sent_is_judged_too(self):
        # The application may look at REQUEST_URI.
        self.assertEqual(self.seen(self.send("GET", "/open/stays/x")).target, "/open/there")
        self.assertEqual(self.send("GET", "/open/stays/a%2Fb").status, 400)

    def test_arguments_that_were_set_are_sent_on(self):
        self.assertEqual(self.seen(self.send("GET", "/open/query/a%20b?x")).target, "/open/query/a%20b?set=1")

    def test_bytes_that_no_path_has_are_refused_when_rewritten(self):
        for target in ("/open/query/a\\b", "/open/query/caf\xe9", "/public/open/a%5Cb", "/public//open/x"):
            self.assertEqual(self.send("GET", target).status, 400, target)


class RewritesAsSent(Running):
    HTTP = REWRITTEN.replace("TARGET", "doorward_target sent;")
    POLICIES = {"policy.toml": REWRITE_POLICY}

    def test_only_what_was_sent_is_judged_if_the_operator_says_so(self):
        self.assertEqual(self.seen(self.send("GET", "/public/admin/x")).target, "/admin/x")
        self.assert_refused(self.send("GET", "/admin/x"), 401, "credential_missing")


class RewritesInParts(Running):
    """Locations that say different things about which path is judged."""

    HTTP = """
    server {
        listen PORT;
        root html;
        doorward on;
        doorward_policy policy.toml;
        location /public/ { doorward_target sent; rewrite ^/public/(.*)$ /$1 break; try_files $uri @both; }
        location @both { doorward_target both; proxy_pass http://UPSTREAM; }
    }
    """
    POLICIES = {"policy.toml": REWRITE_POLICY}

    def test_a_location_that_judges_more_is_not_content_with_what_was_judged_before(self):
        self.assert_refused(self.send("GET", "/public/admin/x"), 401, "credential_missing")
        seen = self.seen(self.send("GET", "/public/admin/x", bearer("robot")))
        self.assertEqual((seen.target, seen.identity()["x-doorward-subject"]), ("/admin/x", "robot"))
        self.assertEqual(self.seen(self.send("GET", "/public/open/x")).target, "/open/x")


class RewritesAsServed(Running):
    HTTP = REWRITTEN.replace("TARGET", "doorward_target served;")
    POLICIES = {
        "policy.toml": issuer("corp")
        + '[[routes]]\npath = "/admin/{*rest}"\naccept = ["corp"]\n'
        + '[[routes]]\npath = "/open/{*rest}"\naccept = "anyone"\n'
    }

    def test_only_what_is_served_is_judged_if_the_operator_says_so(self):
        self.assertEqual(self.seen(self.send("GET", "/public/open/x")).target, "/open/x")
        self.assertEqual(self.send("GET", "/public/admin/x").status, 401)
        self.assertEqual(self.send("GET", "/public/nowhere").status, 403)


class Copies(Running):
    """$request_uri: what applications behind FastCGI see, and what configurations take copies of."""

    HTTP = """
    server {
        listen PORT;
        doorward on;
        doorward_policy policy.toml;
        location /open/late/ { proxy_set_header X-Target $request_uri; proxy_pass http://UPSTREAM; }
        location /open/early/ {
            set $copy $request_uri;
            proxy_set_header X-Target $copy;
            proxy_pass http://UPSTREAM$request_uri;
        }
    }
    """

    def test_a_later_use_sees_the_judged_path(self):
        seen = self.seen(self.send("GET", "/open/late/%7e/./x?%7e"))
        self.assertEqual(seen.all("X-Target"), ["/open/late/~/x?%7e"])

    def test_an_earlier_copy_of_another_path_is_refused(self):
        for target in ("/open/early/%7e", "/open/early/./x", "/open/early/a/../x"):
            self.assertEqual(self.send("GET", target).status, 400, target)

    def test_an_earlier_copy_of_the_same_path_is_fine(self):
        for target, expected in [("/open/early/x?%7e", None), ("/open/early/caf%c3%a9", "/open/early/caf%C3%A9")]:
            self.assertEqual(self.seen(self.send("GET", target)).target, expected or target)
