"""Many requests at once, many in a row, and a panic among them."""

import os
import threading
import unittest

from edge import Edge, Upstream, bearer, cluster, doorward, listener, policy, struct, to

DIRECT = {"match": {"prefix": "/"}, "direct_response": {"status": 204}}


def in_threads(count, work):
    """Runs `work` with the numbers below `count`, each in a thread; the first failure is the caller's."""
    failures = []

    def run(number):
        try:
            work(number)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "a client hangs"
    if failures:
        raise failures[0]


class Load(unittest.TestCase):
    def test_no_callers_identity_reaches_another_under_several_workers(self):
        upstream = Upstream()
        self.addCleanup(upstream.close)
        filters = [doorward(struct({"policy": policy()}))]
        edge = Edge(lambda log: listener(filters, [to("app")], log), [cluster("app", upstream.port)], concurrency=4)
        self.addCleanup(edge.close)

        def caller(number):
            connection = edge.connect()
            for turn in range(150):
                subject = f"caller-{number}-{turn}" + "x" * (number * turn % 700)
                answer = edge.get("/orders/7", bearer(sub=subject), connection=connection)
                assert answer.status == 200, answer.body
                assert answer.upstream("x-doorward-subject") == [subject], answer.body
                answer = edge.get("/orders/7", bearer(sub=subject, exp=1), connection=connection)
                assert answer.json()["reason"] == "token_expired", answer.body
                answer = edge.get("/open/a", connection=connection)
                assert answer.upstream("x-doorward-subject") == [], answer.body

        in_threads(8, caller)
        stats = edge.stats()
        self.assertEqual(stats["dynamicmodulescustom.doorward.allow"], 8 * 150 * 2)
        self.assertEqual(stats["dynamicmodulescustom.doorward.unauthenticated"], 8 * 150)

    def test_memory_is_the_same_after_twenty_thousand_requests(self):
        edge = Edge(lambda log: listener([doorward(struct({"policy": policy()}))], [DIRECT], "/dev/null"), concurrency=2)
        self.addCleanup(edge.close)
        fields = [bearer(), bearer(exp=1), ("Authorization", "Bearer " + "x" * 9000), ("X-Doorward-Subject", "root")]
        statuses = {"/orders/7": (204, 401, 431, 401), "/open/../admin/x": (403, 401, 431, 401)}

        def requests(count):
            def client(_):
                connection = edge.connect()
                for turn in range(count // 4):
                    path = "/orders/7" if turn % 8 else "/open/../admin/x"
                    answer = edge.get(path, fields[turn % 4], connection=connection)
                    assert answer.status == statuses[path][turn % 4], (turn, answer.status, answer.body)
                    if answer.all("connection") == ["close"]:
                        connection.close()
                        connection = edge.connect()
                connection.close()

            in_threads(4, client)

        requests(4_000)
        before = edge.allocated()
        requests(20_000)
        # What a request leaves behind would be there twenty thousand times, and nothing that is ours has less than 32 bytes;
        # Envoy's own buffers and statistics grow by a few hundred kilobytes at most.
        self.assertLess(edge.allocated() - before, 20_000 * 32, "bytes")

    @unittest.skipUnless("DOORWARD_ENVOY_PANICKING" in os.environ, "no module that panics was built")
    def test_a_panic_is_answered_500_and_the_next_request_as_ever(self):
        upstream = Upstream()
        self.addCleanup(upstream.close)
        filters = [doorward(struct({"policy": policy()}))]
        modules = os.environ["DOORWARD_ENVOY_PANICKING"]
        clusters = [cluster("app", upstream.port)]
        edge = Edge(lambda log: listener(filters, [to("app")], log), clusters, modules=modules)
        self.addCleanup(edge.close)
        for _ in range(3):
            answer = edge.get("/panic-for-tests", bearer())
            self.assertEqual((answer.status, answer.body), (500, '{"status":500,"outcome":"unavailable"}'))
            self.assertEqual(edge.get("/orders/7", bearer()).status, 200)
        form = ("Content-Type", "application/x-www-form-urlencoded")
        self.assertEqual(edge.get("/panic-for-tests", form, method="POST", body=b"a=1").status, 500)
        self.assertEqual(edge.logged(7)[0]["details"], "doorward_fault")
        self.assertEqual(edge.stats()["dynamicmodulescustom.doorward.fault"], 4)


if __name__ == "__main__":
    unittest.main()
