"""A client calls again and again with what was refused. Its own side stops it, or else the service does."""

import time

import doorward.httpx
import httpx
import pytest
from issuer import Issuer, policy

from scenery import serving


def test_the_callers_side_stops_a_client_that_has_nothing_better(issuer: Issuer) -> None:
    stranger = Issuer("2026-11")
    given: list[str] = []

    def source() -> str:
        given.append(stranger.token(jti=str(len(given))))
        return given[-1]

    with serving(policy(issuer)) as service:
        auth = doorward.httpx.Auth(source)
        with httpx.Client(base_url=service.origin, auth=auth) as client:
            answers: list[httpx.Response] = []
            blocked: list[doorward.RetryBlocked] = []
            for _ in range(500):
                try:
                    answers.append(client.get("/v1/orders/7"))
                except doorward.RetryBlocked as fault:
                    blocked.append(fault)

    # The loop went on for five hundred rounds; a handful of requests were sent.
    assert len(answers) + len(blocked) == 500 and len(blocked) >= 490
    assert len(service.visits) <= 6 and len(given) <= 4
    # Who waits for an answer gets the first one, with its reason; the others learn when they may try again.
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].json()["reason"] == "signature_invalid"
    error = blocked[0]
    assert error.reason is doorward.Reason.RETRY_BLOCKED
    assert error.until is not None and error.until > time.time()


def test_a_client_without_a_credential_is_not_tried_again(issuer: Issuer) -> None:
    with serving(policy(issuer)) as service:
        with httpx.Client(base_url=service.origin, auth=doorward.httpx.Auth()) as client:
            answer = client.get("/v1/orders/7")

        assert (answer.status_code, service.statuses) == (401, [401])
        assert answer.extensions["doorward"].recovery is doorward.Recovery.SEND_CREDENTIAL


def test_the_service_stops_a_client_that_does_not_listen(issuer: Issuer) -> None:
    limited = {**policy(issuer), "limit": {"failures": 5, "per": "1m", "by": "peer"}}
    with serving(limited) as service:
        with httpx.Client(base_url=service.origin) as client:
            bad = [
                client.get("/v1/orders/7", headers={"Authorization": "Bearer no.to.ken"}) for _ in range(50)
            ]
            good = client.get("/v1/orders/7", headers={"Authorization": issuer.bearer()})

        assert [answer.status_code for answer in bad] == [401] * 5 + [429] * 45
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in bad[5:])
        # Who is known passes all the same; who is not, shares the limit of the address.
        assert good.status_code in {200, 429}


@pytest.fixture
def issuer() -> Issuer:
    return Issuer("2026-11")
