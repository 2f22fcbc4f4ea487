"""RS256 with nothing but the standard library: keys that are made for one run of the tests, and tokens signed with them."""

import hashlib
import json
import secrets
import time

from tokens import AUDIENCE, ISSUER, base64url

BITS = 2048
EXPONENT = 65537
# What stands before a SHA-256 digest in a signature: RFC 8017, section 9.2, note 1.
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
SMALL = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]


def is_prime(number: int) -> bool:
    """Miller and Rabin's test with random bases."""
    if any(number % small == 0 for small in SMALL):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(20):
        power = pow(secrets.randbelow(number - 3) + 2, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def prime(bits: int) -> int:
    """A prime with its two highest bits set, so that two of them make a product of full length."""
    while True:
        number = secrets.randbits(bits) | 3 << (bits - 2) | 1
        if number % EXPONENT != 1 and is_prime(number):
            return number


class Key:
    def __init__(self, kid: str) -> None:
        p, q = prime(BITS // 2), prime(BITS // 2)
        self.kid, self.modulus = kid, p * q
        self.private = pow(EXPONENT, -1, (p - 1) * (q - 1))

    def jwk(self) -> dict:
        modulus = base64url(self.modulus.to_bytes(BITS // 8, "big"))
        return {"kty": "RSA", "kid": self.kid, "alg": "RS256", "use": "sig", "n": modulus, "e": "AQAB"}

    def sign(self, claims: dict, kid: str | None = None) -> str:
        header = {"alg": "RS256", "typ": "JWT", "kid": kid or self.kid}
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        info = DIGEST_INFO + hashlib.sha256(text.encode()).digest()
        padded = b"\0\1" + b"\xff" * (BITS // 8 - len(info) - 3) + b"\0" + info
        signature = pow(int.from_bytes(padded, "big"), self.private, self.modulus)
        return text + "." + base64url(signature.to_bytes(BITS // 8, "big"))

    def bearer(self, subject: str = "svc-a", *, kid: str | None = None, **claims) -> tuple[str, str]:
        """A good token, unless it is asked to name another key."""
        now = int(time.time())
        base = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 600}
        return ("Authorization", "Bearer " + self.sign({**base, **claims}, kid))
