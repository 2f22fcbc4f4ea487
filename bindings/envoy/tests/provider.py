"""An identity provider on loopback: a set of keys that can change, stop, and be counted."""

import http.server
import json
import threading
import time

from ed25519 import SigningKey
from edge import AUDIENCE, ISSUER, encode


class Key:
    """A key of the provider: shows itself as a JWK and signs tokens."""

    def __init__(self, kid):
        self.kid = kid
        self.key = SigningKey()

    def jwk(self):
        return {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "use": "sig", "kid": self.kid, "x": encode(self.key.public)}

    def token(self, **claims):
        """A token that is good for five minutes, but for the claims that are given."""
        now = int(time.time())
        whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "svc-7", "iat": now, "exp": now + 300, "scope": "orders:read", **claims}
        head = {"alg": "Ed25519", "typ": "JWT", "kid": self.kid}
        signed = f"{encode(json.dumps(head).encode())}.{encode(json.dumps(whole).encode())}"
        return f"{signed}.{encode(self.key.sign(signed.encode()))}"

    def bearer(self, **claims):
        """The field that presents such a token."""
        return ("Authorization", f"Bearer {self.token(**claims)}")


class Provider:
    """Serves what `keys` are at the time. `asked` has the time of each request."""

    def __init__(self, *keys):
        provider = self
        self.keys = list(keys)
        self.asked = []
        #: How long an answer takes, in seconds, and whether it is refused.
        self.slow, self.down = 0, False

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.asked.append(time.monotonic())
                time.sleep(provider.slow)
                body = json.dumps({"keys": [key.jwk() for key in provider.keys]}).encode()
                try:
                    self.send_response(503 if provider.down else 200)
                    self.send_header("content-type", "application/jwk-set+json")
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # whoever asked has gone

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/jwks"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def issuer(self, **more):
        """The issuer whose keys are fetched from here, as a policy has it."""
        base = {"profile": "jwt", "issuer": ISSUER, "audience": [AUDIENCE], "algorithms": ["Ed25519"]}
        return {**base, "keys": {"url": self.url}, **more}

    def close(self):
        self.server.shutdown()
        self.server.server_close()
