"""What the filter costs: CPU time of Envoy for one request, without it, with it, and with Envoy's own `jwt_authn`.

Needs `wrk` and `openssl`. One worker of Envoy on the first core, `wrk` on the last, no upstream.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from edge import AUDIENCE, FILTERS, ISSUER, Edge, any_of, doorward, encode, listener, struct

DIRECT = {"match": {"prefix": "/"}, "direct_response": {"status": 204}}
CORES = sorted(os.sched_getaffinity(0))

#: How long each kind of request is sent in a round, and how many rounds there are.
SECONDS = os.environ.get("SECONDS_EACH", "1")
ROUNDS = int(os.environ.get("ROUNDS", "10"))


def openssl(*arguments, given=None):
    return subprocess.run(["openssl", *arguments], input=given, check=True, capture_output=True).stdout


def integer(der, at):
    """The INTEGER at a place of a DER text, and the place behind it."""
    length = der[at + 1]
    return int.from_bytes(der[at + 2 : at + 2 + length], "big"), at + 2 + length


class Key:
    """A key of openssl's: signs tokens and shows itself as a JWK."""

    def __init__(self, algorithm, folder):
        self.algorithm = algorithm
        self.file = str(folder / f"{algorithm}.pem")
        kind = {"RS256": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "ES256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}
        openssl("genpkey", "-algorithm", *kind[algorithm], "-out", self.file)

    def jwk(self):
        common = {"kid": "one", "alg": self.algorithm, "use": "sig"}
        if self.algorithm == "RS256":
            modulus = openssl("rsa", "-in", self.file, "-noout", "-modulus").decode().strip().split("=")[1]
            return {"kty": "RSA", "n": encode(bytes.fromhex(modulus)), "e": "AQAB", **common}
        point = openssl("pkey", "-in", self.file, "-pubout", "-outform", "DER")[-64:]
        return {"kty": "EC", "crv": "P-256", "x": encode(point[:32]), "y": encode(point[32:]), **common}

    def token(self, **claims):
        now = int(time.time())
        claims = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": "svc-7", "iat": now, "exp": now + 3000, "jti": "4f1c" * 8,
            "client_id": "svc-7", "scope": "orders:read orders:write", "department": "sales", **claims,
        }
        head = {"alg": self.algorithm, "typ": "at+jwt", "kid": "one"}
        signed = f"{encode(json.dumps(head).encode())}.{encode(json.dumps(claims).encode())}"
        signature = openssl("dgst", "-sha256", "-sign", self.file, given=signed.encode())
        if self.algorithm == "ES256":
            r, at = integer(signature, 2)
            s, _ = integer(signature, at)
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return f"{signed}.{encode(signature)}"


def ours(key):
    issuer = {
        "profile": "rfc9068", "issuer": ISSUER, "audience": [AUDIENCE], "algorithms": [key.algorithm],
        "keys": {"inline": {"keys": [key.jwk()]}},
    }
    routes = [
        {"path": "/v1/orders/{id}", "methods": ["GET"], "accept": ["corp"], "scopes": ["orders:read"]},
        {"path": "/open", "accept": "anyone"},
    ]
    return {"realm": "orders", "issuers": {"corp": issuer}, "routes": routes}


def jwt_authn(key):
    provider = {
        "issuer": ISSUER, "audiences": [AUDIENCE], "payload_in_metadata": "claims",
        "local_jwks": {"inline_string": json.dumps({"keys": [key.jwk()]})},
    }
    rules = [{"match": {"prefix": "/v1/"}, "requires": {"provider_name": "corp"}}]
    typed = any_of(f"{FILTERS}.jwt_authn.v3.JwtAuthentication", providers={"corp": provider}, rules=rules)
    return {"name": "jwt_authn", "typed_config": typed}


def cpu(process):
    """Time that the threads of a process have spent on a core so far, in seconds."""
    threads = pathlib.Path(f"/proc/{process.pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


class Subject:
    """An Envoy with some filters, on the first core, and the least CPU time that each kind of request took it."""

    def __init__(self, name, filters):
        self.name = name
        self.least = {}
        self.edge = Edge(lambda _: listener(filters, [DIRECT], None), concurrency=1)
        pin = ["taskset", "-a", "-cp", str(CORES[0]), str(self.edge.process.pid)]
        subprocess.run(pin, check=True, capture_output=True)

    def round(self, requests):
        for name, path, token in requests:
            command = ["taskset", "-c", str(CORES[-1]), "wrk", "-t1", "-c8", f"-d{SECONDS}s"]
            command += ["-H", f"Authorization: Bearer {token}"] if token else []
            before = cpu(self.edge.process)
            target = f"http://127.0.0.1:{self.edge.port}{path}"
            said = subprocess.run([*command, target], check=True, capture_output=True, text=True).stdout
            count = int(re.search(r"(\d+) requests in", said)[1])
            if count > 1000:  # fewer are a machine that was busy with something else
                spent = (cpu(self.edge.process) - before) / count * 1e6
                self.least[name] = min(self.least.get(name, spent), spent)


def table(key):
    """All subjects in turn, round after round: whatever else the machine does falls on each alike."""
    path = "/v1/orders/7"
    requests = [
        ("let in", path, key.token()),
        ("expired", path, key.token(exp=1_000_000_000)),
        ("no token", path, None),
        ("open", "/open", None),
    ]
    config = {"policy": ours(key)}
    filters = {
        "no filter": [],
        "doorward": [doorward(struct(config))],
        "doorward, identity headers": [doorward(struct({**config, "identity": "headers"}))],
        "jwt_authn": [jwt_authn(key)],
    }
    subjects = []
    try:
        subjects.extend(Subject(name, one) for name, one in filters.items())
        for _ in range(ROUNDS):
            for subject in subjects:
                subject.round(requests)
    finally:
        for subject in subjects:
            subject.edge.close()
    print(f"{key.algorithm + ', CPU us a request':28}" + "".join(f"{name:>10}" for name, _, _ in requests))
    base = subjects[0].least
    for subject in subjects:
        print(f"{subject.name:28}" + "".join(f"{value:10.1f}" for value in subject.least.values()))
        if subject is not subjects[0]:
            added = (value - base[name] for name, value in subject.least.items())
            print(f"{'  adds':28}" + "".join(f"{value:10.1f}" for value in added), flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for algorithm in sys.argv[1:] or ["RS256", "ES256"]:
            table(Key(algorithm, pathlib.Path(folder)))


if __name__ == "__main__":
    main()
