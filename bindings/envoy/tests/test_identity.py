"""What upstreams are told of the caller, and that nobody else can tell them."""

import unittest

from edge import Edge, Upstream, bearer, cluster, doorward, listener, of_route, policy, struct, to

#: Spellings that an upstream may read as an identity header, which no caller may send.
SMUGGLED = [
    ("X-Doorward-Subject", "root"),
    ("x-doorward-subject", "root"),
    ("X_Doorward_Subject", "root"),
    ("x-doorward_subject", "root"),
    ("X-DOORWARD-ISSUER", "https://evil.example"),
    ("x_doorward_issuer", "https://evil.example"),
    ("X-Doorward-Outcome", "allow"),
    ("X-Doorward-Roles", "admin"),
]


def told(answer):
    """Everything that the upstream got under a name that reads as ours."""
    headers = answer.json()["headers"]
    return sorted((name, value) for name, value in headers if name.replace("_", "-").startswith("x-doorward-"))


class Identity(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)

    def edge(self, *routes, **config):
        filters = [doorward(struct({"policy": policy(), **config}))]
        routes = [*routes, to("app")]
        edge = Edge(lambda log: listener(filters, routes, log), [cluster("app", self.upstream.port)])
        self.addCleanup(edge.close)
        return edge

    def test_no_caller_can_tell_an_upstream_who_it_is(self):
        edge = self.edge(to("app", "/legacy/", typed_per_filter_config=of_route(struct({"disabled": True}))))
        issuer, subject = ("x-doorward-issuer", "https://idp.example"), ("x-doorward-subject", "svc-7")
        outcome = ("x-doorward-outcome", "allow")
        for path, expected in [("/orders/7", [issuer, outcome, subject]), ("/open/a", [outcome]), ("/legacy/a", [])]:
            for smuggled in [*([one] for one in SMUGGLED), SMUGGLED * 3]:
                with self.subTest(path=path, smuggled=smuggled[0][0], count=len(smuggled)):
                    answer = edge.get(path, *smuggled, *([bearer()] if path == "/orders/7" else []))
                    self.assertEqual(answer.status, 200, answer.body)
                    self.assertEqual(told(answer), expected)

    def test_other_headers_that_look_alike_go_on(self):
        answer = self.edge().get("/open/a", ("X-Doorward", "1"), ("X-Doorwards-Subject", "2"))
        self.assertEqual(answer.upstream("x-doorward"), ["1"])
        self.assertEqual(answer.upstream("x-doorwards-subject"), ["2"])

    def test_a_subject_of_any_characters_is_one_plain_value(self):
        edge = self.edge()
        for subject, expected in [
            ("j\u00f6rg", "j%C3%B6rg"),
            ("a b", "a%20b"),
            ("a%20b", "a%2520b"),
            ("x\r\nx-doorward-subject: root", "x%0D%0Ax-doorward-subject:%20root"),
            ("\u0000\u007f", "%00%7F"),
        ]:
            with self.subTest(subject=subject):
                edge.clear_log()
                answer = edge.get("/orders/7", bearer(sub=subject))
                self.assertEqual(answer.upstream("x-doorward-subject"), [expected])
                self.assertEqual(edge.logged()[0]["metadata"]["subject"], subject, "metadata keep it as it is")

    def test_identity_goes_where_the_configuration_says(self):
        for identity, headers, metadata in [
            ("both", True, True),
            ("headers", True, False),
            ("metadata", False, True),
            ("none", False, False),
        ]:
            with self.subTest(identity=identity):
                edge = self.edge(identity=identity)
                answer = edge.get("/orders/7", bearer(), *SMUGGLED)
                self.assertEqual([name for name, _ in told(answer) if name.endswith("subject")] != [], headers)
                self.assertEqual(told(answer) != [], headers)
                entry = edge.logged()[0]["metadata"] or {}
                self.assertEqual((entry.get("outcome"), entry.get("subject")), ("allow", "svc-7") if metadata else (None, None))
                edge.get("/orders/7", bearer(exp=1))
                refused = edge.logged(2)[1]["metadata"]
                self.assertEqual(refused["reason"], "token_expired", "why somebody is refused is always told")
                self.assertEqual("subject" in refused, metadata)


if __name__ == "__main__":
    unittest.main()
