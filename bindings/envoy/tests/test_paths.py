"""That what is judged is what is routed, however a path is written."""

import unittest

from edge import (
    FORMS_ISSUER, Edge, Upstream, bearer, cluster, doorward, issuer, listener, of_route, policy, struct, to, token,
)

#: Ways to write a path below /admin that begins as if it were open, or as nothing at all.
DISGUISES = [
    "/open/../admin/x",
    "/open/%2e%2e/admin/x",
    "/open/.%2E/admin/x",
    "/open/%2E%2e/%61dmin/x",
    "/open/./../admin/x",
    "/open/a/../../admin/x",
    "/open/..%2fadmin/x",
    "/open/%2e%2e%2fadmin/x",
    "/open/..%5cadmin/x",
    "/open/..\\admin/x",
    "/open/..;/admin/x",
    "/open/%252e%252e/admin/x",
    "/open/..%00/admin/x",
    "/open//../admin/x",
    "/open/..//admin/x",
    "/%61dmin/x",
    "/%61%64%6d%69%6e/x",
    "//admin/x",
    "/./admin/x",
    "/x/../admin/x",
    "/admin/./x",
    "/admin/x/../x",
    "/ADMIN/x",
    "/admin%2fx",
    "/admin;/x",
    "/%c0%ae%c0%ae/admin/x",
    "/open/%c0%ae%c0%ae/admin/x",
]


class Paths(unittest.TestCase):
    """Two upstreams: `admin` for what lies below /admin/, `app` for the rest."""

    def setUp(self):
        self.upstreams = [Upstream("app"), Upstream("admin"), Upstream("partner")]
        for upstream in self.upstreams:
            self.addCleanup(upstream.close)

    def edge(self, *routes, **manager):
        filters = [doorward(struct({"policy": policy()}))]
        routes = [*routes, to("admin", "/admin/"), to("app")]
        clusters = [cluster(upstream.name, upstream.port) for upstream in self.upstreams]
        edge = Edge(lambda log: listener(filters, routes, log, **manager), clusters)
        self.addCleanup(edge.close)
        return edge

    def test_no_disguise_of_a_path_walks_around_its_rule(self):
        normalising = {"normalize_path": True, "merge_slashes": True}
        escaped = {**normalising, "path_with_escaped_slashes_action": "UNESCAPE_AND_FORWARD"}
        for manager in ({"normalize_path": False}, {}, {"merge_slashes": True}, normalising, escaped):
            edge = self.edge(**manager)
            for path in DISGUISES:
                with self.subTest(path=path, manager=sorted(manager)):
                    answer = edge.get(path)
                    if answer.status == 200:
                        got = answer.json()
                        self.assertEqual(got["upstream"], "app")
                        self.assertRegex(got["path"], r"^/open/[a-z/]+$")
                    else:
                        self.assertIn(answer.status, (307, 400, 401, 403))
                    # With a credential that opens both, what comes through is judged, routed and sent on as one path.
                    answer = edge.get(path, bearer(scope="orders:read admin"))
                    if answer.status == 200:
                        got = answer.json()
                        self.assertEqual(got["upstream"], "admin" if got["path"].startswith("/admin/") else "app")
                        self.assertNotRegex(got["path"], r"\.\.|//|%2[eEfF]|\\|;")
            edge.close()

    def test_a_path_that_is_not_plain_is_rewritten_and_routed_anew(self):
        edge = self.edge(normalize_path=False)
        answer = edge.get("/open/../%61dmin/x?a=/../b&c=%61", bearer(scope="admin"))
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual((answer.json()["upstream"], answer.json()["path"]), ("admin", "/admin/x?a=/../b&c=%61"))
        answer = edge.get("/admin/../open/y")
        self.assertEqual((answer.json()["upstream"], answer.json()["path"]), ("app", "/open/y"))

    def test_a_plain_path_is_left_alone(self):
        edge = self.edge()
        for path in ("/open/a", "/open/a/", "/open/a?", "/open/%3A:", "/open/a?//..%2f"):
            self.assertEqual(edge.get(path).json()["path"], path)

    def test_other_forms_of_a_target_are_judged_as_well(self):
        edge = self.edge()
        absolute = edge.raw(b"GET http://edge/open/../admin/x HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n")
        self.assertTrue(absolute.startswith(b"HTTP/1.1 401 "), absolute)
        asterisk = edge.raw(b"OPTIONS * HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n")
        self.assertRegex(asterisk, rb"^HTTP/1.1 40[34] ", "Envoy itself refuses it before any filter")
        connect = edge.raw(b"CONNECT edge:80 HTTP/1.1\r\nHost: edge:80\r\n\r\n")
        self.assertRegex(connect, rb"^HTTP/1.1 4\d\d ")
        fragment = edge.raw(b"GET /open/a#/../admin HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n")
        self.assertTrue(fragment.startswith(b"HTTP/1.1 400 "), fragment)

    def test_a_route_with_its_own_policy_is_judged_by_it_however_it_is_reached(self):
        partner = {
            "realm": "partner",
            "issuers": {"partner": issuer("https://partner.example")},
            "routes": [{"path": "/partner/{*rest}", "accept": ["partner"]}],
        }
        own = of_route(struct({"policy": partner}))
        edge = self.edge(to("partner", "/partner/", typed_per_filter_config=own), normalize_path=False)
        good = bearer(iss="https://partner.example")
        for path in ("/partner/a", "/open/../partner/a", "/%70artner/a", "/admin/../partner/./a"):
            with self.subTest(path=path):
                refused = edge.get(path)
                self.assertEqual((refused.status, refused.all("www-authenticate")), (401, ['Bearer realm="partner"']))
                self.assertEqual(edge.get(path, bearer()).status, 401, "another policy's issuer")
                answer = edge.get(path, good)
                self.assertEqual(answer.status, 200, answer.body)
                self.assertEqual((answer.json()["upstream"], answer.json()["path"]), ("partner", "/partner/a"))
                self.assertEqual(answer.upstream("x-doorward-issuer"), ["https://partner.example"])
        self.assertEqual(edge.get("/partner/../open/a").status, 200, "the filter's own policy, which lets anyone in")
        self.assertEqual(edge.get("/partner/../orders/7", good).status, 401)

    def test_a_form_is_waited_for_where_a_rewritten_path_leads_to_a_policy_that_reads_forms(self):
        whole = policy()
        plain = {**whole, "issuers": {"corp": whole["issuers"]["corp"]}}
        plain["routes"] = [route for route in whole["routes"] if route["accept"] != ["forms"]]
        own = of_route(struct({"policy": whole}))
        routes = [to("partner", "/forms", typed_per_filter_config=own), to("app")]
        clusters = [cluster(upstream.name, upstream.port) for upstream in self.upstreams]
        filters = [doorward(struct({"policy": plain}))]
        edge = Edge(lambda log: listener(filters, routes, log, normalize_path=False), clusters)
        self.addCleanup(edge.close)
        kind = ("Content-Type", "application/x-www-form-urlencoded")
        form = f"access_token={token(iss=FORMS_ISSUER)}".encode()
        for path in ("/forms", "/open/../forms", "/%66orms"):
            with self.subTest(path=path):
                answer = edge.get(path, kind, method="POST", body=form)
                self.assertEqual(answer.status, 200, answer.body)
                self.assertEqual((answer.json()["upstream"], answer.json()["path"]), ("partner", "/forms"))
                self.assertEqual(answer.json()["body"], form.decode())
                # A second credential is seen wherever it stands.
                answer = edge.get(path, kind, bearer(iss=FORMS_ISSUER), method="POST", body=form)
                self.assertEqual((answer.status, answer.json()["reason"]), (400, "credentials_ambiguous"))
                self.assertEqual(edge.get(path, kind, method="POST", body=b"a=1").status, 401)
        answer = edge.get("/forms/../open/a", kind, method="POST", body=form)
        self.assertEqual((answer.status, answer.json()["upstream"]), (200, "app"))

    def test_a_disabled_route_lets_in_what_is_plainly_its_own_and_nothing_else(self):
        off = of_route(struct({"disabled": True}))
        edge = self.edge(to("app", "/legacy/", typed_per_filter_config=off), normalize_path=False)
        self.assertEqual(edge.get("/legacy/a").status, 200)
        self.assertEqual(edge.get("/legacy/a", ("Authorization", "Bearer nonsense")).status, 200)
        answer = edge.get("/admin/../legacy/b")
        self.assertEqual((answer.status, answer.json()["path"]), (200, "/legacy/b"))
        self.assertEqual(edge.get("/legacy/../admin/x").status, 401)
        self.assertEqual(edge.get("/legacy/%2e%2e/admin/x").status, 401)
        for path in ("/legacy/..%2fadmin/x", "/legacy//../admin/x", "/legacy/..;/admin"):
            self.assertEqual(edge.get(path).status, 400, path)
        stats = edge.stats()
        self.assertEqual(stats["dynamicmodulescustom.doorward.disabled"], 3)
        self.assertNotIn("dynamicmodulescustom.doorward.allow", stats)


if __name__ == "__main__":
    unittest.main()
