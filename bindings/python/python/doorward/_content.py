"""What of an answer's content is held: enough to say what it means."""

import time
import zlib

from ._exchange import HEAD

READ = 16_384
"""How much content a diagnosis looks at."""

WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


PATIENCE = 2.0
"""For how many seconds pieces of a refusal's content are waited for."""


def may_refuse(status: int) -> bool:
    """Whether the content of an answer can tell of a refusal; that of others is left to who asked for it."""
    return status >= 400


def beginning(head: bytes, encoding: str) -> bytes:
    """The beginning of a content that may be compressed, and never more than is looked at."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return head[:READ]
    if encoding not in WINDOWS:
        return b""
    try:
        return zlib.decompressobj(WINDOWS[encoding]).decompress(head, READ)
    except zlib.error:
        return b""


class Head:
    """The first pieces of a content, while they are few and come soon."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.is_whole = False
        self.is_decoded = False
        """Whether it was read by somebody before, who left it without its coding."""
        self.fault: Exception | None = None
        self._size = 0
        self._until = time.monotonic() + PATIENCE

    def add(self, piece: bytes) -> bool:
        """Takes one more; whether that is enough."""
        self.pieces.append(piece)
        self._size += len(piece)
        return self._size >= HEAD or time.monotonic() > self._until

    @classmethod
    def of(cls, content: bytes) -> "Head":
        """All of a content that was read already."""
        head = cls()
        head.add(content)
        head.is_whole = head.is_decoded = True
        return head

    def content(self) -> bytes:
        """All that is held."""
        return b"".join(self.pieces)
