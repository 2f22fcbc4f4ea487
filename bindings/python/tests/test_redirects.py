"""Redirects: whose refusal comes at their end, and what is sent again because of it."""

from contextlib import ExitStack

import doorward
import doorward.requests
import pytest
import requests
from clients import Made
from doorward import Reason
from service import Log, Script, Seen, Tokens, scripted_service

Said = tuple[int, dict[str, str], bytes]

CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


def away_and_home(stack: ExitStack, challenge: dict[str, str]) -> Log:
    """A service whose `/away` leads to another origin, which leads back to where a credential is wanted."""

    def here(number: int, seen: Seen) -> Said:
        if seen.path == "/away":
            return 302, {"Location": other.url}, b""
        return (200, {}, b"ok") if seen.authorization else (401, challenge, b"no")

    def there(number: int, seen: Seen) -> Said:
        return 302, {"Location": f"{service.url}/back"}, b""

    other = stack.enter_context(scripted_service(there))
    service = stack.enter_context(scripted_service(here))
    return service


@pytest.mark.parametrize("challenge", [{}, {"WWW-Authenticate": "Bearer"}, CHALLENGE])
def test_who_comes_back_from_another_origin_was_not_refused_its_credential(
    made: Made, challenge: dict[str, str]
) -> None:
    """The library takes the credential out for the other origin, and does not put it in again."""
    tokens = Tokens("one", "two")
    with ExitStack() as stack:
        service = away_and_home(stack, challenge)
        client = made(tokens, origins=[service.url])
        for _ in range(3):
            answer = client.ask("GET", f"{service.url}/away", follow_redirects=True)
            assert answer.status_code == 401
            assert answer.extensions["doorward"].reason is Reason.CREDENTIAL_WITHHELD
        assert service.secrets() == ["Bearer one", ""] * 3
        assert client.ask("GET", f"{service.url}/back").status_code == 200
        assert not client.auth.caller.status()["refused"]
    assert tokens.asked == 1


def test_nor_was_who_comes_back_with_requests() -> None:
    tokens = Tokens("one", "two")
    with ExitStack() as stack, requests.Session() as session:
        service = away_and_home(stack, CHALLENGE)
        session.auth = doorward.requests.Auth(tokens, origins=[service.url])
        prepared = session.prepare_request(requests.Request("GET", f"{service.url}/away"))
        for _ in range(2):
            answer = session.send(prepared, timeout=20)
            found = doorward.requests.diagnosis(answer)
            assert answer.status_code == 401
            assert found is not None and found.reason is Reason.CREDENTIAL_WITHHELD
        assert service.secrets() == ["Bearer one", ""] * 2
    assert tokens.asked == 1


def refused_after(path: str) -> tuple[str, Script]:
    """A service that carries out what is posted, and leads on to where the first credential is refused."""

    def script(number: int, seen: Seen) -> Said:
        if seen.method == "POST":
            return 303, {"Location": path}, b""
        return (401, CHALLENGE, b"no") if seen.authorization == "Bearer one" else (200, {}, b"ok")

    return path, script


LEADS = [pytest.param(*refused_after(path), id=path) for path in ("/orders/7", "/orders")]


@pytest.mark.parametrize(("path", "script"), LEADS)
def test_what_was_carried_out_is_not_sent_again_for_a_refusal_where_it_led(
    made: Made, path: str, script: Script
) -> None:
    with scripted_service(script) as service:
        client = made(Tokens("one", "two"))
        answer = client.ask("POST", f"{service.url}/orders", follow_redirects=True, content=b"apples")
        assert [each.method for each in service.seen].count("POST") == 1
        assert answer.status_code == 401 and answer.extensions["doorward"].refused
        # What was learnt is not lost.
        assert client.ask("GET", f"{service.url}{path}").status_code == 200


@pytest.mark.parametrize(("path", "script"), LEADS)
def test_nor_is_it_with_requests(path: str, script: Script) -> None:
    with scripted_service(script) as service, requests.Session() as session:
        session.auth = doorward.requests.Auth(Tokens("one", "two"))
        answer = session.post(f"{service.url}/orders", data=b"apples", timeout=20)
        # What it led to is, and nothing else.
        assert [each.method for each in service.seen] == ["POST", "GET", "GET"]
        assert answer.status_code == 200 and service.secrets()[1:] == ["Bearer one", "Bearer two"]
