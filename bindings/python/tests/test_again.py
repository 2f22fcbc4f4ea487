"""What is sent more than once, and which of its answers is handed out, with which diagnosis."""

import gzip
import time
from collections.abc import Callable
from typing import Any

import doorward
import doorward.httpx
import doorward.requests
import httpx
import pytest
import requests
from clients import Made
from doorward import Reason
from service import Seen, Tokens, scripted_service

Said = tuple[int, dict[str, str], bytes]

EXPIRED = {"WWW-Authenticate": 'Bearer error="invalid_token", error_description="The token expired"'}
SCOPE = b'{"error": "insufficient_scope", "scope": "orders:write"}'


def until_revoked(revoked: set[str]) -> Callable[[int, Seen], Said]:
    """Takes every token but those, and none at all is refused."""

    def script(number: int, seen: Seen) -> Said:
        secret = (seen.authorization or "").partition(" ")[2]
        return (401, EXPIRED, b"no") if not secret or secret in revoked else (200, {}, b"ok")

    return script


def first_expired(number: int, seen: Seen) -> Said:
    """Refuses everybody, the first time with another reason."""
    if seen.authorization == "Bearer one":
        return 401, {**EXPIRED, "X-Number": "1"}, b"first"
    challenge = 'Bearer error="invalid_token", error_description="The audience is invalid"'
    return 401, {"WWW-Authenticate": challenge, "X-Number": str(number)}, b"later"


def test_a_request_object_that_is_sent_again_has_the_newest_credential(made: Made) -> None:
    def script(number: int, seen: Seen) -> Said:
        return (200, {}, b"ok") if number == 1 or seen.authorization == "Bearer two" else (401, EXPIRED, b"")

    tokens = Tokens("one", "two")
    with scripted_service(script) as service:
        answers = made(tokens).ask_again("GET", service.url, 3)
        assert [answer.status_code for answer in answers] == [200] * 3
        assert service.secrets() == ["Bearer one", "Bearer one", "Bearer two", "Bearer two"]
    assert tokens.asked == 2


def test_what_a_redirect_leads_to_may_be_sent_by_hand() -> None:
    def script(number: int, seen: Seen) -> Said:
        if seen.path == "/":
            return 302, {"Location": "/there"}, b""
        return (200, {}, b"ok") if seen.authorization == "Bearer two" else (401, EXPIRED, b"")

    auth = doorward.httpx.Auth(Tokens("one", "two"))
    with scripted_service(script) as service, httpx.Client(auth=auth) as client:
        following = client.get(service.url).next_request
        assert following is not None and client.send(following).status_code == 200
        assert service.secrets() == ["Bearer one", "Bearer one", "Bearer two"]
        assert "one" not in repr(following.extensions) and "two" not in repr(following.extensions)


def test_an_authorization_that_is_put_in_between_is_left_alone() -> None:
    revoked: set[str] = {"mine"}
    tokens = Tokens("one", "two")
    with scripted_service(until_revoked(revoked)) as service:
        with httpx.Client(auth=doorward.httpx.Auth(tokens)) as client:
            request = client.build_request("GET", service.url)
            assert client.send(request).status_code == 200
            request.headers["Authorization"] = "Bearer mine"
            assert client.send(request).status_code == 401
        with requests.Session() as session:
            session.auth = doorward.requests.Auth(Tokens("one", "two"))
            prepared = session.prepare_request(requests.Request("GET", service.url))
            assert session.send(prepared, timeout=20).status_code == 200
            prepared.headers["Authorization"] = "Bearer mine"
            answer = session.send(prepared, timeout=20)
            assert answer.status_code == 401 and doorward.requests.diagnosis(answer) is not None
        assert service.secrets() == ["Bearer one", "Bearer mine"] * 2
    assert tokens.asked == 1


def test_what_another_client_left_in_a_request_is_taken_out() -> None:
    auth = doorward.httpx.Auth(lambda: "one", proof=lambda *_: "proof")
    with scripted_service(until_revoked(set())) as service:
        with httpx.Client(auth=auth) as client:
            request = client.build_request("GET", service.url)
            assert client.send(request).status_code == 200
        with httpx.Client(auth=doorward.httpx.Auth()) as bare:
            assert bare.send(request).status_code == 401
        assert service.secrets() == ["DPoP one", ""]
        assert "DPoP" not in request.headers


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_prepared_request_with_an_old_credential_does_not_cost_the_new_one(method: str) -> None:
    revoked: set[str] = set()
    tokens = Tokens("one", "two", "three")
    with scripted_service(until_revoked(revoked)) as service, requests.Session() as session:
        session.auth = auth = doorward.requests.Auth(tokens)
        content = b"apples" if method == "POST" else None
        prepared = session.prepare_request(requests.Request(method, service.url, data=content))
        assert session.send(prepared, timeout=20).status_code == 200
        revoked.add("one")
        assert session.get(service.url, timeout=20).status_code == 200
        for _ in range(2):
            assert session.send(prepared, timeout=20).status_code == 200
        assert service.secrets()[3:] == ["Bearer one", "Bearer two", "Bearer two"]
        assert {each.body for each in service.seen if each.method == "POST"} <= {b"apples"}
        assert auth.caller.status()["totals"]["refused"] == 1
    assert tokens.asked == 2


def test_a_prepared_request_that_cannot_be_repeated_says_why_and_blames_nobody() -> None:
    revoked: set[str] = set()
    tokens = Tokens("one", "two", "three")
    with scripted_service(until_revoked(revoked)) as service, requests.Session() as session:
        session.auth = auth = doorward.requests.Auth(tokens)
        request = requests.Request("POST", service.url, data=iter([b"seven ", b"apples"]))
        prepared = session.prepare_request(request)
        assert session.send(prepared, timeout=20).status_code == 200
        revoked.add("one")
        assert session.get(service.url, timeout=20).status_code == 200
        answer = session.send(prepared, timeout=20)
        found = doorward.requests.diagnosis(answer)
        assert answer.status_code == 401 and found is not None and found.reason is Reason.TOKEN_EXPIRED
        assert auth.caller.status()["totals"]["refused"] == 1
    assert tokens.asked == 2


def test_what_may_have_been_carried_out_is_not_repeated_for_a_refusal_that_nobody_signs() -> None:
    """A 401 without a challenge may be passed on from behind the service, which has done its part by then."""
    revoked: set[str] = set()

    def bare(number: int, seen: Seen) -> Said:
        if seen.method == "POST" and seen.authorization == "Bearer one" and revoked:
            return 401, {}, b""
        return until_revoked(revoked)(number, seen)

    with scripted_service(bare) as service, requests.Session() as session:
        session.auth = doorward.requests.Auth(Tokens("one", "two", "three"))
        prepared = session.prepare_request(requests.Request("POST", service.url, data=b"apples"))
        assert session.send(prepared, timeout=20).status_code == 200
        revoked.add("one")
        assert session.get(service.url, timeout=20).status_code == 200
        assert session.send(prepared, timeout=20).status_code == 401
        assert [each.method for each in service.seen].count("POST") == 2


def test_a_prepared_request_is_answered_though_its_source_has_nothing_any_more() -> None:
    """Its credential has ended by the clock here, and the service takes it all the same."""
    tokens = Tokens(doorward.Credential("one", expires_in=1), doorward.SourceFault("sealed", hard=True))
    revoked: set[str] = set()
    with scripted_service(until_revoked(revoked)) as service, requests.Session() as session:
        session.auth = doorward.requests.Auth(tokens, refresh_ahead=0)
        prepared = session.prepare_request(requests.Request("GET", service.url))
        assert session.send(prepared, timeout=20).status_code == 200
        time.sleep(1.1)
        with pytest.raises(doorward.CredentialUnobtainable):
            session.get(service.url, timeout=20)
        assert session.send(prepared, timeout=20).status_code == 200
        revoked.add("one")
        answer = session.send(prepared, timeout=20)
        found = doorward.requests.diagnosis(answer)
        assert answer.status_code == 401 and found is not None and found.reason is Reason.TOKEN_EXPIRED


def test_the_first_answer_has_its_own_diagnosis(made: Made) -> None:
    with scripted_service(first_expired) as service:
        answer = made(Tokens("one", "two")).ask("GET", service.url)
        assert (answer.content, answer.headers["X-Number"]) == (b"first", "1")
        assert answer.extensions["doorward"].reason is Reason.TOKEN_EXPIRED
        assert len(service.seen) == 2


def test_the_first_answer_of_requests_has_its_own_diagnosis() -> None:
    with scripted_service(first_expired) as service:
        auth = doorward.requests.Auth(Tokens("one", "two"))
        answer = requests.get(service.url, auth=auth, timeout=20)
        found = doorward.requests.diagnosis(answer)
        assert answer.content == b"first" and found is not None and found.reason is Reason.TOKEN_EXPIRED


def test_an_answer_that_a_hook_has_read_is_understood(made: Made) -> None:
    def script(number: int, seen: Seen) -> Said:
        fields = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return 403, fields, gzip.compress(SCOPE)

    with scripted_service(script) as service:
        client = made(Tokens("one", "one"))
        client.read_in_hooks()
        answer = client.ask("GET", service.url)
        assert answer.content == SCOPE
        assert answer.extensions["doorward"].reason is Reason.SCOPE_INSUFFICIENT


@pytest.mark.parametrize("read", [{1}, {2}, {1, 2}])
@pytest.mark.parametrize("coded", [False, True])
def test_the_first_answer_is_handed_out_though_a_hook_has_read_some(
    made: Made, read: set[int], coded: bool
) -> None:
    def script(number: int, seen: Seen) -> Said:
        status, fields, content = first_expired(number, seen)
        return (
            status,
            {**fields, "Content-Encoding": "gzip"} if coded else fields,
            (gzip.compress(content) if coded else content),
        )

    with scripted_service(script) as service:
        client = made(Tokens("one", "two"))
        client.read_in_hooks(read)
        answer = client.ask("GET", service.url)
        assert (answer.content, answer.text, answer.headers["X-Number"]) == (b"first", "first", "1")
        assert answer.extensions["doorward"].reason is Reason.TOKEN_EXPIRED
        assert [each.status_code for each in answer.history] == [401] and len(service.seen) == 2


def test_the_first_answer_is_streamed_as_it_came() -> None:
    auth = doorward.httpx.Auth(Tokens("one", "two"))
    with (
        scripted_service(first_expired) as service,
        httpx.Client(auth=auth) as client,
        client.stream("GET", service.url) as answer,
    ):
        received: Any = answer.iter_raw()
        assert b"".join(received) == b"first"
