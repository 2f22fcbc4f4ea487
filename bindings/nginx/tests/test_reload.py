"""Policies: loaded once, refused with their own messages, replaced by a reload, kept when the new one is broken."""

import unittest

from server import POLICY, Nginx, Running
from tokens import bearer

SERVER = """
server {
    listen PORT;
    doorward on;
    doorward_policy conf/policy.toml;
    location / { proxy_pass http://UPSTREAM; }
}
"""

BROKEN = POLICY.replace('accept = "anyone"', 'accept = "nobody-there"').replace("realm =", "raelm =")


class Reloads(Running):
    HTTP = SERVER
    POLICIES = {"conf/policy.toml": POLICY}
    WORKERS = 3

    def setUp(self):
        self.nginx.write("conf/policy.toml", POLICY)
        self.nginx.reload()

    def test_a_new_policy_is_in_force_after_a_reload(self):
        self.assertEqual(self.send("GET", "/new", bearer()).status, 403)
        self.nginx.write("conf/policy.toml", POLICY + '[[routes]]\npath = "/new"\naccept = ["corp"]\n')
        self.assertEqual(self.send("GET", "/new", bearer()).status, 403, "nobody asked for it yet")
        self.nginx.reload()
        for _ in range(10):
            self.assertEqual(self.send("GET", "/new", bearer()).status, 200)

    def test_a_broken_policy_leaves_the_old_one_in_force(self):
        workers = self.nginx.worker_ids()
        before = len(self.nginx.errors())
        self.nginx.write("conf/policy.toml", BROKEN)
        self.nginx.reload()
        news = self.nginx.errors()[before:]
        self.assertIn("policy.toml:2:1: ", news)
        self.assertIn("raelm", news)
        self.assertEqual(self.nginx.worker_ids(), workers)
        for _ in range(10):
            self.assertEqual(self.send("GET", "/orders/1", bearer()).status, 200)
            self.assertEqual(self.send("GET", "/orders/1").status, 401)
        # And a repaired one is taken afterwards.
        self.nginx.write("conf/policy.toml", POLICY + '[[routes]]\npath = "/repaired"\naccept = "anyone"\n')
        self.nginx.reload()
        self.assertEqual(self.send("GET", "/repaired").status, 200)

    def test_requests_go_on_during_reloads(self):
        for _ in range(5):
            self.nginx.reload()
            for _ in range(5):
                self.assertEqual(self.send("GET", "/orders/1", bearer()).status, 200)
        self.assertNotIn("[alert]", self.nginx.errors())


class Configurations(unittest.TestCase):
    """What `nginx -t` says."""

    def check(self, http: str, **policies: str) -> tuple[bool, str]:
        named = {f"{name}.toml": text for name, text in policies.items()} or {"policy.toml": POLICY}
        nginx = Nginx(http, named)
        self.addCleanup(nginx.stop)
        run = nginx.check()
        return run.returncode == 0, run.stderr.replace(str(nginx.folder) + "/", "")

    def test_a_good_one_is_good(self):
        good, said = self.check(SERVER.replace("conf/", ""))
        self.assertTrue(good, said)
        self.assertNotIn("[warn]", said)

    def test_faults_have_file_line_and_column(self):
        good, said = self.check(SERVER.replace("conf/", ""), policy=BROKEN)
        self.assertFalse(good)
        self.assertRegex(said, r"\[emerg\] .*doorward: policy\.toml:2:1: unknown key `raelm`.* in nginx\.conf:\d+\n")

    def test_every_fault_has_a_line_of_its_own(self):
        broken = POLICY.replace('accept = "anyone"', 'accept = "nobody-there"').replace(
            'scopes = ["admin"]', "scopes = 7"
        )
        good, said = self.check(SERVER.replace("conf/", ""), policy=broken)
        self.assertFalse(good)
        self.assertRegex(said, r"\[emerg\] .*doorward: policy\.toml:\d+:\d+: routes\[2\]\.scopes: ")
        self.assertRegex(said, r"\[emerg\] .*doorward: policy\.toml:\d+:\d+: routes\[3\]\.accept: ")

    def test_a_missing_file_is_named(self):
        good, said = self.check(SERVER)
        self.assertFalse(good)
        self.assertRegex(said, r"doorward: conf/policy\.toml: no such file.*nginx\.conf:\d+")

    def test_on_without_a_policy_is_an_error_that_names_its_line(self):
        for http in (
            "server { listen PORT; doorward on; }",
            "server { listen PORT; location / { doorward on; } }",
            "doorward on; server { listen PORT; }",
            "server { listen PORT; doorward on; location / { doorward_policy policy.toml; } }",
        ):
            good, said = self.check(http)
            self.assertFalse(good, http)
            self.assertRegex(said, r'"doorward on" in nginx\.conf:\d+ is in force where no policy is', http)

    def test_off_needs_no_policy(self):
        good, said = self.check("server { listen PORT; doorward off; location / { doorward off; } }")
        self.assertTrue(good, said)

    def test_twice_in_one_place_is_an_error(self):
        good, said = self.check("server { listen PORT; doorward_policy policy.toml; doorward_policy policy.toml; }")
        self.assertFalse(good)
        self.assertIn('"doorward_policy" directive is duplicate', said)

    def test_a_file_is_loaded_once_for_all_its_places(self):
        warned = POLICY.replace('methods = ["GET", "HEAD", "POST"]', 'methods = ["get"]')
        places = "doorward_policy policy.toml; doorward on;"
        good, said = self.check(f"{places} server {{ listen PORT; {places} location / {{ {places} }} }}", policy=warned)
        self.assertTrue(good, said)
        self.assertEqual(said.count("methods have a case"), 1, said)

    def test_the_module_alone_changes_nothing(self):
        good, said = self.check("server { listen PORT; }")
        self.assertTrue(good, said)
