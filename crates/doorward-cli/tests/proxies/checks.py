"""What must hold behind every proxy: each check is one claim, and is counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from tokens import bearer, expired, token
from wire import Fields, Message, Server, ask

IDENTITY = ["outcome", "issuer", "subject"]
FORGED = [(f"X-Doorward-{name}", "forged") for name in ["Outcome", "Issuer", "Subject"]]
RESPELLED = [(name, "forged") for name in ["X_Doorward_Subject", "x_doorward-issuer", "x.doorward.outcome"]]


@dataclass
class Stage:
    """A proxy before an application, and Doorward asked directly."""

    proxy: str
    port: int
    application: Server
    direct: int

    def ask(self, method: str, target: str, fields: Fields | None = None, content: bytes = b"") -> Message:
        return ask(self.port, method, target, fields, content)

    def intended(self, method: str, target: str, fields: Fields | None = None) -> Message:
        """What Doorward means the caller to get: its answer to a proxy that hands everything on."""
        told = [("X-Forwarded-Method", method), ("X-Forwarded-Uri", target)]
        return ask(self.direct, "GET", "/auth", [*told, *(fields or [])])

    def passed(self) -> int:
        return len(self.application.seen)


def echo(request: Message) -> bytes:
    """The application: says 200 and nothing else, since what it got is remembered."""
    content = b"" if request.line.startswith("HEAD") else b"hello"
    return b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Application: yes\r\n\r\n" + content


def same(stage: Stage, status: int, method: str, target: str, fields: Fields) -> None:
    """A refusal is what Doorward meant it to be, and the application never hears of the request."""
    before = stage.passed()
    meant, got = stage.intended(method, target, fields), stage.ask(method, target, fields)
    assert meant.status == status, f"meant as {meant.status}, not {status}"
    assert got.status == status, f"{got.status} instead of {status}: {got.content!r}"
    # Envoy says no type of content that is not there.
    names = ["www-authenticate", "cache-control", "retry-after", *(["content-type"] if method != "HEAD" else [])]
    for name in names:
        assert got.all(name) == meant.all(name), f"{name}: {got.all(name)} instead of {meant.all(name)}"
    assert got.content == (b"" if method == "HEAD" else meant.content), f"{got.content!r}"
    assert not got.all("x-doorward-true-reason"), "what is for operators went to the caller"
    assert stage.passed() == before, "the application was asked"


def refusals() -> list[tuple[str, Callable[[Stage], None]]]:
    def refusal(status: int, target: str, *fields: tuple[str, str], method: str = "GET") -> Callable[[Stage], None]:
        return lambda stage: same(stage, status, method, target, list(fields))

    order, long = "/v1/orders/7", ("Authorization", "Bearer " + "a" * 1500)
    strong = bearer(acr="urn:example:silver")
    return [
        ("no credential is 401 with a bare challenge", refusal(401, order)),
        ("an expired token is 401 with its reason", refusal(401, order, expired())),
        ("a HEAD is refused without content", refusal(401, order, expired(), method="HEAD")),
        ("a POST is refused as a GET is", refusal(401, order, expired(), method="POST")),
        ("a forged token is 401", refusal(401, order, (bearer()[0], bearer()[1] + "x"))),
        ("another scheme is 401", refusal(401, order, ("Authorization", "Basic YTpi"))),
        ("a weak login is 401 and asks for a stronger one", refusal(401, "/v1/payments", strong)),
        ("a missing scope is 403 and names the scopes", refusal(403, "/v1/refunds", bearer())),
        ("an unmatched path is 404 and kept by no cache", refusal(404, "/v1/unknown", bearer())),
        ("a token in query and header is 400", refusal(400, f"{order}?access_token={token()}", bearer())),
        ("a path with an encoded slash is 400", refusal(400, "/v1/orders%2F7", bearer())),
        ("a credential beyond measure is 431", refusal(431, order, long)),
    ]


def identity(request: Message) -> dict[str, str]:
    """What the application learns; no field may be there twice, in no spelling."""
    found: dict[str, str] = {}
    for name, value in request.fields:
        key = name.lower().replace("_", "-").replace(".", "-").removeprefix("x-doorward-")
        if key in IDENTITY:
            assert key not in found, f"{name} is there twice"
            found[key] = value
    return {name: value for name, value in found.items() if value}


def lets_in(stage: Stage) -> None:
    answer = stage.ask("GET", "/v1/orders/7?page=2&x=%2F", [bearer(), *FORGED, *RESPELLED])
    assert (answer.status, answer.content) == (200, b"hello") and answer.one("x-application") == "yes", answer
    seen = stage.application.seen[-1]
    assert seen.target == "/v1/orders/7?page=2&x=%2F", seen.target
    assert identity(seen) == {
        "outcome": "allow",
        "issuer": "https://batch.example",
        "subject": "svc/%C3%A4%207%25",
    }, identity(seen)


def lets_in_with_content(stage: Stage) -> None:
    content = json.dumps({"amount": 7}).encode() * 1000
    answer = stage.ask("POST", "/v1/orders/7", [bearer()], content)
    seen = stage.application.seen[-1]
    assert answer.status == 200 and seen.content == content and seen.line.startswith("POST ")


def anyone_is_nobody(stage: Stage) -> None:
    answer = stage.ask("GET", "/open", [*FORGED, *RESPELLED])
    assert answer.status == 200
    assert identity(stage.application.seen[-1]) == {"outcome": "allow"}, stage.application.seen[-1]


def token_in_query(stage: Stage) -> None:
    answer = stage.ask("GET", f"/v1/orders/7?access_token={token()}")
    assert answer.status == 200
    # Traefik and Caddy copy nothing of the answer to the caller.
    if stage.proxy in ("nginx", "envoy"):
        assert answer.one("cache-control") == "private", answer.fields


def two_lines(stage: Stage) -> None:
    before = stage.passed()
    answer = stage.ask("GET", "/v1/orders/7", [bearer(), bearer()])
    # nginx refuses the second line itself, in words of its own.
    assert answer.status == 400, answer
    if stage.proxy != "nginx":
        assert b"credentials_ambiguous" in answer.content, answer.content
    assert stage.passed() == before


def told_by_the_caller(stage: Stage) -> None:
    before = stage.passed()
    for prefix in [("X-Original-URI", "X-Original-Method"), ("X-Forwarded-Uri", "X-Forwarded-Method")]:
        for count in [1, 2]:
            fields = [(prefix[0], "/open"), (prefix[1], "GET")] * count
            answer = stage.ask("GET", "/v1/orders/7", fields)
            assert answer.status == 401, (fields, answer)
            answer = stage.ask("GET", "/v1/orders/7", [*fields, ("Connection", f"{prefix[0]}, {prefix[1]}")])
            assert answer.status in (400, 401), (fields, answer)
    assert stage.passed() == before, "a caller chose the path that is judged"


def judged_as_forwarded(stage: Stage) -> None:
    """Whatever is let in, the application sees the very path that was judged."""
    plain = ["/v1/unknown/../orders/7", "/v1/./orders/7", "/v1/%6frders/7", "/open/../v1/refunds", "/v1//orders/7"]
    for target in [*plain, "/v1/orders/7#/../../open", "/open#/../v1/refunds", "http://api.example/v1/orders/7"]:
        before = stage.passed()
        answer = stage.ask("GET", target, [bearer()])
        if stage.passed() > before:
            assert answer.status == 200
            assert stage.application.seen[-1].target in ("/v1/orders/7", "/open"), (target, stage.application.seen[-1])
        else:
            assert answer.status in (400, 403, 404), (target, answer)
    # Envoy as configured normalises before it asks.
    assert (stage.ask("GET", "/v1/./orders/7", [bearer()]).status == 200) == (stage.proxy == "envoy")
    # What is written as it is judged arrives as it is written: nothing decodes it on the way.
    written = "/v1/orders/a%3Ab%20c"
    assert stage.ask("GET", written, [bearer()]).status == 200
    assert stage.application.seen[-1].target == written, stage.application.seen[-1].target


def nominated(stage: Stage) -> None:
    """`Connection` takes fields away from whatever is behind a proxy; not the ones that say who the caller is."""
    names = [f"x-doorward-{name}" for name in IDENTITY]
    for value in [", ".join(names), *names, "close, X-DOORWARD-SUBJECT"]:
        for fields in [[("Connection", value)], [("Connection", "keep-alive"), ("Connection", value)]]:
            before = stage.passed()
            answer = stage.ask("GET", "/v1/orders/7", [bearer(), *fields])
            if stage.passed() > before:
                assert set(identity(stage.application.seen[-1])) == set(IDENTITY), (fields, stage.application.seen[-1])
            else:
                assert answer.status == 400, (fields, answer)


def many_fields(stage: Stage) -> None:
    """How much a caller says besides is not what it is judged by."""
    many = [(f"X-Filler-{number}", "a") for number in range(110)]
    for fields, status in [([bearer()], 200), ([expired()], 401)]:
        answer = stage.ask("GET", "/v1/orders/7", [*fields, *many])
        # Envoy has a limit of its own; Caddy and Traefik ask with every field, and hand on what they are answered.
        assert answer.status == status or (stage.proxy != "nginx" and answer.status == 431), answer


ALLOWS: list[tuple[str, Callable[[Stage], None]]] = [
    ("who is let in is named, and no forged name arrives", lets_in),
    ("content arrives at the application whole", lets_in_with_content),
    ("whoever needs no credential is nobody", anyone_is_nobody),
    ("a token in the query makes the answer private", token_in_query),
    ("two Authorization lines are 400", two_lines),
    ("a caller cannot say which path is judged", told_by_the_caller),
    ("a caller cannot take its name away", nominated),
    ("a hundred and ten fields are not an outage", many_fields),
    ("the path that arrives is the path that was judged", judged_as_forwarded),
]
