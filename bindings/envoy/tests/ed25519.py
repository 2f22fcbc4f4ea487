"""Ed25519 signatures by RFC 8032, section 5.1, so that tests can sign with keys that are published. Slow, and no secret is safe here."""

import hashlib
import os

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, PRIME) % PRIME

#: The base point, as X, Y, Z and T = XY/Z.
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE_Y = 4 * pow(5, -1, PRIME) % PRIME
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % PRIME)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % PRIME
    b = (p[1] + p[0]) * (q[1] + q[0]) % PRIME
    c = 2 * p[3] * q[3] * D % PRIME
    d = 2 * p[2] * q[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def compress(point):
    inverse = pow(point[2], -1, PRIME)
    x, y = point[0] * inverse % PRIME, point[1] * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


def number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


class SigningKey:
    """A random key."""

    def __init__(self):
        halves = hashlib.sha512(os.urandom(32)).digest()
        self.scalar = int.from_bytes(halves[:32], "little") & (1 << 254) - 8 | 1 << 254
        self.prefix = halves[32:]
        self.public = compress(multiply(self.scalar, BASE))

    def sign(self, message):
        nonce = number(self.prefix, message) % ORDER
        commitment = compress(multiply(nonce, BASE))
        challenge = number(commitment, self.public, message)
        return commitment + ((nonce + challenge * self.scalar) % ORDER).to_bytes(32, "little")
