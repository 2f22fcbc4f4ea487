"""Traefik's ForwardAuth as its documentation and its source describe it, for machines that have no Traefik.

What `Connection` names is gone before anything else is done, so that it cannot take away what is set later.

What is asked: `GET` at the address, all fields of the caller but the hop-by-hop ones, and `X-Forwarded-Method`, `-Proto`,
`-Host`, `-Uri` and `-For` set over whatever the caller sent under these names. What is done with the answer: any status but
2xx goes back as it is, content included; for a 2xx the fields of the request whose names match `authResponseHeadersRegex`
are removed, and those of the answer that match it are set.
"""

from __future__ import annotations

import re

from programs import EXAMPLES
from wire import Fields, Message, Server, ask, write

HOP = {"connection", "keep-alive", "te", "trailers", "transfer-encoding", "upgrade", "content-length", "host"}


def configured() -> tuple[re.Pattern[str], set[str]]:
    """Which fields the example copies from the answer, and which it removes before it asks."""
    text = (EXAMPLES / "traefik.yml").read_text()
    copied = re.search(r'^ +authResponseHeadersRegex: "(.+)"$', text, re.MULTILINE)
    removed = re.findall(r'^ +(X-[\w-]+): ""$', text, re.MULTILINE)
    assert copied and removed and "trustForwardHeader: false" in text
    return re.compile(copied[1]), {name.lower() for name in removed}


def without(fields: Fields, names: set[str]) -> Fields:
    return [(name, value) for name, value in fields if name.lower() not in names]


def imitate(auth: int, application: int) -> Server:
    """A proxy that asks as Traefik does."""
    copied, removed = configured()

    def answer(request: Message) -> bytes:
        method, target, _ = request.line.split(" ", 2)
        # Go's own reading of the request line: the path of an absolute URL, and no fragments.
        target = re.sub(r"^https?://[^/?]*(?=/)", "", target).replace("#", "%23")
        named = {name.strip().lower() for value in request.all("connection") for name in value.split(",")}
        fields = without(request.fields, removed | named)
        told = {
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Method": method,
            "X-Forwarded-Proto": "http",
            "X-Forwarded-Host": request.one("host") or "",
            "X-Forwarded-Uri": target,
        }
        question = without(fields, HOP | {name.lower() for name in told})
        answer = ask(auth, "GET", "/auth", [*question, *told.items()])
        if not 200 <= answer.status < 300:
            kept = without(answer.fields, HOP)
            content = b"" if method == "HEAD" else answer.content
            return write(answer.line, [*kept, ("Content-Length", str(len(answer.content)))], content)
        fields = [(name, value) for name, value in without(fields, HOP) if not copied.search(name)]
        fields += [(name, value) for name, value in answer.fields if copied.search(name)]
        reply = ask(application, method, target, fields, request.content)
        kept = without(reply.fields, HOP)
        return write(reply.line, [*kept, ("Content-Length", str(len(reply.content)))], reply.content)

    return Server(answer)
