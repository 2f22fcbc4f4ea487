"""An issuer of tokens, and the policy of a service that trusts it."""

import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

ISSUER = "https://idp.example"
AUDIENCE = "https://api.example"


class Issuer:
    """Signs access tokens (RFC 9068) with a fresh ES256 key, which may have a name."""

    def __init__(self, kid: str | None = None) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.jwk: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self._key.public_key()))
        self._headers = {"typ": "at+jwt"}
        if kid is not None:
            self.jwk["kid"] = self._headers["kid"] = kid

    def token(self, subject: str = "svc-a", scope: str = "orders:read", **claims: Any) -> str:
        """A token for the service; a claim that is None is left out."""
        now = int(time.time())
        all_claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "client_id": subject,
            "iat": now,
            "exp": now + 600,
            "jti": "t-1",
            "scope": scope,
            **claims,
        }
        kept = {name: value for name, value in all_claims.items() if value is not None}
        return jwt.encode(kept, self._key, algorithm="ES256", headers=self._headers)

    def private_pem(self) -> str:
        """The key itself, for who signs tokens in another process."""
        form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return self._key.private_bytes(*form, serialization.NoEncryption()).decode()

    def bearer(self, subject: str = "svc-a", scope: str = "orders:read", **claims: Any) -> str:
        """A value of `Authorization`."""
        return "Bearer " + self.token(subject, scope, **claims)


def key_set(*issuers: Issuer) -> str:
    """Their keys as a JWK Set."""
    return json.dumps({"keys": [issuer.jwk for issuer in issuers]})


def policy(issuer: Issuer, **of_issuer: Any) -> dict[str, Any]:
    """A policy with a route for each thing that a host can get wrong."""
    return {
        "realm": "orders",
        "disclosure": "reason",
        "issuers": {
            "corp": {
                "profile": "rfc9068",
                "issuer": ISSUER,
                "audience": [AUDIENCE],
                "algorithms": ["ES256"],
                "keys": {"inline": issuer.jwk},
                **of_issuer,
            }
        },
        "routes": [
            {
                "path": "/v1/orders/{id}",
                "methods": ["GET", "HEAD", "POST"],
                "accept": ["corp"],
                "scopes": ["orders:read"],
            },
            {"path": "/v1/admin", "accept": ["corp"], "scopes": ["admin"]},
            {"path": "/v1/jobs:stop", "accept": ["corp"], "scopes": ["admin"]},
            {"path": "/v1/{name}", "accept": ["corp"]},
            {"path": "/ws/{room}", "accept": ["corp"], "scopes": ["orders:read"]},
            {"path": "/hidden", "accept": ["corp"], "scopes": ["admin"], "hidden": True},
            {"path": "/healthz", "accept": "anyone"},
            {"path": "/files/{*rest}", "accept": "anyone"},
            {"path": "/app/{*rest}", "accept": ["corp"]},
        ],
    }
