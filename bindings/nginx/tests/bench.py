"""What a decision costs in nginx: CPU time of the worker per request, with wrk as the client.

`bench.py MODULE [SECONDS]`. Loopback, one worker, keep-alive, a GIF of 43 bytes as content; the rows take turns, and the
best of three runs counts. Time of the worker is read from /proc, so that wrk on the other core does not count.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.dont_write_bytecode = True  # the folder is kept as it is
sys.path.insert(0, str(HERE))
os.environ["DOORWARD_NGINX_MODULE"] = str(Path(sys.argv[1]).resolve())

import server  # noqa: E402  (reads the module's name when it is loaded)
import tokens  # noqa: E402

RUNS = 3
TICK = os.sysconf("SC_CLK_TCK")


def openssl(*arguments: str, data: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def rsa(folder: Path) -> tuple[dict, str]:
    """A key and a token for it: the standard library cannot sign with RSA."""
    key = folder / "rsa.pem"
    openssl("genrsa", "-out", str(key), "2048")
    modulus = openssl("rsa", "-in", str(key), "-noout", "-modulus").decode().strip().removeprefix("Modulus=")
    jwk = {"kty": "RSA", "n": tokens.base64url(bytes.fromhex(modulus)), "e": "AQAB", "kid": "rsa", "alg": "RS256"}
    return jwk, signed({"alg": "RS256", "kid": "rsa", "typ": "JWT"}, "https://rsa.example", key, lambda raw: raw)


def ecdsa(folder: Path) -> tuple[dict, str]:
    key = folder / "ec.pem"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(key))
    point = openssl("ec", "-in", str(key), "-pubout", "-outform", "DER")[-64:]
    x, y = tokens.base64url(point[:32]), tokens.base64url(point[32:])
    jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "ec", "alg": "ES256"}
    return jwk, signed({"alg": "ES256", "kid": "ec", "typ": "JWT"}, "https://ec.example", key, fixed_width)


def fixed_width(der: bytes) -> bytes:
    """The two integers of an ECDSA signature, as JWS wants them."""
    first = der[4 : 4 + der[3]]
    second = der[6 + der[3] :]
    return b"".join(number.lstrip(b"\0").rjust(32, b"\0") for number in (first, second))


def signed(header: dict, issuer: str, key: Path, convert) -> str:
    claims = {"iss": issuer, "aud": tokens.AUDIENCE, "sub": "svc-a", "exp": int(time.time()) + 86_400, "scope": "a b"}
    text = ".".join(tokens.base64url(json.dumps(part).encode()) for part in (header, claims))
    raw = openssl("dgst", "-sha256", "-sign", str(key), data=text.encode())
    return text + "." + tokens.base64url(convert(raw))


def policy(rsa_key: dict, ec_key: dict) -> str:
    def public(name: str, algorithm: str, key: dict) -> dict:
        return {
            "profile": "jwt",
            "issuer": f"https://{name}.example",
            "audience": [tokens.AUDIENCE],
            "algorithms": [algorithm],
            "keys": {"inline": key},
        }

    secret = {"kty": "oct", "k": tokens.base64url(tokens.SECRET)}
    hmac = {**public("hmac", "HS256", secret), "issuer": tokens.ISSUER}
    return json.dumps(
        {
            "issuers": {
                "rsa": public("rsa", "RS256", rsa_key),
                "ec": public("ec", "ES256", ec_key),
                "hmac": hmac,
            },
            "routes": [
                {"path": "/orders/{id}", "accept": ["rsa", "ec", "hmac"]},
                {"path": "/open", "accept": "anyone"},
            ],
        }
    )


HTTP = """
access_log off;
keepalive_requests 100000000;
doorward_policy policy.json;
server {
    listen PORT;
    location / { doorward on; empty_gif; }
    location /off/ { empty_gif; }
    location /basic/ { allow 127.0.0.0/8; deny all; empty_gif; }
}
"""


def cpu(worker: int) -> float:
    fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def measure(nginx: server.Nginx, target: str, headers: list[str], seconds: float) -> tuple[float, float]:
    """Microseconds of the worker's CPU per request, and requests per second."""
    worker = nginx.worker_ids()[0]
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s"]
    for header in headers:
        command += ["-H", header]
    before = cpu(worker)
    run = subprocess.run(
        [*command, f"http://127.0.0.1:{nginx.port}{target}"], capture_output=True, text=True, timeout=seconds + 30, check=True
    )
    spent = cpu(worker) - before
    requests = int(re.search(r"(\d+) requests in", run.stdout).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", run.stdout).group(1))
    return spent / requests * 1e6, rate


def main() -> int:
    if shutil.which("wrk") is None:
        print("wrk is not installed: apt-get install wrk", file=sys.stderr)
        return 1
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    nginx = server.Nginx(HTTP, {"policy.json": "{}"})
    rsa_key, rsa_token = rsa(nginx.folder)
    ec_key, ec_token = ecdsa(nginx.folder)
    nginx.write("policy.json", policy(rsa_key, ec_key))
    conf = nginx.folder / "nginx.conf"
    conf.write_text(conf.read_text().replace("error.log info", "error.log error"))
    expired = tokens.token(expires_in=-9_999)
    rows = [
        ("module loaded, doorward off", "/off/x", []),
        ("allow and deny of nginx", "/basic/x", []),
        ("open route", "/open", []),
        ("no credential: 401", "/orders/1", []),
        ("malformed token: 401", "/orders/1", ["Authorization: Bearer a.b.c"]),
        ("expired HS256: 401", "/orders/1", [f"Authorization: Bearer {expired}"]),
        ("HS256", "/orders/1", [f"Authorization: Bearer {tokens.token(expires_in=86_400)}"]),
        ("RS256-2048", "/orders/1", [f"Authorization: Bearer {rsa_token}"]),
        ("ES256", "/orders/1", [f"Authorization: Bearer {ec_token}"]),
    ]
    best: dict[str, tuple[float, float]] = {}
    try:
        nginx.start()
        for _ in range(RUNS):
            for name, target, headers in rows:
                figure = measure(nginx, target, headers, seconds)
                best[name] = min(best.get(name, figure), figure)
    finally:
        nginx.stop()
    floor = best[rows[0][0]][0]
    print(f"{'row':<32} {'µs/request':>10} {'above off':>10} {'requests/s':>11}")
    for name, (spent, rate) in best.items():
        print(f"{name:<32} {spent:>10.2f} {spent - floor:>10.2f} {rate:>11.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
