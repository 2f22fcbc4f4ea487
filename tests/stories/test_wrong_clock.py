"""A workload signs its own tokens by a wrong clock. The difference is measured, and made up for."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from issuer import AUDIENCE, ISSUER, Issuer

from scenery import Service, wrong_clock

WORKLOAD = textwrap.dedent(
    """
    import json, sys, time
    import doorward.httpx, httpx, jwt

    url, key, issuer, audience = json.loads(sys.stdin.read())
    signed = 0

    def sign(want):
        # A minute's token, by the clock of whoever will judge it.
        global signed
        signed += 1
        now = int(time.time()) + want.clock_offset
        claims = {"iss": issuer, "aud": audience, "sub": "w", "client_id": "w", "jti": str(now)}
        claims |= {"iat": now, "exp": now + 60, "scope": "orders:read"}
        headers = {"typ": "at+jwt", "kid": "2026-11"}
        token = jwt.encode(claims, key, algorithm="ES256", headers=headers)
        return doorward.Credential(token, expires_in=60)

    auth = doorward.httpx.Auth(sign)
    with httpx.Client(auth=auth) as workload:
        answers = [workload.get(url) for _ in range(3)]
    statuses = [answer.status_code for answer in answers]
    offset = auth.caller.status()["clock_offset"]
    print(json.dumps({"statuses": statuses, "signed": signed, "offset": offset}))
    """
)


@pytest.mark.parametrize(
    "ahead, reason", [(-600, "token_expired"), (600, "token_not_yet_valid"), (7200, "token_not_yet_valid")]
)
def test_a_wrong_clock_is_measured_and_made_up_for(
    service: Service, issuer: Issuer, clock: Path, ahead: int, reason: str
) -> None:
    lived = live(service, issuer, clock, ahead)

    assert lived["statuses"] == [200, 200, 200]
    # Refused once; after that the workload signs by the service's clock.
    first, *others = service.visits
    assert first.status == 401 and [visit.status for visit in others] == [200, 200, 200]
    assert lived["signed"] == 2
    assert abs(lived["offset"] + ahead) <= 2, lived
    assert first.reason in {reason, "token_issued_in_future"}


def test_a_clock_that_is_right_costs_nothing(service: Service, issuer: Issuer, clock: Path) -> None:
    lived = live(service, issuer, clock, 0)

    assert (lived["statuses"], lived["signed"], service.statuses) == ([200, 200, 200], 1, [200, 200, 200])


def live(service: Service, issuer: Issuer, clock: Path, ahead: int) -> dict[str, Any]:
    """A workload in a process of its own, which lives with a clock that is so many seconds ahead."""
    told = [f"{service.origin}/v1/orders/7", issuer.private_pem(), ISSUER, AUDIENCE]
    ended = subprocess.run(
        [sys.executable, "-c", WORKLOAD],
        input=json.dumps(told),
        env=wrong_clock(clock, ahead),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    lived: dict[str, Any] = json.loads(ended.stdout)
    return lived
