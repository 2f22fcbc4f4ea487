"""A service account wakes up with an expired token. It refreshes, and succeeds with exactly one retry."""

import asyncio
import time
from pathlib import Path
from typing import Any

import doorward.httpx
import doorward.requests
import httpx
import pytest
import requests
from issuer import Issuer

from scenery import Asked, Service, answering

HOUR = 3600


def test_a_sidecar_has_put_a_new_token_into_the_file(
    service: Service, issuer: Issuer, tmp_path: Path
) -> None:
    # The service allows for 30 s of difference between clocks: this token is good for another moment.
    file = tmp_path / "token"
    ending, fresh = issuer.token(exp=int(time.time()) - 27), issuer.token()
    file.write_text(ending)
    auth = doorward.httpx.Auth({"file": str(file)}, origins=[service.origin])
    with httpx.Client(base_url=service.origin, auth=auth) as account:
        assert account.get("/v1/orders/1").status_code == 200
        # The account sleeps; its sidecar does not.
        file.write_text(fresh)
        time.sleep(4)

        answer = account.get("/v1/orders/7")

    assert (answer.status_code, answer.json()) == (200, {"order": 7})
    assert [(visit.status, visit.reason) for visit in service.visits] == [
        (200, None),
        (401, "token_expired"),
        (200, None),
    ]
    assert service.visits[-1].authorization == f"Bearer {fresh}"


def test_the_account_asks_its_issuer_for_a_new_token(
    service: Service, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The issuer does not say how long its tokens live (`expires_in` is only recommended, RFC 6749,
    # section 5.1), so that nobody can know in advance that the first one has expired.
    issued = [issuer.token(exp=int(time.time()) - HOUR), issuer.token()]

    def token_endpoint(asked: Asked) -> tuple[int, object]:
        assert asked.basic == ["svc-a", "not/a word"] and asked.form["grant_type"] == "client_credentials"
        return 200, {"access_token": issued.pop(0), "token_type": "Bearer"}

    with answering(token_endpoint) as endpoint:
        secret: Any = {"environment": "SVC_A_SECRET"}
        source: doorward.SourceDict = {
            "client_credentials": {
                "token_url": f"{endpoint.url}/token",
                "client_id": "svc-a",
                "client_secret": secret,
                "scope": "orders:read",
            }
        }
        monkeypatch.setenv("SVC_A_SECRET", "not/a word")
        with requests.Session() as account:
            account.auth = doorward.requests.Auth(source, origins=[service.origin])
            answer = account.post(f"{service.origin}/v1/orders/7", json={"amount": 3})

    assert answer.status_code == 200
    assert [(visit.status, visit.reason) for visit in service.visits] == [(401, "token_expired"), (200, None)]
    assert len(endpoint.asked) == 2
    assert issued == []


def test_a_hundred_calls_at_once_refresh_once(service: Service, issuer: Issuer) -> None:
    issued = [issuer.token(exp=int(time.time()) - HOUR), issuer.token()]
    given: list[str] = []

    async def source() -> str:
        await asyncio.sleep(0.05)
        given.append(issued[min(len(given), 1)])
        return given[-1]

    async def calls() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=100)
        auth = doorward.httpx.Auth(source, origins=[service.origin])
        async with httpx.AsyncClient(
            base_url=service.origin, auth=auth, limits=limits, timeout=60
        ) as account:
            return await asyncio.gather(*(account.get(f"/v1/orders/{n}") for n in range(100)))

    answers = asyncio.run(calls())

    assert [answer.json() for answer in answers] == [{"order": number} for number in range(100)]
    assert len(given) == 2
    # Nobody was refused twice.
    assert service.statuses.count(401) <= 100 and service.statuses.count(200) == 100
