"""What loads, what does not and says why, and what happens when a configuration is replaced."""

import json
import os
import pathlib
import shutil
import tempfile
import unittest

from edge import (
    ENVOY, MODULES, SECRET, Edge, Upstream, any_of, bearer, cluster, doorward, encode, issuer, listener, of_route, policy,
    struct, text, to,
)

OPEN = {"routes": [{"path": "/{*rest}", "accept": "anyone"}]}
DIRECT = {"match": {"prefix": "/"}, "direct_response": {"status": 204}}
GOOD = text(json.dumps({"policy": OPEN}))


def with_filter(config, *routes):
    return lambda log: listener([doorward(config)], [*routes, DIRECT], log)


class Configurations(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="doorward-policy-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def edge(self, *arguments, **more):
        edge = Edge(*arguments, **more)
        self.addCleanup(edge.close)
        return edge

    def refusal(self, config, *routes, **more):
        """What an Envoy says that does not start."""
        edge = self.edge(with_filter(config, *routes), wait=False, **more)
        said = edge.refused()
        edge.close()
        return said

    def write(self, name, content):
        (self.folder / name).write_text(content)
        return str(self.folder / name)

    def test_a_policy_file_is_loaded_with_the_keys_beside_it(self):
        self.write("keys.json", json.dumps({"keys": [{"kty": "oct", "alg": "HS256", "k": encode(SECRET)}]}))
        whole = {**policy(), "issuers": {"corp": {**issuer("https://idp.example"), "keys": {"file": "keys.json"}}}}
        whole["routes"] = [route for route in whole["routes"] if route["accept"] != ["forms"]]
        edge = self.edge(with_filter(struct({"policy_file": self.write("policy.json", json.dumps(whole))})))
        self.assertEqual(edge.get("/orders/7", bearer()).status, 204)
        self.assertEqual(edge.get("/orders/7").status, 401)

    def test_a_policy_stands_in_the_configuration_as_an_object_or_as_toml(self):
        toml = "realm = 'front'\n[[routes]]\npath = '/open'\naccept = 'anyone'\n"
        for config in (struct({"policy_toml": toml}), text(json.dumps({"policy_toml": toml}))):
            edge = self.edge(with_filter(config))
            self.assertEqual([edge.get(path).status for path in ("/open", "/other")], [204, 403])
            edge.close()

    def test_the_configuration_of_the_readme_works_as_it_stands(self):
        readme = (pathlib.Path(__file__).parent.parent / "README.md").read_text()
        yaml = readme.split("```yaml\n")[1].split("```")[0]
        self.assertIn("port_value: 8080", yaml)
        upstream = Upstream()
        self.addCleanup(upstream.close)
        yaml = yaml.replace("port_value: 8080", "port_value: 0").replace("port_value: 3000", f"port_value: {upstream.port}")
        edge = self.edge(yaml=yaml)
        self.assertEqual(edge.get("/healthz").status, 200)
        refused = edge.get("/v1/orders/7")
        self.assertEqual((refused.status, refused.all("www-authenticate")), (401, ['Bearer realm="orders"']))
        edge.until(lambda: "doorward_credential_missing" in edge.said(), "entry in the access log")

    def test_a_broken_policy_file_is_refused_with_file_line_and_column(self):
        path = self.write("policy.toml", "realm = 'orders'\n\n[[routes]]\npath = '/'\nacept = 'anyone'\n")
        said = self.refusal(struct({"policy_file": path}))
        self.assertIn(f"doorward: {path}:5:1: routes[0]: unknown key `acept`: did you mean `accept`?", said)

    def test_every_fault_of_a_policy_is_told(self):
        said = self.refusal(struct({"policy": {"relm": "a", "leeway": "soon", **OPEN}}))
        self.assertIn("doorward: unknown key `relm`: did you mean `realm`?\n", said)
        self.assertIn("doorward: leeway: ", said)

    def test_a_broken_configuration_is_refused(self):
        for config, fault in [
            (struct({"polcy": OPEN}), "filter_config: unknown key `polcy`: did you mean `policy`?"),
            (struct({}), "filter_config: expected one of `policy_file`, `policy` and `policy_toml`"),
            (struct({"policy": OPEN, "identity": "all"}), "filter_config.identity: expected `both`, "),
            # Where the policy takes tokens from forms, a second one in a form must be seen.
            (struct({"policy": policy(), "body": False}), "filter_config: unknown key `body`"),
            (struct({"policy_file": "/nowhere.toml"}), "/nowhere.toml: no such file"),
            (text("{"), "filter_config: expected a JSON object: "),
            (struct({"policy": {**OPEN, "issuers": {"corp": {**issuer("a"), "keys": {"file": "k.json"}}}}}),
             "expected an absolute path, since this policy is in no folder, found `k.json`"),
        ]:
            with self.subTest(fault=fault):
                self.assertIn("doorward: ", said := self.refusal(config))
                self.assertIn(fault, said)

    def test_a_broken_configuration_of_a_route_is_refused(self):
        for config, fault in [
            ({"disabled": True, "policy": OPEN}, "a route with a policy cannot be `disabled`"),
            ({"body": True}, "filter_config: unknown key `body`"),
            ({}, "filter_config: expected one of "),
        ]:
            route = {**DIRECT, "typed_per_filter_config": of_route(struct(config))}
            with self.subTest(fault=fault):
                self.assertIn(fault, self.refusal(GOOD, route))

    def test_a_doubtful_policy_loads_and_is_warned_of(self):
        doubtful = {"routes": [{"path": "/", "methods": ["get"], "accept": "anyone"}]}
        edge = self.edge(with_filter(struct({"policy": doubtful})))
        self.assertIn("doorward: routes[0].methods: `get` is not `GET`: methods have a case", edge.said())

    def test_an_envoy_with_another_abi_does_not_get_the_module(self):
        other = self.folder / "envoy"
        program = pathlib.Path(ENVOY).read_bytes()
        self.assertEqual(program.count(b"\0v0.2.0\0"), 1, "where Envoy keeps the version of its ABI")
        other.write_bytes(program.replace(b"\0v0.2.0\0", b"\0v0.3.0\0"))
        other.chmod(0o755)
        said = self.refusal(GOOD, envoy=other)
        self.assertIn("doorward: this module was built for Envoy's dynamic module ABI v0.2.0", said)
        self.assertIn("envoy_dynamic_module_on_program_init returned null", said)

    def test_a_module_that_needs_what_envoy_lacks_does_not_load(self):
        modules = self.folder / "modules"
        modules.mkdir()
        name = b"envoy_dynamic_module_callback_http_clear_route_cache\0"
        library = (pathlib.Path(MODULES) / "libdoorward.so").read_bytes()
        self.assertIn(name, library)
        (modules / "libdoorward.so").write_bytes(library.replace(name, name.replace(b"_cache", b"_crate")))
        self.assertIn("undefined symbol: envoy_dynamic_module_callback_http_clear_route_crate", self.refusal(GOOD, modules=modules))


class Replacement(unittest.TestCase):
    """A listener that Envoy reads from a file, and reads again when the file is replaced."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="doorward-lds-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.log = str(self.folder / "access.log")
        self.replace({"policy": OPEN}, 1)
        clusters = [cluster("app", self.upstream.port)]
        self.edge = Edge(clusters=clusters, lds=self.folder / "lds.json", concurrency=2)
        self.addCleanup(self.edge.close)

    def replace(self, config, version):
        whole = listener([doorward(struct(config))], [to("app")], self.log)
        resource = {**any_of("envoy.config.listener.v3.Listener"), **whole}
        (self.folder / "next.json").write_text(json.dumps({"version_info": str(version), "resources": [resource]}))
        os.replace(self.folder / "next.json", self.folder / "lds.json")

    def status(self, path, *fields):
        self.edge.find_port()
        return self.edge.get(path, *fields).status

    def test_a_new_policy_takes_over_and_a_broken_one_does_not(self):
        self.assertEqual(self.status("/orders/7"), 200)
        self.replace({"policy": policy()}, 2)
        self.edge.until(lambda: self.status("/orders/7") == 401, "new policy")
        self.assertEqual(self.status("/orders/7", bearer()), 200)
        self.replace({"policy": {**OPEN, "relm": "a"}}, 3)
        self.edge.until(lambda: "did you mean `realm`?" in self.edge.said(), "refusal of the broken policy")
        self.assertEqual(self.status("/orders/7"), 401, "the last good policy goes on")
        self.replace({"policy": OPEN}, 4)
        self.edge.until(lambda: self.status("/orders/7") == 200, "policy after the broken one")

    def test_a_stream_ends_under_the_policy_that_it_began_with(self):
        connection = self.edge.connect()
        self.assertEqual(self.edge.get("/orders/7", connection=connection).status, 200)
        for version in range(2, 42):
            self.replace({"policy": policy() if version % 2 else OPEN}, version)
            for _ in range(5):
                self.assertIn(self.edge.get("/orders/7", connection=connection).status, (200, 401))
        connection.close()
        self.replace({"policy": policy()}, 99)
        self.edge.until(lambda: self.status("/orders/7") == 401, "last policy")


if __name__ == "__main__":
    unittest.main()
