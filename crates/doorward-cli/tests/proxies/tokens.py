"""The policy of these tests, and tokens that fit it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

SECRET = b"secret-secret-secret-secret-secret"

POLICY = f"""
realm = "orders"
disclosure = "reason"
unmatched = "hide"
max_credential = 1024

[issuers.batch]
profile = "jwt"
issuer = "https://batch.example"
audience = ["https://api.example"]
algorithms = ["HS256"]
token_in = ["header", "query"]
keys = {{ inline = {{ kty = "oct", k = "{base64.urlsafe_b64encode(SECRET).decode().rstrip("=")}" }} }}

[[routes]]
path = "/v1/orders/{{id}}"
accept = "batch"
scopes = ["orders:read"]

[[routes]]
path = "/v1/refunds"
accept = "batch"
scopes = ["refunds:write", "orders:read"]

[[routes]]
path = "/v1/payments"
accept = "batch"
acr = ["urn:example:gold"]
max_auth_age = "5m"

[[routes]]
path = "/open"
accept = "anyone"
"""


FAILURES = 4
"""How many failed attempts the limited policy allows."""

LIMITED = f"""
trusted_proxies = ["127.0.0.1"]
limit = {{ failures = {FAILURES}, per = "1h", by = "peer" }}
{POLICY}
"""


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def token(**changes: object) -> str:
    """A token that is let in to orders, with these claims changed."""
    now = int(time.time())
    claims = {
        "iss": "https://batch.example",
        "sub": "svc/ä 7%",
        "aud": "https://api.example",
        "scope": "orders:read",
        "iat": now - 60,
        "exp": now + 600,
    }
    parts = [encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, {**claims, **changes})]
    signed = ".".join(parts)
    return f"{signed}.{encode(hmac.new(SECRET, signed.encode(), hashlib.sha256).digest())}"


def bearer(**changes: object) -> tuple[str, str]:
    return ("Authorization", f"Bearer {token(**changes)}")


def expired() -> tuple[str, str]:
    return bearer(exp=int(time.time()) - 3600)
