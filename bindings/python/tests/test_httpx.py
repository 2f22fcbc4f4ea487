"""The credential of clients of httpx's kind, sync and async, against services that refuse as services do."""

import asyncio
import gzip
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import doorward
import doorward.httpx
import doorward.requests
import httpx
import pytest
import requests
from clients import Async, Made, Sync
from doorward import Caller, Credential, Diagnosis, Reason, Report
from doorward._content import beginning
from service import Log, Seen, Tokens, scripted_service, threaded_service, token, usual_service

CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
NONCE = {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": "n-1"}


@pytest.fixture(scope="module")
def running() -> Iterator[Log]:
    with usual_service() as log:
        yield log


@pytest.fixture
def service(running: Log) -> Log:
    """The service of a tutorial, which has seen nothing yet."""
    running.seen.clear()
    return running


def test_a_good_credential_is_sent_once(made: Made, service: Log) -> None:
    tokens = Tokens(token())
    answer = made(tokens).ask("GET", f"{service.url}/orders/7")
    assert answer.json() == {"id": "7", "for": "svc-a"}
    assert (tokens.asked, len(service.seen)) == (1, 1)
    assert "doorward" not in answer.extensions


def test_an_expired_credential_is_refreshed_and_the_request_repeated_once(made: Made, service: Log) -> None:
    tokens = Tokens(token(-60), token())
    answer = made(tokens).ask("GET", f"{service.url}/orders/7")
    assert (answer.status_code, tokens.asked, len(service.seen)) == (200, 2, 2)
    assert tokens.wants[1].refresh
    assert [each.status_code for each in answer.history] == [401]
    assert service.secrets()[0] != service.secrets()[1]


def test_a_credential_is_got_once_for_many_requests(made: Made, service: Log) -> None:
    tokens = Tokens(token(), token())
    client = made(tokens)
    for number in range(3):
        assert client.ask("GET", f"{service.url}/orders/{number}").status_code == 200
    assert tokens.asked == 1


def test_a_post_is_repeated_with_its_body(made: Made, service: Log) -> None:
    client = made(Tokens(token(-60), token()))
    answer = client.ask("POST", f"{service.url}/orders", content=b"seven apples")
    assert answer.json() == {"got": "seven apples", "for": "svc-a"}
    assert [each.body for each in service.seen] == [b"seven apples", b"seven apples"]


def test_a_body_that_cannot_be_repeated_is_not(made: Made, service: Log) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"seven "
        yield b"apples"

    client = made(Tokens(token(-60), token()))
    content = (each for each in (b"seven ", b"apples")) if type(client) is Sync else pieces()
    answer = client.ask("POST", f"{service.url}/orders", content=content)
    assert (answer.status_code, len(service.seen)) == (401, 1)
    # What was learnt is not lost: the next request begins with a new credential.
    assert client.ask("POST", f"{service.url}/orders", content=b"").status_code == 200
    assert len(service.seen) == 2


def test_a_missing_permission_is_delivered_at_once(made: Made, service: Log) -> None:
    tokens = Tokens(token(), token())
    answer = made(tokens).ask("GET", f"{service.url}/admin")
    assert (answer.status_code, len(service.seen), tokens.asked) == (403, 1, 1)
    assert answer.json() == {"detail": "Not enough permissions"}
    diagnosis = answer.extensions["doorward"]
    assert isinstance(diagnosis, Diagnosis) and diagnosis.reason is not None


def test_a_request_with_its_own_authorization_is_left_alone(made: Made, service: Log) -> None:
    tokens = Tokens(token())
    answer = made(tokens).ask("GET", f"{service.url}/orders/7", headers={"Authorization": "Bearer mine"})
    assert (answer.status_code, tokens.asked) == (401, 0)
    assert service.secrets() == ["Bearer mine"]


def test_a_redirect_within_the_origin_keeps_the_credential(made: Made, service: Log) -> None:
    answer = made(Tokens(token(-60), token())).ask("GET", f"{service.url}/moved", follow_redirects=True)
    assert answer.json() == {"id": "7", "for": "svc-a"}


def test_a_redirect_to_another_origin_never_gets_the_credential(made: Made, service: Log) -> None:
    def refuse(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return 401, CHALLENGE, b"who are you"

    with scripted_service(refuse) as other:
        tokens = Tokens(token(), token())
        url = f"{service.url}/elsewhere?to={other.url}/orders/7"
        answer = made(tokens).ask("GET", url, follow_redirects=True)
        assert (answer.status_code, answer.content) == (401, b"who are you")
        assert other.secrets() == [""] * len(other.seen) and len(other.seen) == 1
    assert answer.extensions["doorward"].reason is Reason.CREDENTIAL_WITHHELD
    assert tokens.asked == 1


def test_a_server_that_always_refuses_is_asked_a_few_times_and_its_first_answer_delivered(made: Made) -> None:
    def refuse(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return 401, {**CHALLENGE, "X-Number": str(number)}, f"refusal {number}".encode()

    with scripted_service(refuse) as service:
        client = made(Tokens(*(f"token-{number}" for number in range(9))))
        answer = client.ask("GET", f"{service.url}/")
        assert (answer.status_code, answer.content) == (401, b"refusal 1")
        assert answer.headers["X-Number"] == "1" and answer.text == "refusal 1"
        assert 2 <= len(service.seen) <= 3
        assert answer.extensions["doorward"].refused
        # Two credentials in a row are enough: for a while nothing is sent.
        sent = len(service.seen)
        with pytest.raises(doorward.RetryBlocked) as blocked:
            client.ask("GET", f"{service.url}/")
        assert len(service.seen) == sent
        assert blocked.value.diagnosis is not None and blocked.value.until is not None


def test_a_source_that_has_nothing_new_ends_the_retries(made: Made) -> None:
    def refuse(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return 401, CHALLENGE, f"refusal {number}".encode()

    with scripted_service(refuse) as service:
        tokens = Tokens("the-same")
        answer = made(tokens).ask("GET", f"{service.url}/")
        assert (answer.content, len(service.seen), tokens.asked) == (b"refusal 1", 1, 2)


def test_a_large_refusal_is_delivered_whole(made: Made) -> None:
    pieces = [b"x" * 50_000] * 8

    def refuse(number: int, seen: Seen) -> tuple[int, dict[str, str], list[bytes]]:
        return 401, CHALLENGE, pieces

    with scripted_service(refuse) as service:
        answer = made(Tokens("a", "a")).ask("GET", f"{service.url}/")
        assert answer.content == b"".join(pieces)
        answer = made(Tokens("a", "b", "c")).ask("GET", f"{service.url}/")
        assert answer.content == b"".join(pieces)


def test_a_refusal_without_an_end_is_not_waited_for(made: Made) -> None:
    gone = threading.Event()

    def pieces() -> Iterator[bytes]:
        while not gone.is_set():
            yield b"x" * 65_536

    def script(number: int, seen: Seen) -> Any:
        return (200, {}, [b"ok"]) if seen.authorization == "Bearer new" else (401, CHALLENGE, pieces())

    try:
        with scripted_service(script) as service:
            answer = made(Tokens("old", "new")).ask("GET", f"{service.url}/")
            gone.set()
            assert (answer.status_code, answer.content) == (200, b"ok")
            assert sum(len(each.content) for each in answer.history) < 1_000_000
    finally:
        gone.set()


def test_a_compressed_refusal_is_understood_and_delivered_as_it_came(made: Made) -> None:
    said = b'{"error": "insufficient_scope", "scope": "orders:write"}'

    def refuse(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        fields = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return 403, fields, gzip.compress(said)

    with scripted_service(refuse) as service:
        answer = made(Tokens("a", "a")).ask("GET", f"{service.url}/")
        assert answer.content == said
        assert answer.extensions["doorward"].reason is Reason.SCOPE_INSUFFICIENT


def test_a_credential_is_for_one_origin(made: Made, service: Log) -> None:
    client = made(Tokens(token()), origins=["https://api.example"])
    with pytest.raises(ValueError, match="for https://api"):
        client.ask("GET", f"{service.url}/orders/7")
    assert not service.seen


def test_a_source_that_fails_is_an_error_of_its_own_with_its_cause(made: Made, service: Log) -> None:
    fault = doorward.SourceFault("the vault is sealed", hard=True)
    with pytest.raises(doorward.CredentialUnobtainable) as raised:
        made(Tokens(fault)).ask("GET", f"{service.url}/orders/7")
    assert raised.value.__cause__ is fault and not service.seen
    assert raised.value.reason is Reason.CREDENTIAL_UNOBTAINABLE


def test_an_async_source_serves_every_kind_of_client(made: Made, service: Log) -> None:
    async def source() -> str:
        await anyio.sleep(0.01)
        return good

    good = token()
    assert made(source).ask("GET", f"{service.url}/orders/7").status_code == 200


def test_a_file_that_was_rotated_is_read_anew(made: Made, tmp_path: Path) -> None:
    file = tmp_path / "token"

    def script(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return (
            (200, {}, b"ok") if seen.authorization == f"Bearer {file.read_text()}" else (401, CHALLENGE, b"")
        )

    with scripted_service(script) as service:
        client = made({"file": file})
        for secret in ("one", "two"):
            file.write_text(secret)
            assert client.ask("GET", f"{service.url}/").status_code == 200
        assert service.secrets() == ["Bearer one", "Bearer one", "Bearer two"]


def test_a_caller_may_be_shared(made: Made, service: Log) -> None:
    tokens = Tokens(token())
    caller = Caller(tokens)
    for _ in range(2):
        assert made(caller).ask("GET", f"{service.url}/orders/7").status_code == 200
    assert tokens.asked == 1
    with pytest.raises(TypeError):
        made(caller, attempts=2)


def test_a_proof_is_made_for_each_request_and_anew_with_a_nonce(made: Made) -> None:
    proofs: list[tuple[str, str, str, str | None]] = []

    def prove(method: str, url: str, token: str, nonce: str | None) -> str:
        proofs.append((method, url, token, nonce))
        return f"proof-{len(proofs)}"

    def ask_for_a_nonce(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        if number > 1:
            return 200, {}, b"ok"
        return 401, NONCE, b""

    with scripted_service(ask_for_a_nonce) as service:
        tokens = Tokens("bound")
        answer = made(tokens, proof=prove).ask("POST", f"{service.url}/a?b=c", content=b"d")
        assert (answer.status_code, tokens.asked) == (200, 1)
        assert service.secrets() == ["DPoP bound", "DPoP bound"]
        assert proofs == [
            ("POST", f"{service.url}/a", "bound", None),
            ("POST", f"{service.url}/a", "bound", "n-1"),
        ]


def test_what_smells_of_an_attack_is_reported_though_the_request_succeeds(
    made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    def steal(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        if number > 1:
            return 200, {}, b"ok"
        said = {"status": 401, "outcome": "unauthenticated", "reason": "token_replayed", "recovery": "stop"}
        return 401, {**CHALLENGE, "Content-Type": "application/json"}, json.dumps(said).encode()

    reports: list[Report] = []
    with scripted_service(steal) as service:
        answer = made(Tokens("a", "b"), on_report=reports.append).ask("GET", f"{service.url}/")
    assert answer.status_code == 200
    assert [report.reason for report in reports] == [Reason.TOKEN_REPLAYED]
    assert any("token_replayed" in record.message for record in caplog.records)


@pytest.mark.parametrize("challenge", [{}, {"WWW-Authenticate": 'Bearer realm="more"'}])
@pytest.mark.parametrize("library", ["httpx", "requests"])
def test_a_stream_is_not_read_ahead(library: str, challenge: dict[str, str]) -> None:
    release = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"one"
        release.wait(20)
        yield b"two"

    def script(number: int, seen: Seen) -> Any:
        return 200, challenge, pieces()

    auth: Any = (
        doorward.httpx.Auth(Tokens("a")) if library == "httpx" else doorward.requests.Auth(Tokens("a"))
    )
    with threaded_service(script) as service:
        try:
            if library == "httpx":
                with httpx.Client(auth=auth) as client, client.stream("GET", service.url) as answer:
                    assert next(received := answer.iter_raw()) == b"one"
                    release.set()
                    assert b"".join(received) == b"two"
            else:
                with requests.get(service.url, auth=auth, stream=True, timeout=10) as response:
                    received = response.iter_content(3)
                    assert next(received) == b"one"
                    release.set()
                    assert b"".join(received) == b"two"
        finally:
            release.set()


def test_a_refusal_that_trickles_is_not_waited_for(made: Made) -> None:
    gone = threading.Event()

    def pieces() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x"
            if gone.wait(0.1):
                break

    def script(number: int, seen: Seen) -> Any:
        return (200, {}, b"ok") if seen.authorization == "Bearer new" else (401, CHALLENGE, pieces())

    with threaded_service(script) as service:
        try:
            began = time.monotonic()
            answer = made(Tokens("old", "new")).ask("GET", service.url)
            assert answer.status_code == 200 and time.monotonic() - began < 8
        finally:
            gone.set()


def test_a_proof_is_for_a_url_without_names_passwords_and_queries(made: Made) -> None:
    urls: list[str] = []

    def prove(method: str, url: str, token: str, nonce: str | None) -> str:
        urls.append(url)
        return "proof"

    def good(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, b"ok"

    with scripted_service(good) as service:
        client = made(Tokens("a"), proof=prove)
        client.ask("GET", f"http://u:p@{service.address}/a?b=c")
        assert urls == [f"{service.url}/a"]


def test_scopes_that_a_service_asks_for_may_be_bounded(made: Made) -> None:
    def greedy(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return 403, {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="read admin"'}, b""

    with scripted_service(greedy) as service:
        tokens = Tokens("a", "b", "c")
        made(tokens, scopes=["read"]).ask("GET", service.url)
        assert [want.scope for want in tokens.wants] == [None, "read"]


def test_a_nonce_is_for_the_origin_that_gave_it() -> None:
    proofs: list[str | None] = []

    def prove(method: str, url: str, token: str, nonce: str | None) -> str:
        proofs.append(nonce)
        return "proof"

    def give(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return (200, {}, b"ok") if number > 1 else (401, NONCE, b"")

    with scripted_service(give) as one, scripted_service(give) as other:
        auth = doorward.httpx.Auth(Tokens("a"), proof=prove, origins=[one.url, other.url])
        with httpx.Client(auth=auth) as client:
            for service in (one, other, one):
                assert client.get(service.url).status_code == 200
    assert proofs == [None, "n-1", None, "n-1", "n-1"]


def test_a_bomb_is_not_unpacked() -> None:
    assert len(beginning(gzip.compress(bytes(50_000_000)), "gzip")) == 16_384
    assert beginning(b"not gzip", "gzip") == b"" == beginning(b"?", "br")
    assert beginning(b"plain", "identity") == beginning(b"plain", "") == b"plain"


def test_a_sync_client_inside_an_event_loop_may_have_an_async_source(service: Log) -> None:
    async def source() -> str:
        await asyncio.sleep(0)
        return good

    async def main() -> int:
        client = Sync(httpx, doorward.httpx.Auth(source))
        status: int = client.ask("GET", f"{service.url}/orders/7").status_code
        return status

    good = token()
    assert asyncio.run(main()) == 200


@pytest.mark.parametrize("kind", [Sync, Async])
def test_a_credential_is_renewed_ahead_of_its_end_beside_a_request(kind: type[Sync], service: Log) -> None:
    tokens = Tokens(Credential(token(), expires_in=4), token(), takes=0.0)
    client = kind(httpx, doorward.httpx.Auth(tokens, refresh_ahead=60))
    url = f"{service.url}/orders/7"
    assert client.ask("GET", url).status_code == 200
    assert client.ask("GET", url).status_code == 200
    assert tokens.asked == 1
    time.sleep(3.3)
    tokens.takes = 0.5
    began = time.monotonic()
    assert client.ask("GET", url).status_code == 200
    assert time.monotonic() - began < 0.5
    deadline = time.monotonic() + 10
    while client.auth.caller.status()["generation"] < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert client.ask("GET", url).status_code == 200
    assert (tokens.asked, len(set(service.secrets()))) == (2, 2)


def test_nothing_shows_the_secret(service: Log) -> None:
    secret = token()
    auth = doorward.httpx.Auth(Tokens(secret))
    with httpx.Client(auth=auth) as client:
        client.get(f"{service.url}/orders/7")
    shown = f"{auth!r} {auth.caller!r} {auth.caller.status()} {Credential(secret)!r} {vars(auth.caller)}"
    assert secret not in shown
