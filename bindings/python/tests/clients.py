"""Clients of httpx's kind, sync and async, behind one interface."""

from collections.abc import Callable, Container
from itertools import count
from typing import Any

import anyio
import doorward.httpx
import doorward.httpx2
import httpx
import httpx2
import pytest


class Sync:
    """A sync client of one of the libraries, behind the interface that the tests use."""

    def __init__(self, library: Any, auth: Any) -> None:
        self.library = library
        self.auth = auth
        self.options: dict[str, Any] = {"timeout": 20}

    def ask(self, method: str, url: str, follow_redirects: bool = False, **options: Any) -> Any:
        with self.library.Client(auth=self.auth, follow_redirects=follow_redirects, **self.options) as client:
            return client.request(method, url, **options)

    def ask_again(self, method: str, url: str, times: int) -> list[Any]:
        """Sends one and the same request object so many times."""
        with self.library.Client(auth=self.auth, **self.options) as client:
            request = client.build_request(method, url)
            return [client.send(request) for _ in range(times)]

    def read_in_hooks(self, which: Container[int] = range(1, 100)) -> None:
        """Has a hook of the client read these answers, by their numbers from 1, before anybody else does."""
        numbers = count(1)
        self.options["event_hooks"] = {"response": [lambda given: next(numbers) in which and given.read()]}


class Async(Sync):
    """The async client of the same library."""

    def ask(self, method: str, url: str, follow_redirects: bool = False, **options: Any) -> Any:
        async def main() -> Any:
            async with self.library.AsyncClient(
                auth=self.auth, follow_redirects=follow_redirects, **self.options
            ) as client:
                return await client.request(method, url, **options)

        return anyio.run(main, backend=self.backend)

    def ask_again(self, method: str, url: str, times: int) -> list[Any]:
        async def main() -> list[Any]:
            async with self.library.AsyncClient(auth=self.auth, **self.options) as client:
                request = client.build_request(method, url)
                return [await client.send(request) for _ in range(times)]

        return anyio.run(main, backend=self.backend)

    def read_in_hooks(self, which: Container[int] = range(1, 100)) -> None:
        numbers = count(1)

        async def read(given: Any) -> None:
            if next(numbers) in which:
                await given.aread()

        self.options["event_hooks"] = {"response": [read]}

    backend = "asyncio"


class Trio(Async):
    """The same under Trio."""

    backend = "trio"


KINDS = [
    pytest.param((Sync, httpx, doorward.httpx.Auth), id="httpx-sync"),
    pytest.param((Async, httpx, doorward.httpx.Auth), id="httpx-async"),
    pytest.param((Trio, httpx, doorward.httpx.Auth), id="httpx-trio"),
    pytest.param((Sync, httpx2, doorward.httpx2.Auth), id="httpx2-sync"),
    pytest.param((Async, httpx2, doorward.httpx2.Auth), id="httpx2-async"),
]

Made = Callable[..., Sync]
"""Makes a client for a source or a caller, with the options of a caller."""
