"""Keys that change and providers that fail, floods, and tokens that are taken once, with the clock as it is.

A window is ten seconds: no two fetches begin closer together.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from edge import (
    ENVOY, MODULES, Edge, Upstream, any_of, bearer, cluster, doorward, listener, of_route, policy, struct, to,
)
from provider import Key, Provider

#: The window, and as much again as a fetch and a busy machine may take, in seconds.
WINDOW = 10
SLACK = 10

KIND = "envoy.config.listener.v3.Listener"
DIRECT = {"match": {"prefix": "/"}, "direct_response": {"status": 204}}


def fetched(provider, **more):
    """The policy of the tests with keys that are fetched."""
    routes = [
        {"path": "/orders/{id}", "accept": ["corp"], "scopes": ["orders:read"]},
        {"path": "/status", "methods": ["GET", "HEAD"], "accept": ["corp"], "scopes": ["status:read"]},
        {"path": "/open/{*rest}", "accept": "anyone"},
    ]
    return {"realm": "orders", "disclosure": "reason", "issuers": {"corp": provider.issuer()}, "routes": routes, **more}


class Case(unittest.TestCase):
    def provider(self, *kids):
        provider = Provider(*(Key(kid) for kid in kids))
        self.addCleanup(provider.close)
        return provider

    def edge(self, config, *routes, **more):
        upstream = Upstream()
        self.addCleanup(upstream.close)
        whole = lambda log: listener([doorward(struct(config))], [*routes, to("app")], log, **more)
        edge = Edge(whole, [cluster("app", upstream.port)], concurrency=2)
        self.addCleanup(edge.close)
        return edge

    def wait(self, seconds):
        """Waits as a caller does who was told to."""
        self.assertLessEqual(seconds, WINDOW + SLACK)
        time.sleep(seconds)

    def retry_after(self, answer):
        [seconds] = answer.all("retry-after")
        self.assertGreaterEqual(int(seconds), 1)
        return int(seconds)


class Rotation(Case):
    def test_a_new_key_is_taken_within_a_window_and_a_withdrawn_one_no_more(self):
        provider = self.provider("one")
        one, two = provider.keys[0], Key("two")
        edge = self.edge({"policy": fetched(provider), "wait_for_keys": 5})
        old = one.bearer()
        self.assertEqual(edge.get("/orders/7", old).status, 200, "keys were waited for")
        self.assertEqual(edge.get("/orders/7", old).status, 200, "and it is known now")
        provider.keys = [two]
        begun = time.monotonic()
        new = two.bearer()
        answer = edge.get("/orders/7", new)
        self.assertEqual((answer.status, answer.json()["reason"], answer.json()["recovery"]), (401, "key_unknown", "wait"))
        while answer.status != 200 and time.monotonic() < begun + WINDOW + SLACK:
            self.wait(self.retry_after(answer))
            answer = edge.get("/orders/7", new)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertLess(time.monotonic() - begun, WINDOW + SLACK)
        self.assertEqual(edge.get("/orders/7", old).status, 401, "its key was withdrawn, known or not")
        self.assertEqual(len(provider.asked), 2)
        edge.until(lambda: edge.said().count("doorward: issuers.corp: keys loaded\n") == 2, "events in Envoy's log")

    def test_an_outage_costs_no_known_key_and_an_unknown_one_is_503(self):
        provider = self.provider("one")
        edge = self.edge({"policy": fetched(provider), "wait_for_keys": 5, "status_path": "/status"})
        provider.down = True
        good = provider.keys[0].bearer()
        begun = time.monotonic()
        answers = []
        # Sixty key ids, none twice, over somewhat more than a window.
        for number in range(60):
            stranger = Key("one")
            stranger.kid = f"kid-{number}"
            answers.append(edge.get("/orders/7", stranger.bearer()))
            self.assertEqual(edge.get("/orders/7", good).status, 200)
            time.sleep(max(0, begun + number * (WINDOW + 3) / 60 - time.monotonic()))
        self.assertLessEqual(len(provider.asked), 2 + (time.monotonic() - begun) // WINDOW)
        self.assertGreaterEqual(len(provider.asked), 2)
        self.assertEqual((answers[0].status, answers[0].json()["reason"]), (401, "key_unknown"))
        last = answers[-1]
        self.assertEqual((last.status, last.json()["outcome"]), (503, "unavailable"))
        self.assertEqual(last.json()["recovery"], "wait")
        self.assertLessEqual(self.retry_after(last), 600)
        fresh = provider.keys[0].bearer(jti="not known yet")
        self.assertEqual(edge.get("/orders/7", fresh).status, 200)
        edge.until(lambda: "[warning]" in edge.said() and "issuers.corp: keys not loaded: status: " in edge.said(), "event")
        page = edge.get("/status", provider.keys[0].bearer(scope="status:read"))
        self.assertIn("ATTENTION", page.body)
        grpc = edge.get("/orders/7", stranger.bearer(), ("Content-Type", "application/grpc"), method="POST", body=b"12345")
        self.assertEqual((grpc.status, grpc.all("grpc-status")), (200, ["14"]))
        self.retry_after(grpc)

    def test_keys_that_never_came_are_503_and_envoy_serves_what_needs_none(self):
        provider = self.provider("one")
        provider.down = True
        edge = self.edge({"policy": fetched(provider), "wait_for_keys": 1})
        self.assertIn("doorward: no keys yet: issuers.corp", edge.said())
        answer = edge.get("/orders/7", provider.keys[0].bearer())
        self.assertEqual(answer.status, 503, answer.body)
        self.retry_after(answer)
        self.assertEqual(edge.logged()[0]["details"], f"doorward_{answer.json()['reason']}")
        self.assertEqual(edge.get("/open/a").status, 200)
        self.assertEqual(edge.get("/orders/7").status, 401, "nobody needs a key to be told that a token is missing")


class Floods(Case):
    LIMIT = {"failures": 3, "per": "1h", "by": ["peer"]}

    def test_failures_of_one_peer_are_429_and_its_known_good_credential_passes(self):
        # As Envoy is configured by default, the last of `X-Forwarded-For` is the caller for it.
        edge = self.edge({"policy": policy(limit=self.LIMIT)})
        good = bearer()
        self.assertEqual(edge.get("/orders/7", good).status, 200)
        bad = lambda number: bearer(secret=b"another secret of thirty-two bytes", sub=f"guess-{number}")
        forged = lambda number: ("X-Forwarded-For", f"192.0.2.{number}")
        statuses = [edge.get("/orders/7", bad(number), forged(number)).status for number in range(6)]
        self.assertEqual(statuses, [401, 401, 401, 429, 429, 429], "whatever a caller says of where it is")
        answer = edge.get("/orders/7", bad(9))
        self.assertEqual((answer.status, answer.json()["outcome"]), (429, "throttled"))
        self.assertGreater(self.retry_after(answer), 60)
        self.assertEqual(edge.logged(8)[-1]["details"], f"doorward_{answer.json()['reason']}")
        self.assertEqual(edge.get("/orders/7", good).status, 200)
        grpc = edge.get("/forms", bad(9), ("Content-Type", "application/grpc"), method="POST", body=b"12345")
        self.assertEqual((grpc.status, grpc.all("grpc-status")), (200, ["8"]))
        self.retry_after(grpc)

    def test_behind_a_trusted_proxy_the_forwarded_peer_counts(self):
        trusted = policy(limit=self.LIMIT, trusted_proxies=["127.0.0.1"])
        edge = self.edge({"policy": trusted})
        bad = lambda peer: edge.get("/orders/7", bearer(exp=1), ("X-Forwarded-For", peer)).status
        self.assertEqual([bad("192.0.2.1") for _ in range(4)], [401, 401, 401, 429])
        self.assertEqual(bad("192.0.2.2"), 401)

    def test_behind_the_proxy_protocol_the_peer_is_whom_the_balancer_names(self):
        trusted = policy(limit=self.LIMIT, trusted_proxies=["127.0.0.1"])
        kind = "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"
        filters = [{"name": "proxy", "typed_config": any_of(kind)}]
        manager = lambda log: listener([doorward(struct({"policy": trusted}))], [DIRECT], log, use_remote_address=True)
        edge = Edge(lambda log: {**manager(log), "listener_filters": filters})
        self.addCleanup(edge.close)

        def status(peer, number):
            said = f"PROXY TCP4 {peer} 127.0.0.1 4711 80\r\nGET /orders/7 HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n"
            said += f"X-Forwarded-For: 198.51.100.{number}\r\nAuthorization: {bearer(exp=1)[1]}\r\n\r\n"
            return int(edge.raw(said.encode()).split()[1])

        self.assertEqual([status("192.0.2.1", number) for number in range(4)], [401, 401, 401, 429])
        self.assertEqual(status("192.0.2.2", 0), 401)

    def test_nobodys_failures_are_counted_where_nothing_is_decided(self):
        off = to("app", "/legacy/", typed_per_filter_config=of_route(struct({"disabled": True})))
        edge = self.edge({"policy": policy(limit=self.LIMIT)}, off)
        for _ in range(6):
            self.assertEqual(edge.get("/legacy/a", bearer(exp=1)).status, 200)
        self.assertEqual(edge.get("/orders/7", bearer(exp=1)).status, 401)


class Once(Case):
    def once(self):
        whole = policy()
        whole["issuers"]["corp"]["single_use"] = True
        return whole

    def test_a_token_that_is_taken_once_is_refused_the_second_time(self):
        edge = self.edge({"policy": self.once()})
        field = bearer(jti="ticket-1")
        self.assertEqual(edge.get("/orders/7", field).status, 200)
        answer = edge.get("/orders/7", field)
        self.assertEqual((answer.status, answer.json()["reason"]), (401, "token_replayed"))
        entry = edge.logged(2)[1]
        self.assertEqual((entry["details"], entry["metadata"]["signal"]), ("doorward_token_replayed", "attack"))
        self.assertEqual(edge.get("/orders/7", bearer(jti="ticket-2")).status, 200)

    def test_a_path_that_leads_to_another_route_of_the_same_policy_takes_a_token_once(self):
        config = struct({"policy": self.once()})
        edge = self.edge({"policy": self.once()}, to("app", "/orders/", typed_per_filter_config=of_route(config)))
        field = bearer(jti="ticket-1")
        self.assertEqual(edge.get("/open/../orders/7", field).status, 200)
        self.assertEqual(edge.get("/orders/7", field).status, 401, "and the route knows what the filter has taken")


class Status(Case):
    def test_the_policy_decides_who_is_told_what_is_trusted(self):
        provider = self.provider("one")
        one = provider.keys[0]
        edge = self.edge({"policy": fetched(provider), "wait_for_keys": 5, "status_path": "/status"})
        self.assertEqual(edge.get("/status").status, 401)
        self.assertEqual(edge.get("/status", one.bearer()).status, 403)
        operator = one.bearer(scope="status:read")
        page = edge.get("/status", operator)
        self.assertEqual((page.status, page.all("content-type")), (200, ["text/plain; charset=utf-8"]))
        self.assertEqual(page.all("cache-control"), ["no-store"])
        self.assertIn("corp", page.body)
        self.assertIn("one", page.body)
        whole = edge.get("/status?format=json", operator)
        self.assertEqual(whole.all("content-type"), ["application/json"])
        [issuer] = whole.json()["issuers"]
        self.assertEqual((issuer["name"], issuer["trust"], issuer["keys"][0]["kid"]), ("corp", "fresh", "one"))
        self.assertNotIn(operator[1][7:], page.body + whole.body)
        self.assertEqual(edge.get("/open/%2e%2e/status", operator).all("content-type"), ["text/plain; charset=utf-8"])
        self.assertEqual(edge.get("/status", operator, method="POST", body=b"").status, 403, "the policy names its methods")
        head = f"HEAD /status HTTP/1.1\r\nHost: edge\r\nAuthorization: {operator[1]}\r\nConnection: close\r\n\r\n"
        got = edge.raw(head.encode())
        self.assertTrue(got.startswith(b"HTTP/1.1 200 "), got)
        self.assertEqual(got.partition(b"\r\n\r\n")[2], b"")
        edge.clear_log()
        edge.get("/status", operator)
        self.assertEqual(edge.logged()[0]["details"], "doorward_status")

    def test_without_a_status_path_the_upstream_has_all_paths(self):
        whole = policy(routes=[{"path": "/status", "accept": "anyone"}], issuers={})
        edge = self.edge({"policy": whole})
        self.assertEqual(edge.get("/status").json()["upstream"], "app")

    def test_each_policy_tells_of_itself_alone(self):
        provider = self.provider("one")
        other = {"path": "/status", "accept": "anyone"}
        config = struct({"policy": {"routes": [other, {"path": "/a", "accept": "anyone"}]}, "status_path": "/status"})
        route = to("app", "/status", typed_per_filter_config=of_route(config))
        edge = self.edge({"policy": fetched(provider), "status_path": "/open/status"}, route)
        self.assertEqual(edge.get("/status?format=json").json()["issuers"], [])
        self.assertEqual(len(edge.get("/open/status?format=json").json()["issuers"]), 1)


class Configurations(Case):
    """A listener that Envoy reads from a file, and reads again when the file is replaced."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="doorward-lds-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.version = 0

    def replace(self, filters):
        """Has Envoy make all configurations anew."""
        self.version += 1
        whole = {**listener(filters, [to("app")], None), "metadata": {"filter_metadata": {"v": {"n": self.version}}}}
        content = {"version_info": str(self.version), "resources": [{**any_of(KIND), **whole}]}
        (self.folder / "next.json").write_text(json.dumps(content))
        os.replace(self.folder / "next.json", self.folder / "lds.json")

    def begin(self, filters):
        self.replace(filters)
        clusters = [cluster("app", self.upstream.port)]
        edge = Edge(clusters=clusters, lds=self.folder / "lds.json", concurrency=2, arguments=["--drain-time-s", "1"])
        self.addCleanup(edge.close)
        return edge

    def taken(self, edge):
        """Waits until Envoy has taken the latest configuration."""
        name = "listener_manager.lds.update_success"
        edge.until(lambda: edge.stats("lds.update").get(name, 0) >= self.version, "configuration")

    def status(self, edge, *fields):
        edge.find_port()
        return edge.get("/orders/7", *fields).status

    def test_a_new_configuration_keeps_the_keys_of_a_policy_during_an_outage(self):
        provider = self.provider("one")
        good = provider.keys[0].bearer()
        path = self.folder / "policy.json"
        path.write_text(json.dumps(fetched(provider)))
        for config in ({"policy": fetched(provider)}, {"policy_file": str(path)}):
            with self.subTest(config=list(config)):
                provider.down = False
                self.version = 0
                edge = self.begin([doorward(struct({**config, "wait_for_keys": 5}))])
                self.assertEqual(self.status(edge, good), 200)
                provider.down = True
                for turn in range(5):
                    self.replace([doorward(struct({**config, "stat_prefix": f"turn{turn}"}))])
                    self.taken(edge)
                    self.assertEqual(self.status(edge, good), 200)
                self.assertEqual(edge.threads(), 1)
                edge.close()

    def test_a_token_that_was_taken_is_known_to_the_next_configuration(self):
        whole = policy()
        whole["issuers"]["corp"]["single_use"] = True
        edge = self.begin([doorward(struct({"policy": whole}))])
        field = bearer(jti="ticket-1")
        self.assertEqual(self.status(edge, field), 200)
        self.replace([doorward(struct({"policy": whole, "stat_prefix": "next"}))])
        self.taken(edge)
        self.assertEqual(self.status(edge, field), 401)

    def test_a_changed_policy_file_is_followed_and_a_broken_one_is_not(self):
        provider = self.provider("one")
        good = provider.keys[0].bearer()
        path = self.folder / "policy.json"
        path.write_text(json.dumps(fetched(provider)))
        edge = self.begin([doorward(struct({"policy_file": str(path), "wait_for_keys": 5}))])
        self.assertEqual(self.status(edge, good), 200)
        strict = fetched(provider)
        strict["routes"][0]["scopes"] = ["orders:write"]
        path.write_text(json.dumps(strict))
        self.replace([doorward(struct({"policy_file": str(path)}))])
        edge.until(lambda: self.status(edge, good) == 403, "changed policy")
        path.write_text("{")
        self.replace([doorward(struct({"policy_file": str(path), "stat_prefix": "next"}))])
        edge.until(lambda: f"doorward: {path}:" in edge.said(), "refusal")
        self.assertEqual(self.status(edge, good), 403, "the last good one goes on")
        self.assertEqual(len(provider.asked), 1)

    def test_an_engine_that_no_configuration_names_ends_its_thread(self):
        providers = [self.provider("one") for _ in range(3)]
        edge = self.begin([doorward(struct({"policy": fetched(providers[0]), "wait_for_keys": 5}))])
        self.assertEqual(edge.threads(), 1)
        for provider in providers[1:]:
            self.replace([doorward(struct({"policy": fetched(provider), "wait_for_keys": 5}))])
            edge.until(lambda: self.status(edge, provider.keys[0].bearer()) == 200, "new keys")
        edge.until(lambda: edge.threads() == 1, "end of the threads of former policies")
        self.replace([doorward(struct({"policy": policy()}))])
        edge.until(lambda: edge.threads() == 0, "end of the last thread")
        self.assertEqual(self.status(edge, bearer()), 200)

    def test_envoy_goes_on_if_the_last_configuration_is_gone_during_a_fetch(self):
        provider = self.provider("one")
        provider.slow = 3
        edge = self.begin([doorward(struct({"policy": fetched(provider)}), do_not_close=False)])
        edge.until(lambda: provider.asked, "a fetch that takes a while")
        self.replace([])
        edge.until(lambda: self.status(edge) == 200, "end of the filter")
        edge.until(lambda: edge.threads() == 0, "end of the thread")
        time.sleep(3)
        self.assertEqual(self.status(edge), 200, edge.said())

    def test_envoy_that_only_validates_fetches_nothing(self):
        provider = self.provider("one")
        whole = listener([doorward(struct({"policy": fetched(provider), "wait_for_keys": 5}))], [to("app")], None)
        resources = {"listeners": [whole], "clusters": [cluster("app", self.upstream.port)]}
        path = self.folder / "envoy.json"
        path.write_text(json.dumps({"static_resources": resources}))
        environment = {**os.environ, "ENVOY_DYNAMIC_MODULES_SEARCH_PATH": str(MODULES)}
        command = [ENVOY, "--mode", "validate", "-c", str(path)]
        ended = subprocess.run(command, env=environment, capture_output=True, timeout=30, text=True)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertNotIn("envoy bug", ended.stderr)
        self.assertEqual(provider.asked, [])


if __name__ == "__main__":
    unittest.main()
