"""What callers, upstreams and operators see of a decision."""

import json
import unittest

from edge import FORMS_ISSUER, Edge, Upstream, bearer, cluster, doorward, listener, policy, struct, to, token

FORM = ("Content-Type", "application/x-www-form-urlencoded")


class OneEdge(unittest.TestCase):
    """One Envoy for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.upstream = Upstream()
        cls.addClassCleanup(cls.upstream.close)
        filters = [doorward(struct({"policy": policy(), "body_limit": 20000}))]
        trailers = {"enable_trailers": True}
        whole = lambda log: listener(filters, [to("app")], log, http_protocol_options=trailers)
        cls.edge = Edge(whole, [cluster("app", cls.upstream.port)])
        cls.addClassCleanup(cls.edge.close)

    def setUp(self):
        self.edge.clear_log()


class Decisions(OneEdge):
    def test_a_good_token_reaches_the_upstream_as_it_was_sent(self):
        answer = self.edge.get("/orders/7?page=2", bearer(), ("X-Other", "kept"))
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json()["path"], "/orders/7?page=2")
        self.assertEqual(answer.upstream("x-other"), ["kept"])

    def test_no_credential_is_401_with_a_challenge_and_a_small_body(self):
        answer = self.edge.get("/orders/7")
        self.assertEqual(answer.status, 401)
        self.assertEqual(answer.all("www-authenticate"), ['Bearer realm="orders"'])
        self.assertEqual(answer.all("content-type"), ["application/json"])
        expected = '{"status":401,"outcome":"unauthenticated","reason":"credential_missing","recovery":"send_credential"}'
        self.assertEqual(answer.body, expected)

    def test_an_expired_token_is_401_and_the_access_log_says_so(self):
        answer = self.edge.get("/orders/7", bearer(exp=1_000_000_000))
        self.assertEqual(answer.status, 401)
        challenge = 'Bearer realm="orders", error="invalid_token", error_description="token_expired"'
        self.assertEqual(answer.all("www-authenticate"), [challenge])
        [entry] = self.edge.logged()
        self.assertEqual((entry["status"], entry["details"]), (401, "doorward_token_expired"))
        self.assertEqual(entry["metadata"]["recovery"], "refresh_credential")
        self.assertEqual(entry["metadata"]["subject"], "svc-7", "a genuine token, though late, says whose it was")

    def test_a_missing_scope_is_403_and_the_scope_is_named(self):
        answer = self.edge.get("/admin/x", bearer())
        self.assertEqual(answer.status, 403)
        self.assertIn('scope="admin"', answer.all("www-authenticate")[0])
        self.assertEqual(self.edge.logged()[0]["details"], "doorward_scope_insufficient")

    def test_a_forged_token_is_401_and_nobodys(self):
        forged = token(secret=b"another secret of thirty-two bytes")
        answer = self.edge.get("/orders/7", ("Authorization", f"Bearer {forged}"))
        self.assertEqual(answer.status, 401)
        metadata = self.edge.logged()[0]["metadata"]
        self.assertEqual(metadata["reason"], "signature_invalid")
        self.assertNotIn("subject", metadata)

    def test_several_authorization_lines_are_ambiguous_whichever_is_good(self):
        good, bad = bearer(), ("Authorization", "Bearer not.a.token")
        joined = ("Authorization", f"{good[1]}, {bad[1]}")
        for fields in ([good, bad], [bad, good], [good, good], [joined], [good] + [bad] * 20):
            with self.subTest(lines=len(fields)):
                answer = self.edge.get("/orders/7", *fields)
                self.assertEqual(answer.status, 400)
                self.assertEqual(answer.json()["reason"], "credentials_ambiguous")

    def test_a_refusal_of_head_has_no_body(self):
        got = self.edge.raw(b"HEAD /orders/7 HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n")
        head, _, body = got.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 401 "), head)
        self.assertIn(b"www-authenticate: Bearer", head)
        self.assertEqual(body, b"")

    def test_a_hidden_route_answers_as_if_it_were_not_there_and_the_log_knows_better(self):
        hidden, absent = self.edge.get("/hidden"), self.edge.get("/nowhere")
        tell = lambda answer: (answer.status, [pair for pair in answer.headers if pair[0] != "date"], answer.body)
        self.assertEqual(tell(hidden), tell(absent))
        entries = self.edge.logged(2)
        self.assertEqual([entry["details"] for entry in entries], ["doorward_route_unmatched"] * 2)
        self.assertEqual([entry["metadata"].get("concealed") for entry in entries], ["credential_missing", None])

    def test_metadata_names_the_caller_and_the_decision(self):
        self.edge.get("/orders/7", bearer())
        expected = {
            "outcome": "allow", "grounds": "credential", "route": "0",
            "issuer": "https://idp.example", "issuer_name": "corp", "subject": "svc-7", "kind": "bearer",
        }
        self.assertEqual(self.edge.logged()[0]["metadata"], expected)

    def test_a_grpc_call_is_refused_in_the_manner_of_grpc(self):
        for path, field, status in [
            ("/forms", ("X-Other", "1"), "16"),
            ("/admin/x", bearer(), "7"),
            ("/admin//x", bearer(), "3"),
            ("/hidden", bearer(iss="https://nobody.example"), "7"),
        ]:
            for kind in ("application/grpc", "application/grpc+proto", "application/grpc;v=1"):
                with self.subTest(path=path, kind=kind):
                    answer = self.edge.get(path, ("Content-Type", kind), field, method="POST", body=b"12345")
                    self.assertEqual(answer.status, 200, "which is how gRPC says everything")
                    self.assertEqual(answer.all("grpc-status"), [status])

    def test_a_grpc_call_has_a_status_of_grpc_and_no_body(self):
        for kind in ("application/grpc", "application/grpc;v=1"):
            with self.subTest(kind=kind):
                answer = self.edge.get("/forms", ("Content-Type", kind), method="POST", body=b"12345")
                self.assertEqual((answer.body, answer.all("content-type")), ("", ["application/grpc"]))
                self.assertEqual(len(answer.all("www-authenticate")), 1)

    def test_what_is_no_grpc_call_is_refused_with_its_status(self):
        expected = self.edge.get("/forms")
        grpc = ("application/grpc", "application/grpc+proto", "application/grpc;v=1")
        others = ("application/grpc-web", "application/grpcs", "application/json")
        asked = [(method, kind) for method in ("GET", "PUT") for kind in grpc] + [("POST", kind) for kind in others]
        for method, kind in asked:
            with self.subTest(method=method, kind=kind):
                body = None if method == "GET" else b"12345"
                answer = self.edge.get("/forms", ("Content-Type", kind), method=method, body=body)
                self.assertEqual((answer.status, answer.body), (401, expected.body))
                self.assertEqual(answer.all("grpc-status"), [])
                for name in ("www-authenticate", "content-type", "content-length"):
                    self.assertEqual(answer.all(name), expected.all(name))
        head = b"HEAD /forms HTTP/1.1\r\nHost: edge\r\nContent-Type: application/grpc\r\nConnection: close\r\n\r\n"
        got = self.edge.raw(head)
        self.assertTrue(got.startswith(b"HTTP/1.1 401 "), got)
        self.assertEqual(got.partition(b"\r\n\r\n")[2], b"")

    def test_metadata_know_the_reason_where_the_form_of_an_answer_leaves_no_details(self):
        for method, kind, status in [("GET", "application/grpc", 401), ("POST", "application/grpc;v=1", 200)]:
            with self.subTest(method=method):
                self.edge.clear_log()
                self.edge.get("/forms", ("Content-Type", kind), method=method)
                [entry] = self.edge.logged()
                self.assertEqual((entry["status"], entry["details"] or ""), (status, ""))
                self.assertEqual(entry["metadata"]["reason"], "credential_missing")

    def test_a_connection_goes_on_after_a_refusal_that_looks_like_a_grpc_call(self):
        connection = self.edge.connect()
        for _ in range(3):
            answer = self.edge.get("/forms", ("Content-Type", "application/grpc"), connection=connection)
            self.assertEqual(answer.status, 401)
            self.assertEqual(self.edge.get("/open/a", connection=connection).status, 200)
        connection.close()

    def test_a_method_that_the_route_does_not_take_is_403(self):
        answer = self.edge.get("/orders/7", bearer(), method="PUT", body=b"x")
        self.assertEqual((answer.status, answer.json()["outcome"]), (403, "forbidden"))

    def test_counters_tell_outcomes_and_reasons(self):
        before = self.edge.stats()
        self.edge.get("/orders/7", bearer())
        self.edge.get("/open/a")
        self.edge.get("/orders/7")
        self.edge.get("/orders/7", bearer(exp=1))
        self.edge.get("/admin/x", bearer())
        after = self.edge.stats()
        prefix = "dynamicmodulescustom.doorward"
        grown = {name: count - before.get(name, 0) for name, count in after.items() if count != before.get(name, 0)}
        expected = {
            f"{prefix}.allow": 2, f"{prefix}.unauthenticated": 2, f"{prefix}.forbidden": 1,
            f"{prefix}.refused.reason.credential_missing": 1,
            f"{prefix}.refused.reason.token_expired": 1,
            f"{prefix}.refused.reason.scope_insufficient": 1,
        }
        self.assertEqual(grown, expected)


class Bodies(OneEdge):
    """Tokens in forms and queries."""

    def test_a_token_in_a_form_lets_in_and_the_form_goes_on_whole(self):
        form = f"a=1&access_token={token(iss=FORMS_ISSUER)}&b=2"
        answer = self.edge.get("/forms", FORM, method="POST", body=form.encode())
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(answer.json()["body"], form)
        self.assertEqual(answer.all("cache-control"), ["max-age=60,private"])
        self.assertEqual(answer.upstream("x-doorward-subject"), ["svc-7"])

    def test_a_form_in_many_pieces_is_read_as_one(self):
        form = f"access_token={token(iss=FORMS_ISSUER)}&b={'x' * 300}".encode()
        pieces = b"".join(b"%x\r\n%s\r\n" % (len(form[at : at + 40]), form[at : at + 40]) for at in range(0, len(form), 40))
        head = b"POST /forms HTTP/1.1\r\nHost: edge\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        head += b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        for trailers in (b"", b"x-trailer: 1\r\n"):
            with self.subTest(trailers=trailers):
                got = self.edge.raw(head + pieces + b"0\r\n" + trailers + b"\r\n")
                self.assertTrue(got.startswith(b"HTTP/1.1 200 "), got)
                without = pieces.replace(b"access_token", b"excess_token")
                got = self.edge.raw(head + without + b"0\r\n" + trailers + b"\r\n")
                self.assertTrue(got.startswith(b"HTTP/1.1 401 "), got)

    def test_a_token_in_a_query_lets_in_and_the_answer_is_private(self):
        answer = self.edge.get(f"/forms?access_token={token(iss=FORMS_ISSUER)}")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(answer.all("cache-control"), ["max-age=60,private"])

    def test_a_form_beside_a_header_is_ambiguous(self):
        form = f"access_token={token(iss=FORMS_ISSUER)}".encode()
        answer = self.edge.get("/forms", FORM, bearer(iss=FORMS_ISSUER), method="POST", body=form)
        self.assertEqual((answer.status, answer.json()["reason"]), (400, "credentials_ambiguous"))

    def test_a_form_without_a_token_is_401(self):
        answer = self.edge.get("/forms", FORM, method="POST", body=b"a=1")
        self.assertEqual((answer.status, answer.json()["reason"]), (401, "credential_missing"))

    def test_a_form_that_is_too_long_is_413_and_never_read_on(self):
        answer = self.edge.get("/forms", FORM, method="POST", body=b"a=" + b"x" * 30000)
        self.assertEqual((answer.status, answer.body), (413, '{"status":413,"outcome":"bad_request"}'))
        self.assertEqual(self.edge.logged()[0]["details"], "doorward_body_too_large")

    def test_a_body_that_is_no_form_is_not_waited_for(self):
        body = json.dumps({"access_token": "x" * 100_000}).encode()
        kind = ("Content-Type", "application/json")
        answer = self.edge.get("/forms", kind, bearer(iss=FORMS_ISSUER), method="POST", body=body)
        self.assertEqual((answer.status, len(answer.json()["body"])), (200, len(body)))
        # No byte of the body was sent yet, and the refusal is there already.
        head = b"POST /forms HTTP/1.1\r\nHost: edge\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
        self.assertTrue(self.edge.raw(head).startswith(b"HTTP/1.1 401 "))


class Discretion(unittest.TestCase):
    """A policy that discloses nothing and hides what is not there."""

    @classmethod
    def setUpClass(cls):
        cls.upstream = Upstream()
        cls.addClassCleanup(cls.upstream.close)
        config = {"policy": policy(disclosure="none", unmatched="hide"), "stat_prefix": "front.door"}
        filters = [doorward(struct(config))]
        cls.edge = Edge(lambda log: listener(filters, [to("app")], log), [cluster("app", cls.upstream.port)])
        cls.addClassCleanup(cls.edge.close)

    def setUp(self):
        self.edge.clear_log()

    def test_an_undisclosed_reason_is_in_the_log_alone(self):
        answer = self.edge.get("/orders/7", bearer(exp=1))
        self.assertEqual(answer.body, '{"status":401,"outcome":"unauthenticated"}')
        self.assertEqual(answer.all("www-authenticate"), ['Bearer realm="orders", error="invalid_token"'])
        self.assertEqual(self.edge.logged()[0]["details"], "doorward_token_expired")

    def test_a_404_is_not_to_be_kept(self):
        answer = self.edge.get("/nowhere")
        self.assertEqual((answer.status, answer.all("cache-control")), (404, ["no-store"]))

    def test_counters_begin_as_configured(self):
        self.edge.get("/open/x")
        self.assertIn("dynamicmodulescustom.front.door.allow", self.edge.stats("front"))


if __name__ == "__main__":
    unittest.main()
