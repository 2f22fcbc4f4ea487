"""What upstreams are told of the caller, and that nobody else can tell them."""

import json
import re
import unittest

from edge import FORMS_ISSUER, Edge, Upstream, bearer, cluster, doorward, listener, of_route, policy, struct, to, token

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
    ("X.Doorward.Subject", "root"),
    ("x!doorward~subject", "root"),
    ("x-doorward", "root"),
    ("x_doorwards", "root"),
]


def told(answer):
    """Everything that the upstream got under a name that reads as ours."""
    headers = answer.json()["headers"]
    return sorted((name, value) for name, value in headers if re.match("x[^a-z0-9]doorward", name))


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
        answer = self.edge().get("/open/a", ("XDoorward-Subject", "1"), ("X0Doorward-Subject", "2"), ("Doorward", "3"))
        self.assertEqual(answer.upstream("xdoorward-subject"), ["1"])
        self.assertEqual(answer.upstream("x0doorward-subject"), ["2"])
        self.assertEqual(answer.upstream("doorward"), ["3"])

    def test_no_caller_can_tell_an_upstream_who_it_is_in_trailers(self):
        manager = {"http_protocol_options": {"enable_trailers": True}}
        off = to("app", "/legacy/", typed_per_filter_config=of_route(struct({"disabled": True})))
        filters = [doorward(struct({"policy": policy()}))]
        upstream = cluster("app", self.upstream.port, trailers=True)
        edge = Edge(lambda log: listener(filters, [off, to("app")], log, **manager), [upstream])
        self.addCleanup(edge.close)
        form = f"access_token={token(iss=FORMS_ISSUER)}"
        for path, kind, body in [
            ("/open/a", "text/plain", "hi"),
            ("/legacy/a", "text/plain", "hi"),
            ("/forms", "application/x-www-form-urlencoded", form),
        ]:
            with self.subTest(path=path):
                trailers = "".join(f"{name}: {value}\r\n" for name, value in SMUGGLED) + "X-Sum: 7\r\n"
                head = f"POST {path} HTTP/1.1\r\nHost: edge\r\nContent-Type: {kind}\r\nConnection: close\r\n"
                content = f"{len(body):x}\r\n{body}\r\n0\r\n{trailers}\r\n"
                got = edge.raw(f"{head}Transfer-Encoding: chunked\r\n\r\n{content}".encode())
                self.assertTrue(got.startswith(b"HTTP/1.1 200 "), got)
                seen = json.loads(got[got.index(b'{"upstream"') : got.rindex(b"}") + 1])
                self.assertEqual(seen["body"], body)
                self.assertEqual(seen["trailers"], [["x-sum", "7"]])

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
