"""The issuer rotates its keys while everybody is calling. Nobody is lost."""

import asyncio
import time

import doorward.httpx
import httpx
from issuer import Issuer, policy
from provider import published

from scenery import serving

CALLERS = 25


def test_a_rotation_in_mid_traffic_loses_no_caller() -> None:
    old, new = Issuer("2026-10"), Issuer("2026-11")
    current = [old]

    async def call(origin: str, number: int, until: float) -> list[int]:
        # Each caller has a credential of its own, and renews it every other moment.
        def source() -> doorward.Credential:
            return doorward.Credential(current[0].token(f"caller-{number}"), look_again=0.5)

        statuses = []
        auth = doorward.httpx.Auth(source, longest_wait=15)
        async with httpx.AsyncClient(base_url=origin, auth=auth, timeout=60, verify=False) as client:
            while time.monotonic() < until:
                statuses.append((await client.get(f"/v1/orders/{number}")).status_code)
                await asyncio.sleep(0.05)
        return statuses

    async def traffic(origin: str) -> list[list[int]]:
        until = time.monotonic() + 5

        async def rotate() -> None:
            await asyncio.sleep(1)
            provider.publish(old, new)
            current[0] = new
            await asyncio.sleep(2)
            # The old key is withdrawn when tokens under it have been replaced.
            provider.publish(new)

        rotation = asyncio.ensure_future(rotate())
        statuses = await asyncio.gather(*(call(origin, number, until) for number in range(CALLERS)))
        await rotation
        return statuses

    with published(old) as provider:
        keys = {"url": provider.url, "refresh": "10m"}
        with serving(policy(old, keys=keys)) as service:
            service.engine.ready(20)
            statuses = asyncio.run(traffic(service.origin))

    assert {status for each in statuses for status in each} == {200}
    assert all(len(each) >= 3 for each in statuses), statuses
    # Some met the new key before the service had it: they waited, and came back with what they had.
    refused = [visit for visit in service.visits if visit.status != 200]
    assert refused and {(visit.status, visit.reason) for visit in refused} == {(401, "key_unknown")}
    # The rotation cost one fetch, however many callers met it; the first load is the other one.
    assert len(provider.asked) == 2
