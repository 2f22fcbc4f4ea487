"""Measures what nginx and Envoy spend on a request with our module, with Envoy's own jwt_authn, and with nothing.

Usage: worker.py FOLDER, with the environment's DOORWARD_NGINX_MODULE, DOORWARD_ENVOY and DOORWARD_ENVOY_MODULES saying where
the modules are; a proxy whose variable is missing is left out. Answers as every program of benches/bindings does: first a
line of JSON with its rows, then for each line `ROW MILLISECONDS` on standard input a line with nanoseconds. Here they are
the CPU time of the proxy, all its threads together, for one request, while wrk asks on another core for that long, rounded
up to whole seconds.
"""

import atexit
import http.client
import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE = 30
SERVER_CORE = "0"
CLIENT_CORE = str(max(os.sched_getaffinity(0)))
CONNECTIONS = "16"


def free_port():
    """A port that was free a moment ago, for a server that cannot say which one it got."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, path, headers):
    """The status of a GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


class Door:
    """What stands in front of a listener: the policy of a suite, and the tokens that it is asked with, by their kind."""

    def __init__(self, suite, policy, tokens, remembers):
        self.suite, self.policy, self.tokens, self.remembers = suite, policy, tokens, remembers
        self.alg = suite["alg"]


def doors(folder, fixtures):
    """A door for each suite, and one that remembers for those whose repeats are measured, by names without spaces."""
    found = {}
    for suite in fixtures["suites"]:
        tokens = suite["tokens"]
        asked = {**tokens, "missing": None} if suite["alg"] == "HS256" else tokens
        found[suite["alg"]] = Door(suite, str(folder / suite["policy"]), asked, False)
        if suite["known_policy"]:
            again = {name: tokens[kind] for name, kind in fixtures["known"]}
            found[f"known-{suite['alg']}"] = Door(suite, str(folder / suite["known_policy"]), again, True)
    return found


class Server:
    """A process that is stopped with this one; `ports` are its listeners, by what stands in them."""

    def __init__(self, name, version, command, folder, environment):
        self.name, self.version, self.folder = name, version, folder
        self.log = folder / "output.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", SERVER_CORE, *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                cwd=folder,
            )
        atexit.register(self.stop)

    def stop(self):
        """Ends the process, by force if it does not go."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(PATIENCE)

    def until(self, condition):
        """Waits until something holds, which an error of the network does not."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if result := condition():
                    return result
            except (OSError, http.client.HTTPException, ValueError):
                pass
            time.sleep(0.02)
        sys.exit(f"{self.name} did not start:\n{self.log.read_text(errors='replace')}")

    def nanoseconds(self):
        """The CPU time of the process and of its children, with all their threads."""
        main = self.process.pid
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        total = 0
        for pid in [main, *children]:
            for thread in Path(f"/proc/{pid}/task").iterdir():
                total += int((thread / "schedstat").read_text().split()[0])
        return total


NGINX = """
load_module {module};
daemon off;
{user}
pid nginx.pid;
worker_processes 1;
error_log stderr crit;
events {{ worker_connections 512; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path temp;
    proxy_temp_path temp;
    fastcgi_temp_path temp;
    uwsgi_temp_path temp;
    scgi_temp_path temp;
    {servers}
}}
"""


def nginx(doors, fixtures):
    """nginx with one worker, and a server for each policy."""
    module = os.environ["DOORWARD_NGINX_MODULE"]
    home = Path(tempfile.mkdtemp(prefix="doorward-bench-nginx-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    ports, servers = {"nothing": free_port()}, []
    for name in doors:
        ports[name] = free_port()
    for name, port in ports.items():
        door = "off" if name == "nothing" else f"on; doorward_policy {doors[name].policy}"
        # Not `return`, which answers before anybody is asked who calls.
        servers.append(f"server {{ listen 127.0.0.1:{port}; doorward {door}; location / {{ empty_gif; }} }}")
    user = "user root;" if os.geteuid() == 0 else ""
    (home / "nginx.conf").write_text(NGINX.format(module=module, user=user, servers="\n    ".join(servers)))
    said = subprocess.run(["nginx", "-v"], capture_output=True, text=True, timeout=PATIENCE, check=True).stderr
    command = ["nginx", "-p", home, "-c", home / "nginx.conf", "-e", "stderr"]
    server = Server("nginx", said.rpartition("/")[2].strip(), command, home, {})
    server.until(lambda: ask(ports["nothing"], "/", {}) == 200)
    return server, {("nothing" if name == "nothing" else "doorward", name): port for name, port in ports.items()}


def any_of(kind, **members):
    """A message of a type, as Envoy's configuration wants it."""
    return {"@type": f"type.googleapis.com/{kind}", **members}


def envoy_filter(what, door, fixtures):
    """One HTTP filter that judges the tokens of a suite."""
    filters = "envoy.extensions.filters.http"
    if what == "doorward":
        config = any_of("google.protobuf.Struct", value={"policy_file": door.policy})
        module = {"name": "doorward", "do_not_close": True}
        kind = f"{filters}.dynamic_modules.v3.DynamicModuleFilter"
        typed = any_of(kind, dynamic_module_config=module, filter_name="doorward", filter_config=config)
    else:
        provider = {
            "issuer": fixtures["issuer"],
            "audiences": [fixtures["audience"]],
            "local_jwks": {"inline_string": json.dumps({"keys": [door.suite["jwk"]]})},
        }
        if door.remembers:
            provider["jwt_cache_config"] = {"jwt_cache_size": 1000}
        rule = {"match": {"prefix": "/"}, "requires": {"provider_name": "corp"}}
        kind = f"{filters}.jwt_authn.v3.JwtAuthentication"
        typed = any_of(kind, providers={"corp": provider}, rules=[rule])
    return {"name": what, "typed_config": typed}


def envoy_listener(name, http_filters):
    """A listener that answers everything by itself that its filters let through."""
    router = any_of("envoy.extensions.filters.http.router.v3.Router")
    answer = {"match": {"prefix": "/"}, "direct_response": {"status": 200, "body": {"inline_string": "well"}}}
    manager = any_of(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=name,
        http_filters=[*http_filters, {"name": "router", "typed_config": router}],
        route_config={"name": "all", "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [answer]}]},
    )
    return {
        "name": name,
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
        "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
    }


def envoy(doors, fixtures):
    """Envoy with one worker, and a listener for each filter and door."""
    home = Path(tempfile.mkdtemp(prefix="doorward-bench-envoy-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    listeners = [envoy_listener("nothing nothing", [])]
    for name, door in doors.items():
        for what in ("doorward", "jwt_authn"):
            listeners.append(envoy_listener(f"{what} {name}", [envoy_filter(what, door, fixtures)]))
    bootstrap = {
        "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}}},
        "static_resources": {"listeners": listeners},
    }
    (home / "envoy.json").write_text(json.dumps(bootstrap))
    program, admin = os.environ["DOORWARD_ENVOY"], home / "admin"
    command = [program, "-c", "envoy.json", "--admin-address-path", admin, "--disable-hot-restart"]
    command += ["--concurrency", "1", "--log-level", "error"]
    modules = {"ENVOY_DYNAMIC_MODULES_SEARCH_PATH": os.environ["DOORWARD_ENVOY_MODULES"]}
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
    version = re.search(r"/(\d+\.\d+\.\d+)/", said)
    server = Server("Envoy", version.group(1) if version else "?", command, home, modules)

    def ports():
        port = int(admin.read_text().rsplit(":", 1)[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/listeners?format=json")
        statuses = json.loads(connection.getresponse().read()).get("listener_statuses", [])
        connection.close()
        found = {
            tuple(one["name"].split()): one["local_address"]["socket_address"]["port_value"] for one in statuses
        }
        return found if len(found) == len(listeners) and all(found.values()) else None

    return server, server.until(ports)


class Row:
    """A server asked with one token at one of its listeners."""

    def __init__(self, server, port, what, alg, kind, url, token):
        self.server, self.port, self.url = server, port, url
        self.headers = {} if token is None else {"authorization": f"Bearer {token}"}
        self.about = {"library": f"{server.name}: {what}", "version": server.version, "alg": alg, "kind": kind}
        status = ask(port, url, self.headers)
        wanted = 200 if kind in ("valid", "known") or what == "nothing" else 401
        if status != wanted:
            key = "absent" if what == "jwt_authn" and kind == "valid" else "fault"
            self.about[key] = f"expected {wanted}, found {status}"

    def nanoseconds(self, milliseconds):
        """CPU time of the server for one request."""
        duration = f"{math.ceil(milliseconds / 1000)}s"
        command = ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{duration}"]
        for name, value in self.headers.items():
            command += ["-H", f"{name}: {value}"]
        command.append(f"http://127.0.0.1:{self.port}{self.url}")
        before = self.server.nanoseconds()
        limit = milliseconds / 1000 + PATIENCE
        said = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=True).stdout
        after = self.server.nanoseconds()
        requests = re.search(r"(\d+) requests in", said)
        if not requests or int(requests.group(1)) == 0:
            sys.exit(f"wrk counted nothing:\n{said}")
        return (after - before) / int(requests.group(1))


def main():
    """Starts what there is, describes the rows, and measures those that are asked for."""
    folder = Path(sys.argv[1]).resolve()
    fixtures = json.loads((folder / "fixtures.json").read_text())
    rows = []
    for variable, start in (("DOORWARD_NGINX_MODULE", nginx), ("DOORWARD_ENVOY", envoy)):
        if variable not in os.environ:
            continue
        behind = doors(folder, fixtures)
        server, ports = start(behind, fixtures)
        for (what, name), port in ports.items():
            if what == "nothing":
                # The field is read by nobody, but it has to be parsed.
                alg, tokens = "", {"valid": behind["RS256"].tokens["valid"], "missing": None}
            else:
                alg, tokens = behind[name].alg, behind[name].tokens
            for kind, token in tokens.items():
                rows.append(Row(server, port, what, alg, kind, fixtures["url"], token))
    print(json.dumps({"rows": [row.about for row in rows]}), flush=True)
    for line in sys.stdin:
        row, milliseconds = line.split()
        print(f"{rows[int(row)].nanoseconds(float(milliseconds)):.1f}", flush=True)


if __name__ == "__main__":
    main()
