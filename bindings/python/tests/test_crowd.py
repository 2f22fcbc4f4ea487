"""Many requests at once with one credential: one refresh, and no request lost, whoever sends them."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import doorward.httpx
import doorward.requests
import httpx
import pytest
import requests
from doorward._exchange import Flight
from service import Log, Seen, Tokens, threaded_service, token, usual_service

CROWD = 100


@pytest.fixture(scope="module")
def running() -> Iterator[Log]:
    with usual_service() as log:
        yield log


@pytest.fixture
def service(running: Log) -> Log:
    running.seen.clear()
    return running


def one_expired(takes: float = 0.3) -> Tokens:
    """A source whose first token has expired, and which takes its time."""
    return Tokens(token(-60), token(), token(), takes=takes)


async def crowd(auth: doorward.httpx.Auth, service: Log, size: int = CROWD) -> list[int]:
    async with httpx.AsyncClient(auth=auth, timeout=30) as client:
        answers = await asyncio.gather(
            *(client.get(f"{service.url}/orders/{number}") for number in range(size))
        )
    assert [answer.json()["id"] for answer in answers] == [str(number) for number in range(size)]
    return [answer.status_code for answer in answers]


def test_a_hundred_tasks_with_one_expired_token_refresh_once(service: Log) -> None:
    tokens = one_expired()
    assert asyncio.run(crowd(doorward.httpx.Auth(tokens), service)) == [200] * CROWD
    assert tokens.asked == 2
    assert len(service.seen) <= 2 * CROWD


def test_a_hundred_tasks_with_an_async_source_refresh_once(service: Log) -> None:
    tokens = one_expired(0)

    async def source(want: doorward.Want) -> Any:
        await asyncio.sleep(0.3)
        return tokens(want)

    assert asyncio.run(crowd(doorward.httpx.Auth(source), service)) == [200] * CROWD
    assert tokens.asked == 2


@pytest.mark.parametrize("library", [httpx, requests])
def test_a_hundred_threads_with_one_expired_token_refresh_once(library: Any, service: Log) -> None:
    tokens = one_expired()
    auth = doorward.httpx.Auth(tokens) if library is httpx else doorward.requests.Auth(tokens)
    barrier = threading.Barrier(CROWD)

    def ask(number: int) -> tuple[int, str]:
        barrier.wait(20)
        answer = library.get(f"{service.url}/orders/{number}", auth=auth, timeout=30)
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(CROWD) as pool:
        answers = list(pool.map(ask, range(CROWD)))
    assert answers == [(200, str(number)) for number in range(CROWD)]
    assert tokens.asked == 2
    assert len(service.seen) <= 2 * CROWD


def test_threads_and_several_event_loops_share_one_refresh(service: Log) -> None:
    tokens = one_expired()
    caller = doorward.Caller(tokens)
    auth = doorward.httpx.Auth(caller)

    def loop(_: int) -> list[int]:
        return asyncio.run(crowd(auth, service, 10))

    def thread(number: int) -> list[int]:
        answer = requests.get(
            f"{service.url}/orders/{number}", auth=doorward.requests.Auth(caller), timeout=30
        )
        return [answer.status_code]

    with ThreadPoolExecutor(20) as pool:
        answers = [*pool.map(loop, range(4)), *pool.map(thread, range(10))]
    assert {status for each in answers for status in each} == {200}
    assert tokens.asked == 2


def test_an_event_loop_goes_on_while_somebody_obtains(service: Log) -> None:
    tokens = one_expired(takes=1.5)
    beats: list[float] = []

    async def main() -> None:
        async def beat() -> None:
            while True:
                beats.append(time.monotonic())
                await asyncio.sleep(0.01)

        heart = asyncio.create_task(beat())
        await crowd(doorward.httpx.Auth(tokens), service, 5)
        heart.cancel()

    asyncio.run(main())
    gaps = [later - earlier for earlier, later in pairwise(beats)]
    assert len(beats) > 30 and max(gaps) < 1, max(gaps)


def test_a_request_that_is_cancelled_does_not_take_the_refresh_with_it(service: Log) -> None:
    tokens = Tokens(token(), takes=0.5)

    async def main() -> int:
        async with httpx.AsyncClient(auth=doorward.httpx.Auth(tokens), timeout=30) as client:
            url = f"{service.url}/orders/7"
            first = asyncio.create_task(client.get(url))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(client.get(url))
            await asyncio.sleep(0.1)
            first.cancel()
            answer = await second
            assert first.cancelled()
            return answer.status_code

    assert asyncio.run(main()) == 200
    assert tokens.asked == 1


def test_a_cancelled_request_with_an_async_source_does_not_either(service: Log) -> None:
    tokens = Tokens(token())

    async def source() -> Any:
        given = tokens(None)
        await asyncio.sleep(0.3)
        return given

    async def main() -> int:
        async with httpx.AsyncClient(auth=doorward.httpx.Auth(source), timeout=30) as client:
            url = f"{service.url}/orders/7"
            first = asyncio.create_task(client.get(url))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(client.get(url))
            await asyncio.sleep(0.01)
            first.cancel()
            return (await second).status_code

    assert asyncio.run(main()) == 200
    assert tokens.asked == 1


def test_nobody_who_waits_can_call_a_refresh_off() -> None:
    flight = Flight(1, doorward.Want())
    assert not flight.future.cancel()
    flight.end()
    assert flight.future.done() and not flight.future.cancelled()


def test_a_late_refusal_of_an_old_credential_does_not_cost_the_new_one() -> None:
    """The answer to a slow request comes when another one has refreshed long ago."""
    slow, fresh = threading.Event(), threading.Event()

    def script(number: int, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        if seen.authorization == "Bearer old":
            if seen.path == "/slow":
                slow.set()
                assert fresh.wait(20)
            return 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}, b""
        fresh.set()
        return 200, {}, b"ok"

    tokens = Tokens("old", "new", "newer")
    auth = doorward.requests.Auth(tokens)
    with threaded_service(script) as service, ThreadPoolExecutor(1) as pool:
        late = pool.submit(requests.get, f"{service.url}/slow", auth=auth, timeout=30)
        assert slow.wait(20)
        assert requests.get(f"{service.url}/fast", auth=auth, timeout=30).status_code == 200
        assert late.result(30).status_code == 200
        assert requests.get(f"{service.url}/fast", auth=auth, timeout=30).status_code == 200
    assert tokens.asked == 2
    assert sorted(service.secrets()) == ["Bearer new"] * 3 + ["Bearer old"] * 2


def test_a_source_that_is_down_for_a_moment_costs_no_request(service: Log) -> None:
    tokens = Tokens(ConnectionError("no route"), token())
    assert asyncio.run(crowd(doorward.httpx.Auth(tokens), service, 20)) == [200] * 20
    assert tokens.asked == 2


def forked(answer: Callable[[], requests.Response]) -> int:
    """How a child ends that has to get an answer within two seconds."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(10)
            began = time.monotonic()
            code = 0 if answer().status_code == 200 and time.monotonic() - began < 2 else 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_forked_child_does_not_wait_for_a_thread_of_its_parent(service: Log) -> None:
    started = threading.Event()
    good, parent = token(), os.getpid()

    def source() -> str:
        if os.getpid() == parent:
            started.set()
            time.sleep(3)
        return good

    auth = doorward.requests.Auth(source)
    options: dict[str, Any] = {"auth": auth, "timeout": 10}
    thread = threading.Thread(target=requests.get, args=(f"{service.url}/orders/1",), kwargs=options)
    thread.start()
    assert started.wait(10)
    assert forked(lambda: requests.get(f"{service.url}/orders/2", **options)) == 0
    thread.join(20)


def test_a_child_does_not_inherit_the_lock_of_a_thread_that_is_not_there(service: Log) -> None:
    auth = doorward.requests.Auth(Tokens(token()))
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with auth.caller._lock:
            held.set()
            over.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    code = forked(lambda: requests.get(f"{service.url}/orders/2", auth=auth, timeout=10))
    over.set()
    thread.join(20)
    assert code == 0


@pytest.mark.parametrize("kind", ["httpx", "requests", "async"])
def test_a_source_that_asks_through_its_own_client_is_told_at_once(kind: str, service: Log) -> None:
    """The commonest copy and paste: the token is asked for with the very session that waits for it."""
    url, began = f"{service.url}/orders/7", time.monotonic()

    def ask() -> Any:
        if kind == "httpx":
            return httpx.get(url, auth=doorward.httpx.Auth(caller), timeout=20)
        return requests.get(url, auth=doorward.requests.Auth(caller), timeout=20)

    async def aask() -> Any:
        async with httpx.AsyncClient(auth=doorward.httpx.Auth(caller), timeout=20) as client:
            return await client.get(url)

    async def asource() -> str:
        return str((await aask()).text)

    caller = doorward.Caller(asource if kind == "async" else lambda: str(ask().text))
    with pytest.raises(doorward.CredentialUnobtainable, match="the client that waits for it"):
        asyncio.run(aask()) if kind == "async" else ask()
    assert time.monotonic() - began < 5 and not service.seen


def test_what_a_source_leaves_behind_may_ask_later_and_wait_like_others(service: Log) -> None:
    good, later = token(), threading.Event()

    async def ask() -> int:
        async with httpx.AsyncClient(auth=auth, timeout=20) as client:
            return (await client.get(f"{service.url}/orders/7")).status_code

    async def beside() -> int:
        await asyncio.to_thread(later.wait, 10)
        return await ask()

    async def source() -> doorward.Credential:
        if tasks:
            await asyncio.sleep(0.5)
        else:
            tasks.append(asyncio.create_task(beside()))
        return doorward.Credential(good, expires_in=1)

    async def main() -> list[int]:
        answers = [await ask()]
        await asyncio.sleep(1.2)
        second = asyncio.create_task(ask())
        await asyncio.sleep(0.2)
        # Somebody obtains the next one now.
        later.set()
        answers.append(await second)
        return answers + await asyncio.gather(*tasks)

    tasks: list[asyncio.Task[int]] = []
    auth = doorward.httpx.Auth(source)
    assert asyncio.run(main()) == [200, 200, 200]


def test_a_refresh_is_not_waited_for_whose_event_loop_was_closed(service: Log) -> None:
    calls: list[int] = []
    good = token()

    async def source() -> str:
        calls.append(1)
        if len(calls) == 1:
            await asyncio.sleep(1_000)
        return good

    async def ask() -> int:
        async with httpx.AsyncClient(auth=auth, timeout=20) as client:
            return (await client.get(f"{service.url}/orders/7")).status_code

    auth = doorward.httpx.Auth(source)
    loop = asyncio.new_event_loop()
    first = loop.create_task(ask())
    loop.run_until_complete(asyncio.sleep(0.2))
    first.cancel()
    loop.run_until_complete(asyncio.sleep(0.1))
    loop.close()
    began = time.monotonic()
    assert asyncio.run(ask()) == 200
    assert time.monotonic() - began < 5 and len(calls) == 2
