"""The flow of one request through a client of httpx's kind: the steps of an exchange, carried out."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from typing import Any

from ._caller import Caller, ajoin, join
from ._content import Head, beginning, may_refuse
from ._exchange import Answer, Delivery, Exchange, Obtain, Outgoing, Pause, Send, Step, exchange, origin_of
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


class Ours:
    """What we put into a request, which lives in its extensions. Its text shows no secret."""

    def __init__(self, fields: dict[str, str]) -> None:
        self._fields = fields

    def is_in(self, headers: Any) -> bool:
        """Whether the credential there is still this one."""
        value: str | None = headers.get("Authorization")
        return value == self._fields.get("Authorization")

    def take_out(self, headers: Any) -> None:
        """Leaves the fields as the user had them."""
        for name in self._fields:
            headers.pop(name, None)


def is_left_alone(request: Any) -> bool:
    """Whether a request has an `Authorization` of its own, and not the one that it was sent with before."""
    ours = request.extensions.get("doorward")
    return "Authorization" in request.headers and not (isinstance(ours, Ours) and ours.is_in(request.headers))


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
        self._caller = caller
        self._request = request
        self._hold = hold
        self._whole = whole
        self._outgoing = Outgoing(request.method, str(request.url), is_replayable)
        self._first: Kept | None = None
        self._latest: Any = None
        self._delivery: Delivery | None = None

    def run(self) -> Generator[Any, Any, None]:
        """The flow of a sync client."""
        steps, answer = exchange(self._caller, self._outgoing), None
        while (step := self._next(steps, answer)) is not None:
            answer = None
            if isinstance(step, Send):
                response = yield self._prepared(step)
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
        self._tell(first)

    async def arun(self) -> AsyncGenerator[Any, Any]:
        """The flow of an async client."""
        steps, answer = exchange(self._caller, self._outgoing._replace(is_async=True)), None
        while (step := self._next(steps, answer)) is not None:
            answer = None
            if isinstance(step, Send):
                response = yield self._prepared(step)
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
        self._tell(first)

    def _next(self, steps: Exchange, answer: Answer | None) -> Step | None:
        try:
            return steps.send(answer)
        except StopIteration as end:
            self._delivery = end.value
            return None

    def _prepared(self, step: Send) -> Any:
        if self._latest is not None and isinstance(self._latest.stream, Held):
            self._latest.stream.cut()
        headers, extensions = self._request.headers, self._request.extensions
        if isinstance(before := extensions.get("doorward"), Ours):
            before.take_out(headers)
        headers.update(step.fields)
        extensions["doorward"] = Ours(step.fields)
        return self._request

    def _read(self, response: Any) -> Head | None:
        if not may_refuse(response.status_code):
            return None
        if _is_read(response):
            return _what_was_read(response)
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
        if not may_refuse(response.status_code):
            return None
        if _is_read(response):
            return _what_was_read(response)
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

    def _answer(self, response: Any, head: Head | None) -> Answer:
        if head is not None and self._latest is None:
            self._first = Kept(response, head)
        self._latest = response
        body = b""
        if head is not None:
            encoding = "" if head.is_decoded else response.headers.get("Content-Encoding", "")
            body = beginning(head.content(), encoding)
        url, is_of_another = self._end_of(response)
        return Answer(response.status_code, response.headers.raw, body, url, is_of_another)

    def _end_of(self, response: Any) -> tuple[str, bool]:
        """Where an answer came from, and whether it is one to another request than ours.

        The library takes the credential out on the way to another origin, and puts it in nowhere after that.
        """
        origin = origin_of(str(self._request.url))
        urls = [str(each.url) for each in (*response.history, response)]
        url = next((each for each in urls if origin_of(each) != origin), urls[-1])
        return url, response.request.method != self._request.method

    def _handed_out(self) -> Kept | None:
        """Another answer than the latest, where it is to be handed out and is there as a whole."""
        first = self._first
        if self._delivery is None or self._delivery.which == "latest" or first is None:
            return None
        return first if first.head.is_whole and first.response is not self._latest else None

    def _tell(self, first: Kept | None) -> None:
        """Puts the diagnosis beside the answer that is handed out."""
        if self._delivery is not None and self._latest is not None:
            diagnosis = self._delivery.latest if first is None else self._delivery.first
            if diagnosis is not None:
                self._latest.extensions["doorward"] = diagnosis

    def _become(self, first: Kept) -> None:
        """Makes the latest answer the first one: a flow cannot return another."""
        latest = self._latest
        if first.head.is_decoded or _is_read(latest):
            # Nobody asks for a stream that was read; everything else of the first one is there as it was.
            state, history = vars(latest), latest.history
            state.clear()
            state.update(vars(first.response), history=history)
            return
        latest.status_code = first.status
        latest.headers = first.headers
        latest.stream = self._whole(first.head.content())
        if first.reason is not None:
            latest.extensions["reason_phrase"] = first.reason


def _is_read(response: Any) -> bool:
    """Whether somebody has read an answer before us: a hook of the client's."""
    return bool(response.is_stream_consumed or response.is_closed)


def _what_was_read(response: Any) -> Head | None:
    """The content of such an answer, if it was read to its end."""
    try:
        return Head.of(response.content)
    except RuntimeError:
        return None
