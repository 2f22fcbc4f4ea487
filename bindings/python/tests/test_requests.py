"""The credential of requests, against services that refuse as services do."""

import gzip
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import doorward
import doorward.requests
import pytest
import requests
from doorward import Reason
from doorward.requests import diagnosis
from issuer import Issuer, policy
from servers import under_gunicorn
from service import Log, Seen, Tokens, scripted_service, token, usual_service
from urllib3.response import HTTPResponse

CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@pytest.fixture(scope="module")
def running() -> Iterator[Log]:
    with usual_service() as log:
        yield log


@pytest.fixture
def service(running: Log) -> Log:
    """The service of a tutorial, which has seen nothing yet."""
    running.seen.clear()
    return running


def session(source: Any, **options: Any) -> requests.Session:
    made = requests.Session()
    made.auth = doorward.requests.Auth(source, **options)
    return made


def refuse(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
    return 401, {**CHALLENGE, "X-Number": str(number)}, f"refusal {number}".encode()


def test_an_expired_credential_is_refreshed_and_the_request_repeated_once(service: Log) -> None:
    tokens = Tokens(token(-60), token())
    with session(tokens) as client:
        answer = client.get(f"{service.url}/orders/7", timeout=20)
        assert answer.json() == {"id": "7", "for": "svc-a"}
        assert (tokens.asked, len(service.seen)) == (2, 2)
        assert [each.status_code for each in answer.history] == [401]
        assert diagnosis(answer) is None
        assert client.get(f"{service.url}/orders/8", timeout=20).status_code == 200
        assert (tokens.asked, len(service.seen)) == (2, 3)


@pytest.mark.parametrize("body", [b"seven apples", "seven apples", io.BytesIO(b"seven apples")])
def test_a_post_is_repeated_with_its_body(service: Log, body: Any) -> None:
    with session(Tokens(token(-60), token())) as client:
        answer = client.post(f"{service.url}/orders", data=body, timeout=20)
    assert answer.json() == {"got": "seven apples", "for": "svc-a"}
    assert [each.body for each in service.seen] == [b"seven apples"] * 2


def test_a_file_is_repeated_from_where_it_began(service: Log) -> None:
    file = io.BytesIO(b"not this: seven apples")
    file.seek(10)
    with session(Tokens(token(-60), token())) as client:
        answer = client.post(f"{service.url}/orders", data=file, timeout=20)
    assert answer.json()["got"] == "seven apples"


def test_a_body_that_cannot_be_repeated_is_not(service: Log) -> None:
    with session(Tokens(token(-60), token())) as client:
        content = (piece for piece in (b"seven ", b"apples"))
        answer = client.post(f"{service.url}/orders", data=content, timeout=20)
        assert (answer.status_code, len(service.seen)) == (401, 1)
        assert diagnosis(answer) is not None
        assert client.post(f"{service.url}/orders", data=b"", timeout=20).status_code == 200


def test_what_tells_where_it_stands_but_cannot_go_back_is_not_repeated(service: Log) -> None:
    class Stream(io.BytesIO):
        """As the answer of another request is one."""

        def seekable(self) -> bool:
            return False

        def seek(self, *_: Any) -> int:
            raise io.UnsupportedOperation("seek")

    with session(Tokens(token(-60), token())) as client:
        answer = client.post(f"{service.url}/orders", data=Stream(b"seven apples"), timeout=20)
        assert (answer.status_code, len(service.seen)) == (401, 1)


def test_a_redirect_within_the_origin_has_the_newest_credential(service: Log) -> None:
    tokens = Tokens(token(-60), token())
    with session(tokens) as client:
        assert client.get(f"{service.url}/moved", timeout=20).json() == {"id": "7", "for": "svc-a"}
    assert tokens.asked == 2


def test_a_redirect_after_a_refusal_has_the_newest_credential() -> None:
    def script(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        if seen.authorization == "Bearer old":
            return 401, CHALLENGE, b""
        return (302, {"Location": "/there"}, b"") if seen.path == "/here" else (200, {}, b"ok")

    with scripted_service(script) as service, session(Tokens("old", "new")) as client:
        answer = client.get(f"{service.url}/here", timeout=20)
        assert (answer.status_code, answer.content) == (200, b"ok")
        assert service.secrets() == ["Bearer old", "Bearer new", "Bearer new"]


def test_a_redirect_to_another_origin_never_gets_the_credential(service: Log) -> None:
    with scripted_service(refuse) as other, session(Tokens(token(), token())) as client:
        answer = client.get(f"{service.url}/elsewhere?to={other.url}/orders/7", timeout=20)
        assert (answer.status_code, answer.content) == (401, b"refusal 1")
        assert other.secrets() == [""]
    found = diagnosis(answer)
    assert found is not None and found.reason is Reason.CREDENTIAL_WITHHELD


@pytest.mark.parametrize("statuses", [[302, 200], [401, 302, 200]])
def test_a_redirect_to_the_same_host_with_tls_is_another_origin(statuses: list[int]) -> None:
    """The library itself would take the credential along, which belongs to one origin."""
    seen: list[str | None] = []

    class Adapter(requests.adapters.BaseAdapter):
        def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
            seen.append(request.headers.get("Authorization"))
            answer = requests.Response()
            answer.status_code = statuses[len(seen) - 1]
            answer.url, answer.request = request.url or "", request
            answer.headers["Location"] = "https://api.example/there"
            vars(answer)["connection"] = self
            answer.raw = HTTPResponse(io.BytesIO(b""), preload_content=False)
            return answer

        def close(self) -> None:
            """Nothing."""

    with session(Tokens("a", "b"), origins=["http://api.example"]) as client:
        client.mount("http://", Adapter())
        client.mount("https://", Adapter())
        assert client.get("http://api.example/here").status_code == 200
    assert seen == [*["Bearer a", "Bearer b"][: len(statuses) - 1], None]


@pytest.mark.parametrize("entry", ["machine localhost", "default"])
def test_where_a_request_was_redirected_away_nothing_is_sent_again(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library has a credential of its own for the other host, out of a netrc file."""
    (tmp_path / "netrc").write_text(f"{entry} login u password p\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    def there(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return 429, {"Retry-After": "0"}, b"slowly"

    def here(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return 302, {"Location": other.url.replace("127.0.0.1", "localhost")}, b""

    with scripted_service(there) as other, scripted_service(here) as service:
        with session(Tokens("ours", "newer")) as client:
            answer = client.get(f"{service.url}/", timeout=20)
        assert (answer.status_code, answer.content) == (429, b"slowly")
        assert other.secrets() == ["Basic dTpw"]
        assert service.secrets() == ["Bearer ours"]


def test_who_comes_back_from_another_origin_is_not_given_the_credential_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login u password p\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    def here(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return (302, {"Location": other.url}, b"") if seen.path == "/" else (401, CHALLENGE, b"no")

    def there(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return 302, {"Location": f"{service.url}/back"}, b""

    with (
        scripted_service(there) as other,
        scripted_service(here) as service,
        session(Tokens("ours", "newer")) as client,
    ):
        answer = client.get(f"{service.url}/", timeout=20)
        assert answer.status_code == 401 and answer.content == b"no"
        assert service.secrets() == ["Bearer ours", "Basic dTpw"]
        assert other.secrets() == ["Basic dTpw"]
        # The next request is one like any other.
        client.get(f"{service.url}/back", timeout=20)
        assert service.secrets()[2] == "Bearer ours"


def test_a_refusal_without_an_end_is_not_waited_for() -> None:
    gone = threading.Event()

    def pieces() -> Iterator[bytes]:
        while not gone.is_set():
            yield b"x" * 65_536

    def script(number: int, seen: Seen) -> Any:
        return (200, {}, [b"ok"]) if seen.authorization == "Bearer new" else (401, CHALLENGE, pieces())

    try:
        with scripted_service(script) as service, session(Tokens("old", "new")) as client:
            answer = client.get(f"{service.url}/", timeout=20)
            gone.set()
            assert (answer.status_code, answer.content) == (200, b"ok")
    finally:
        gone.set()


def test_a_server_that_always_refuses_is_asked_a_few_times_and_its_first_answer_delivered() -> None:
    tokens = Tokens(*(f"token-{number}" for number in range(9)))
    with scripted_service(refuse) as service, session(tokens) as client:
        answer = client.get(f"{service.url}/", timeout=20)
        assert (answer.status_code, answer.content) == (401, b"refusal 1")
        assert answer.headers["X-Number"] == "1"
        sent = len(service.seen)
        assert 2 <= sent <= 3
        found = diagnosis(answer)
        assert found is not None and found.refused
        with pytest.raises(doorward.RetryBlocked):
            client.get(f"{service.url}/", timeout=20)
        assert len(service.seen) == sent


@pytest.mark.parametrize("stream", [False, True])
def test_a_large_refusal_is_delivered_whole(stream: bool) -> None:
    pieces = [b"x" * 50_000] * 8

    def large(number: int, seen: Seen) -> tuple[int, dict[str, str], list[bytes]]:
        return 401, CHALLENGE, pieces

    with scripted_service(large) as service, session(Tokens("a", "b", "c")) as client:
        answer = client.get(f"{service.url}/", timeout=20, stream=stream)
        assert b"".join(answer.iter_content(7_000)) == b"".join(pieces)
        answer.close()


def test_a_compressed_refusal_is_understood_and_delivered_as_it_came() -> None:
    said = b'{"error": "insufficient_scope", "scope": "orders:write"}'

    def compressed(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        fields = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return 403, fields, gzip.compress(said)

    with scripted_service(compressed) as service, session(Tokens("a", "a")) as client:
        answer = client.get(f"{service.url}/", timeout=20)
        assert answer.content == said
        found = diagnosis(answer)
        assert found is not None and found.reason is Reason.SCOPE_INSUFFICIENT


def test_a_prepared_request_may_be_sent_again(service: Log) -> None:
    tokens = Tokens(token(-60), token())
    with session(tokens) as client:
        prepared = client.prepare_request(requests.Request("GET", f"{service.url}/orders/7"))
        for _ in range(2):
            assert client.send(prepared, timeout=20).status_code == 200
    assert tokens.asked == 2


def test_a_request_with_its_own_authorization_is_left_alone(service: Log) -> None:
    tokens = Tokens(token())
    with session(tokens) as client:
        answer = client.get(f"{service.url}/orders/7", headers={"Authorization": "Bearer mine"}, timeout=20)
    assert (answer.status_code, tokens.asked) == (401, 0)


def test_an_answer_is_streamed_as_it_comes(service: Log) -> None:
    with session(Tokens(token(-60), token())) as client:
        answer = client.get(f"{service.url}/orders/7", stream=True, timeout=20)
        assert b"".join(answer.iter_content(5)) == b'{"id":"7","for":"svc-a"}'


def test_our_own_refusal_is_read_to_the_reason() -> None:
    """The service is one of ours this time, under gunicorn, and says why."""
    issuer = Issuer()
    stale, good = issuer.token(exp=1, iat=0), issuer.token()
    environment = {"DOORWARD_TEST_POLICY": json.dumps(policy(issuer))}
    with under_gunicorn("wsgi_app:app", environment) as address:
        tokens = Tokens(stale, stale)
        with session(tokens) as client:
            answer = client.get(f"http://{address}/v1/orders/7", timeout=20)
            found = diagnosis(answer)
            assert found is not None
            assert (found.reason, found.confidence) == (Reason.TOKEN_EXPIRED, "certain")
        with session(Tokens(stale, good)) as client:
            assert client.get(f"http://{address}/v1/orders/7", timeout=20).status_code == 200
