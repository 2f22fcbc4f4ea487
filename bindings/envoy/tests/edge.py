"""A real Envoy with the filter, an upstream that tells what it got, and tokens: what the tests stand on."""

import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time

ENVOY = os.environ["DOORWARD_ENVOY"]
MODULES = os.environ["DOORWARD_ENVOY_MODULES"]

#: Longer than Envoy takes to start on a busy machine, in seconds.
PATIENCE = 30

SECRET = b"a secret of thirty-two bytes, and then some"
ISSUER = "https://idp.example"
FORMS_ISSUER = "https://forms.example"
AUDIENCE = "https://api.example"


def encode(data):
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(secret=SECRET, **claims):
    """An HS256 token that is good for five minutes, but for the claims that are given; `None` leaves one out."""
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "svc-7", "iat": now, "exp": now + 300, "scope": "orders:read"}
    whole = {name: value for name, value in {**whole, **claims}.items() if value is not None}
    head = encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    signed = f"{head}.{encode(json.dumps(whole).encode())}"
    return f"{signed}.{encode(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def bearer(**claims):
    """The field that presents a token."""
    return ("Authorization", f"Bearer {token(**claims)}")


def issuer(name, **more):
    """An issuer of HS256 tokens."""
    keys = {"inline": {"kty": "oct", "alg": "HS256", "k": encode(SECRET)}}
    return {"profile": "jwt", "issuer": name, "audience": [AUDIENCE], "algorithms": ["HS256"], "keys": keys, **more}


def policy(**more):
    """The policy of the tests."""
    return {
        "realm": "orders",
        "disclosure": "reason",
        "issuers": {"corp": issuer(ISSUER), "forms": issuer(FORMS_ISSUER, token_in=["header", "query", "form"])},
        "routes": [
            {"path": "/orders/{id}", "methods": ["GET", "HEAD"], "accept": ["corp"], "scopes": ["orders:read"]},
            {"path": "/admin/{*rest}", "accept": ["corp"], "scopes": ["admin"]},
            {"path": "/forms", "accept": ["forms"]},
            {"path": "/hidden", "accept": ["corp"], "hidden": True},
            {"path": "/open/{*rest}", "accept": "anyone"},
            {"path": "/legacy/{*rest}", "accept": ["corp"]},
        ],
        **more,
    }


class Upstream:
    """A server that answers each request with what it got, as JSON."""

    def __init__(self, name="app"):
        upstream = self
        self.name = name

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def echo(self):
                body, trailers = self.content()
                got = {
                    "upstream": upstream.name,
                    "method": self.command,
                    "path": self.path,
                    "headers": [[name.lower(), value] for name, value in self.headers.items()],
                    "body": body.decode(errors="replace"),
                    "trailers": trailers,
                }
                body = json.dumps(got).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.send_header("cache-control", "max-age=60")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def content(self):
                """The body, and the trailers as pairs."""
                if self.headers.get("transfer-encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("content-length") or 0)), []
                body = b""
                while length := int(self.rfile.readline(), 16):
                    body += self.rfile.read(length)
                    self.rfile.readline()
                trailers = http.client.parse_headers(self.rfile).items()
                return body, [[name.lower(), value] for name, value in trailers]

            do_GET = do_HEAD = do_POST = do_PUT = do_OPTIONS = echo

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def cluster(name, port, trailers=False):
    """A cluster of one upstream on loopback, which may be sent trailers."""
    endpoint = {"address": {"socket_address": {"address": "127.0.0.1", "port_value": port}}}
    options = any_of(
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config={"http_protocol_options": {"enable_trailers": trailers}},
    )
    return {
        "name": name,
        "connect_timeout": "5s",
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": endpoint}]}]},
    }


def any_of(kind, **members):
    """A message of a type, as Envoy's configuration wants it."""
    return {"@type": f"type.googleapis.com/{kind}", **members}


def struct(value):
    """A JSON object as the filter's configuration."""
    return any_of("google.protobuf.Struct", value=value)


def text(value):
    """A text as the filter's configuration."""
    return any_of("google.protobuf.StringValue", value=value)


MODULE = {"name": "doorward", "do_not_close": True}
FILTERS = "envoy.extensions.filters.http"


def doorward(config, **module):
    """The filter with a configuration."""
    kind = f"{FILTERS}.dynamic_modules.v3.DynamicModuleFilter"
    typed = any_of(kind, dynamic_module_config={**MODULE, **module}, filter_name="doorward", filter_config=config)
    return {"name": "doorward", "typed_config": typed}


def of_route(config):
    """The configuration of the filter for one route."""
    kind = f"{FILTERS}.dynamic_modules.v3.DynamicModuleFilterPerRoute"
    typed = any_of(kind, dynamic_module_config=MODULE, per_route_config_name="doorward", filter_config=config)
    return {"doorward": typed}


ROUTER = {"name": "router", "typed_config": any_of(f"{FILTERS}.router.v3.Router")}

LOG_FORMAT = {
    "status": "%RESPONSE_CODE%",
    "details": "%RESPONSE_CODE_DETAILS%",
    "path": "%REQ(:PATH)%",
    "outcome": "%DYNAMIC_METADATA(doorward:outcome)%",
    "metadata": "%DYNAMIC_METADATA(doorward)%",
}


def listener(filters, routes, log, **manager):
    """A listener with an access log of one JSON object per line, or without a log."""
    file_log = any_of("envoy.extensions.access_loggers.file.v3.FileAccessLog", path=log, log_format={"json_format": LOG_FORMAT})
    typed = any_of(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="edge",
        access_log=[{"name": "file", "typed_config": file_log}] if log else [],
        http_filters=[*filters, ROUTER],
        route_config={"name": "all", "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
        **manager,
    )
    return {
        "name": "edge",
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
        "filter_chains": [{"filters": [{"name": "http", "typed_config": typed}]}],
    }


def to(name, prefix="/", **more):
    """A route to a cluster."""
    return {"match": {"prefix": prefix}, "route": {"cluster": name}, **more}


class Answer:
    """An HTTP response: `status`, `headers` as pairs in order, `body` as text."""

    def __init__(self, response, body):
        self.status = response.status
        self.headers = [(name.lower(), value) for name, value in response.getheaders()]
        self.body = body.decode()

    def all(self, name):
        return [value for known, value in self.headers if known == name]

    def upstream(self, name):
        """The values that the upstream got under this name."""
        return [value for known, value in json.loads(self.body)["headers"] if known == name]

    def json(self):
        return json.loads(self.body)


class Edge:
    """Envoy in a process of its own, with one listener; stopped when it is closed."""

    def __init__(
        self, listener_config=None, clusters=(), concurrency=1, lds=None, modules=MODULES, envoy=ENVOY, yaml=None, wait=True,
        arguments=(),
    ):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="doorward-envoy-"))
        self.log = self.folder / "access.log"
        self.output = self.folder / "output.log"
        admin = {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}}}
        resources = {"clusters": list(clusters)}
        bootstrap = {"admin": admin, "static_resources": resources}
        if lds:
            bootstrap["node"] = {"id": "edge", "cluster": "edge"}
            source = {"path_config_source": {"path": str(lds)}, "resource_api_version": "V3"}
            bootstrap["dynamic_resources"] = {"lds_config": source}
        elif not yaml:
            resources["listeners"] = [listener_config(str(self.log))]
        # What is JSON is YAML.
        config = self.folder / "envoy.yaml"
        config.write_text(f"admin: {json.dumps(admin)}\n{yaml}" if yaml else json.dumps(bootstrap))
        address = self.folder / "admin"
        command = [envoy, "-c", config, "--admin-address-path", address, "--disable-hot-restart"]
        command += ["--concurrency", str(concurrency), "--log-level", "warning", "--file-flush-interval-msec", "20"]
        command += ["--component-log-level", "dynamic_modules:info", *arguments]
        environment = {**os.environ, "ENVOY_DYNAMIC_MODULES_SEARCH_PATH": str(modules)}
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=self.folder,
            )
        self.port = self.admin_port = None
        if wait:
            try:
                self.until(lambda: address.exists() and address.read_text().strip(), "the admin's address")
                self.admin_port = int(address.read_text().rsplit(":", 1)[1])
                self.until(lambda: self.admin("/ready")[0] == 200, "readiness")
                self.until(self.find_port, "the listener")
            except BaseException:
                self.close()
                raise

    def find_port(self):
        statuses = json.loads(self.admin("/listeners?format=json")[1]).get("listener_statuses", [])
        for status in statuses:
            self.port = status["local_address"]["socket_address"]["port_value"]
        return self.port

    def until(self, condition, what):
        """Waits until something holds; an Envoy that ended or took too long is a failure with its output."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"Envoy ended with {self.process.returncode}:\n{self.said()}")
            try:
                if result := condition():
                    return result
            except (OSError, http.client.HTTPException, ValueError):
                pass
            time.sleep(0.02)
        raise AssertionError(f"no {what} in {PATIENCE} s:\n{self.said()}")

    def said(self):
        return self.output.read_text(errors="replace")

    def refused(self):
        """Waits until Envoy has ended by itself, and gives what it said."""
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"Envoy did not end:\n{self.said()}") from None
        assert code != 0, f"Envoy ended well:\n{self.said()}"
        return self.said()

    def admin(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def stats(self, part="doorward"):
        """Counters whose name holds `part`, without the ones that are 0."""
        counters = json.loads(self.admin(f"/stats?format=json&filter={part}")[1])["stats"]
        return {one["name"]: one["value"] for one in counters if one.get("value")}

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def get(self, path, *fields, method="GET", body=None, connection=None):
        """Sends one request with exactly these fields."""
        own = connection or self.connect()
        try:
            own.putrequest(method, path, skip_accept_encoding=True)
            for name, value in fields:
                own.putheader(name, value)
            if body is not None:
                own.putheader("Content-Length", str(len(body)))
            own.endheaders(body)
            response = own.getresponse()
            return Answer(response, response.read())
        finally:
            if not connection:
                own.close()

    def raw(self, data):
        """Sends bytes, and gives everything that comes until the connection ends or is silent for a second."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(data)
            connection.settimeout(1)
            got = b""
            try:
                while piece := connection.recv(65536):
                    got += piece
            except TimeoutError:
                pass
            return got

    def logged(self, count=1):
        """The last `count` entries of the access log, once there are so many."""
        def entries():
            lines = self.log.read_text().splitlines()
            return [json.loads(line) for line in lines[-count:]] if len(lines) >= count else None

        return self.until(entries, f"{count} entries in the access log")

    def clear_log(self):
        """Forgets what was logged so far."""
        time.sleep(0.1)
        if self.log.exists():
            os.truncate(self.log, 0)

    def threads(self, name="doorward-keys"):
        """How many threads of Envoy's process have this name."""
        count = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                count += (task / "comm").read_text().strip() == name
            except OSError:
                pass  # it ended meanwhile
        return count

    def allocated(self):
        """The bytes that Envoy and the module, which share an allocator, hold just now."""
        return int(json.loads(self.admin("/memory")[1])["allocated"])

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
