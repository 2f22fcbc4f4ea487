"""Sources that give something to await, whoever calls them, and what must not be waited for."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import doorward
import doorward.httpx
import doorward.requests
import httpx
import pytest
import requests
from clients import Made, Sync
from service import Log, Tokens, token, usual_service


@pytest.fixture(scope="module")
def running() -> Iterator[Log]:
    with usual_service() as log:
        yield log


@pytest.fixture
def service(running: Log) -> Log:
    running.seen.clear()
    return running


def through(function: Callable[..., Any]) -> Callable[[], Any]:
    """A plain function that gives what an async one gives: nobody can tell before it is called."""
    return lambda: function()


def test_what_a_plain_function_gives_is_awaited(made: Made, service: Log) -> None:
    tokens = Tokens(token(-60), token())

    async def source() -> Any:
        await anyio.sleep(0.01)
        return tokens(None)

    answer = made(through(source)).ask("GET", f"{service.url}/orders/7")
    assert (answer.status_code, tokens.asked, len(service.seen)) == (200, 2, 2)


def test_it_is_awaited_where_there_is_no_event_loop(service: Log) -> None:
    async def source() -> doorward.Credential:
        await asyncio.sleep(0)
        return doorward.Credential(token())

    auth = doorward.requests.Auth(through(source))
    assert requests.get(f"{service.url}/orders/7", auth=auth, timeout=20).status_code == 200


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_sync_client_inside_an_event_loop_may_have_it_awaited(backend: str, service: Log) -> None:
    async def source() -> str:
        await asyncio.sleep(0.01)
        return token()

    async def main() -> int:
        client = Sync(httpx, doorward.httpx.Auth(through(source)))
        status: int = client.ask("GET", f"{service.url}/orders/7").status_code
        return status

    assert anyio.run(main, backend=backend) == 200


def test_it_is_awaited_in_the_loop_of_who_asks(service: Log) -> None:
    """What belongs to that loop, such as an async client, can be used in it only."""

    async def main() -> int:
        here = asyncio.get_running_loop()
        gate = here.create_future()
        here.call_later(0.3, gate.set_result, good)

        async def source() -> str:
            assert asyncio.get_running_loop() is here
            return str(await gate)

        async with httpx.AsyncClient(auth=doorward.httpx.Auth(through(source)), timeout=20) as client:
            url = f"{service.url}/orders/7"
            answers = await asyncio.gather(*(client.get(url) for _ in range(5)))
        return sum(answer.status_code == 200 for answer in answers)

    good = token()
    assert asyncio.run(main()) == 5


def test_what_fails_while_it_is_awaited_is_the_cause(made: Made, service: Log) -> None:
    fault = doorward.SourceFault("the vault is sealed", hard=True)

    async def source() -> str:
        raise fault

    with pytest.raises(doorward.CredentialUnobtainable) as raised:
        made(through(source)).ask("GET", f"{service.url}/orders/7")
    assert raised.value.__cause__ is fault and not service.seen


def test_a_loop_that_ends_meanwhile_costs_nobody_else_anything(service: Log) -> None:
    calls: list[int] = []

    def source() -> Any:
        calls.append(1)
        if len(calls) == 1:
            time.sleep(0.5)
        return later()

    async def later() -> str:
        return token()

    async def ask() -> int:
        async with httpx.AsyncClient(auth=auth, timeout=20) as client:
            return (await client.get(f"{service.url}/orders/7")).status_code

    auth = doorward.httpx.Auth(source)
    loop = asyncio.new_event_loop()
    first = loop.create_task(ask())
    loop.run_until_complete(asyncio.sleep(0.2))
    first.cancel()
    loop.run_until_complete(asyncio.sleep(0.05))
    loop.close()
    began = time.monotonic()
    assert asyncio.run(ask()) == 200
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("kind", ["async", "plain"])
@pytest.mark.parametrize("library", ["httpx", "requests"])
def test_a_sync_client_does_not_wait_for_what_its_own_thread_has_to_do(
    library: str, kind: str, backend: str, service: Log
) -> None:
    """The source runs as a task of the very loop that the sync client blocks."""

    async def source() -> str:
        await anyio.sleep(0.5)
        return good

    def ask() -> None:
        if library == "httpx":
            httpx.get(url, auth=doorward.httpx.Auth(caller), timeout=20)
        else:
            requests.get(url, auth=doorward.requests.Auth(caller), timeout=20)

    async def main() -> None:
        async with httpx.AsyncClient(auth=doorward.httpx.Auth(caller), timeout=20) as client:

            async def first() -> None:
                statuses.append((await client.get(url)).status_code)

            async with anyio.create_task_group() as group:
                group.start_soon(first)
                await anyio.sleep(0.2)
                began = time.monotonic()
                with pytest.raises(doorward.SourceFault, match="event loop") as raised:
                    ask()
                assert raised.value.hard and time.monotonic() - began < 5
        # In a thread of its own it may wait.
        assert await anyio.to_thread.run_sync(lambda: requests.get(url, auth=other, timeout=20).ok)

    good, url, statuses = token(), f"{service.url}/orders/7", list[int]()
    caller = doorward.Caller(source if kind == "async" else through(source))
    other = doorward.requests.Auth(caller)
    anyio.run(main, backend=backend)
    assert statuses == [200]


def test_a_sync_client_inside_an_event_loop_renews_ahead_without_that_loop(service: Log) -> None:
    """As in a notebook: the loop has no turn until all of the requests are through."""
    tokens = Tokens(doorward.Credential(token(), expires_in=4), doorward.Credential(token()))

    async def source() -> Any:
        await asyncio.sleep(0)
        return tokens(None)

    async def main() -> list[int]:
        client = Sync(httpx, doorward.httpx.Auth(source, refresh_ahead=60))
        statuses = []
        for pause in (3.3, 1.0, 0.0):
            statuses.append(client.ask("GET", f"{service.url}/orders/7").status_code)
            time.sleep(pause)  # noqa: ASYNC251
        return statuses

    assert asyncio.run(main()) == [200] * 3
    assert tokens.asked == 2
