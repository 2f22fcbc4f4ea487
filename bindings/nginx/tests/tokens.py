"""Tokens for the tests: signed with a shared secret, so that nothing but the standard library is needed."""

import base64
import hashlib
import hmac
import json
import time

SECRET = b"a secret of the nginx tests, of no use elsewhere"
ISSUER = "https://idp.example"
AUDIENCE = "https://api.example"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(claims: dict, secret: bytes = SECRET) -> str:
    header = {"alg": "HS256", "typ": "JWT"}
    text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return text + "." + base64url(hmac.new(secret, text.encode(), hashlib.sha256).digest())


def token(subject: str = "svc-a", *, expires_in: float = 600, secret: bytes = SECRET, **claims) -> str:
    """A token that is good unless it is asked to be bad."""
    base = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "exp": int(time.time() + expires_in)}
    return sign({**base, **claims}, secret)


def bearer(*arguments, **options) -> tuple[str, str]:
    return ("Authorization", "Bearer " + token(*arguments, **options))


def issuer(name: str, token_in: str = '["header"]', identifier: str = ISSUER) -> str:
    """The section of a policy that trusts these tokens."""
    return f"""
[issuers.{name}]
profile = "jwt"
issuer = "{identifier}"
audience = ["{AUDIENCE}"]
algorithms = ["HS256"]
token_in = {token_in}
keys = {{ inline = {{ kty = "oct", k = "{base64url(SECRET)}" }} }}
"""
