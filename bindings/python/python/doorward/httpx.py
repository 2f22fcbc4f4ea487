"""For httpx: `client = httpx.Client(auth=doorward.httpx.Auth(source))`, and the same for `AsyncClient`."""

from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING

import httpx
from httpx import ByteStream, Request, Response

from ._caller import AnySource, Caller, CallerOptions, caller_of
from ._flow import Flow, Held, is_left_alone

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Auth"]


class _Held(Held, httpx.SyncByteStream, httpx.AsyncByteStream):
    """A content whose head is in memory already."""


class Auth(httpx.Auth):
    """Sends a credential, and does what an answer asks for. One serves all clients and event loops.

    Takes a source, or a `doorward.Caller` that is shared with others; the options are those of a caller.
    A request with an `Authorization` of its own is left alone. An answer that refuses in the end has its
    diagnosis in `extensions["doorward"]`.
    """

    def __init__(self, source: AnySource | Caller | None = None, **options: "Unpack[CallerOptions]") -> None:
        self.caller = caller_of(source, **options)

    def sync_auth_flow(self, request: Request) -> Generator[Request, Response, None]:
        """The flow of a sync client."""
        if is_left_alone(request):
            yield request
            return
        yield from self._flow(request).run()

    async def async_auth_flow(self, request: Request) -> AsyncGenerator[Request, Response]:
        """The flow of an async client."""
        if is_left_alone(request):
            yield request
            return
        flow = self._flow(request).arun()
        try:
            outgoing = await anext(flow)
            while True:
                response = yield outgoing
                outgoing = await flow.asend(response)
        except StopAsyncIteration:
            return
        finally:
            await flow.aclose()

    def _flow(self, request: Request) -> Flow:
        return Flow(self.caller, request, isinstance(request.stream, ByteStream), _Held, ByteStream)
