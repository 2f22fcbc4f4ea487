"""The flow of one request through a client of httpx's kind: the steps of an exchange, carried out."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from typing import Any

from ._caller import Caller, ajoin, join
from ._content import Head, beginning, may_refuse
from ._exchange import Answer, Delivery, Obtain, Outgoing, Pause, Send, Step, exchange
from ._waiting import apause


class Held:
    """A content whose head is in memory already; the rest comes as its reader asks for it."""

    def __init__(self, head: Head, rest: Any, stream: Any) -> None:
        self._head = head
        self._rest = rest
        self._stream = stream
        self._is_cut = False

    def cut(self) -> None:
        """Leaves the rest where it is: nobody will read this answer."""
        self._is_cut = True

    def __iter__(self) -> Iterator[bytes]:
        yield from self._head.pieces
        if not self._is_cut:
            if self._head.fault is not None:
                raise self._head.fault
            yield from self._rest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._head.pieces:
            yield piece
        if not self._is_cut:
            if self._head.fault is not None:
                raise self._head.fault
            async for piece in self._rest:
                yield piece

    def close(self) -> None:
        self._stream.close()

    async def aclose(self) -> None:
        await self._stream.aclose()


class Kept:
    """The first refusal, as long as it may still be the one to hand out."""

    def __init__(self, response: Any, head: Head) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.head = head
        self.reason = response.extensions.get("reason_phrase")


class Flow:
    """One request. `hold` and `whole` make streams of the client's own kinds."""

    def __init__(
        self,
        caller: Caller,
        request: Any,
        is_replayable: bool,
        hold: Callable[[Head, Any, Any], Any],
        whole: Callable[[bytes], Any],
    ) -> None:
        outgoing = Outgoing(request.method, str(request.url), is_replayable)
        self._caller = caller
        self._request = request
        self._hold = hold
        self._whole = whole
        self._exchange = exchange(caller, outgoing)
        self._first: Kept | None = None
        self._latest: Any = None
        self._delivery: Delivery | None = None

    def run(self) -> Generator[Any, Any, None]:
        """The flow of a sync client."""
        answer = None
        while (step := self._next(answer)) is not None:
            answer = None
            if isinstance(step, Send):
                response = yield self._outgoing(step)
                answer = self._answer(response, self._read(response))
            elif isinstance(step, Pause):
                time.sleep(step.seconds)
            elif isinstance(step, Obtain):
                self._caller.obtain(step.flight)
            else:
                join(step)
        if (first := self._handed_out()) is not None:
            self._latest.stream.close()
            self._become(first)

    async def arun(self) -> AsyncGenerator[Any, Any]:
        """The flow of an async client."""
        answer = None
        while (step := self._next(answer)) is not None:
            answer = None
            if isinstance(step, Send):
                response = yield self._outgoing(step)
                answer = self._answer(response, await self._aread(response))
            elif isinstance(step, Pause):
                await apause(step.seconds)
            elif isinstance(step, Obtain):
                await self._caller.aobtain(step.flight)
            else:
                await ajoin(step)
        if (first := self._handed_out()) is not None:
            await self._latest.stream.aclose()
            self._become(first)

    def _next(self, answer: Answer | None) -> Step | None:
        try:
            return self._exchange.send(answer)
        except StopIteration as end:
            self._delivery = end.value
            return None

    def _outgoing(self, step: Send) -> Any:
        if self._latest is not None and isinstance(self._latest.stream, Held):
            self._latest.stream.cut()
        self._request.headers.update(step.fields)
        return self._request

    def _read(self, response: Any) -> Head | None:
        if not self._is_wanted(response):
            return None
        head, pieces = Head(), iter(response.stream)
        try:
            while not head.add(next(pieces)):
                pass
        except StopIteration:
            head.is_whole = True
        except Exception as fault:
            # For whoever reads the content to its end; to say what the answer means, its beginning is enough.
            head.fault = fault
        response.stream = self._hold(head, pieces, response.stream)
        return head

    async def _aread(self, response: Any) -> Head | None:
        if not self._is_wanted(response):
            return None
        head, pieces = Head(), aiter(response.stream)
        try:
            while not head.add(await anext(pieces)):
                pass
        except StopAsyncIteration:
            head.is_whole = True
        except Exception as fault:
            head.fault = fault
        response.stream = self._hold(head, pieces, response.stream)
        return head

    def _is_wanted(self, response: Any) -> bool:
        is_read = response.is_stream_consumed or response.is_closed
        return not is_read and may_refuse(response.status_code)

    def _answer(self, response: Any, head: Head | None) -> Answer:
        self._latest = response
        if head is not None and self._first is None:
            self._first = Kept(response, head)
        if head is not None:
            body = beginning(head.content(), response.headers.get("Content-Encoding", ""))
        else:
            body = b""
        return Answer(response.status_code, response.headers.raw, body, str(response.url))

    def _handed_out(self) -> Kept | None:
        """Another answer than the latest, where it is to be handed out and is there as a whole."""
        if self._delivery is None or self._latest is None:
            return None
        diagnosis, first = self._delivery.diagnosis, self._first
        if diagnosis is not None:
            self._latest.extensions["doorward"] = diagnosis
        if self._delivery.which == "latest" or first is None or first.response is self._latest:
            return None
        return first if first.head.is_whole else None

    def _become(self, first: Kept) -> None:
        """Makes the latest answer the first one: a flow cannot return another."""
        latest = self._latest
        latest.status_code = first.status
        latest.headers = first.headers
        latest.stream = self._whole(first.head.content())
        if first.reason is not None:
            latest.extensions["reason_phrase"] = first.reason
