"""For requests: `session.auth = doorward.requests.Auth(source)`."""

import io
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import requests
from requests.auth import AuthBase
from urllib3.response import HTTPResponse

from ._caller import AnySource, Caller, CallerOptions, caller_of, join
from ._content import Head, beginning, may_refuse
from ._diagnosis import Diagnosis, Sent, Text, diagnose
from ._exchange import HEAD, Answer, Delivery, Exchange, Obtain, Outgoing, Pause, Send, exchange, origin_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Auth", "diagnosis"]


class Auth(AuthBase):
    """Sends a credential, and does what an answer asks for. One of it serves all sessions and threads.

    Takes a source, or a `doorward.Caller` that is shared with others; the options are those of a caller.
    A request with an `Authorization` of its own is left alone. `diagnosis(response)` says why an answer
    refuses in the end.
    """

    def __init__(self, source: AnySource | Caller | None = None, **options: "Unpack[CallerOptions]") -> None:
        self.caller = caller_of(source, **options)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Puts the credential into a request, and looks at its answers."""
        if "Authorization" not in request.headers:
            flow = _Flow(self.caller, request)
            request.headers.update(flow.until_sent())
            request.register_hook("response", flow.respond)  # type: ignore[no-untyped-call]
        return request


def diagnosis(response: requests.Response) -> Diagnosis | None:
    """Why an answer refuses; None if it does not, or was not asked for with an `Auth`."""
    found = getattr(response, "doorward", None)
    return found if isinstance(found, Diagnosis) else None


class _Flow:
    """One request, with its redirects, and however often it is sent."""

    def __init__(self, caller: Caller, request: requests.PreparedRequest) -> None:
        self._caller = caller
        self._position = _position(request.body)
        self._request = request
        self._outgoing = Outgoing(request.method or "", request.url or "", self._position is not None)
        self._scheme: str | None = None
        self._is_away = False
        self._exchange: Exchange | None = None
        self._first: tuple[requests.Response, Head] | None = None
        self._delivery: Delivery | None = None

    def until_sent(self, answer: Answer | None = None) -> dict[str, str]:
        """Carries out all steps until the request is to be sent, with these fields; or not at all."""
        if self._exchange is None:
            self._exchange, self._first, self._delivery = exchange(self._caller, self._outgoing), None, None
        while True:
            try:
                step = self._exchange.send(answer)
            except StopIteration as end:
                self._exchange, self._delivery = None, end.value
                return {}
            answer = None
            if isinstance(step, Send):
                self._scheme = step.fields.get("Authorization", "").partition(" ")[0] or None
                return step.fields
            if isinstance(step, Pause):
                time.sleep(step.seconds)
            elif isinstance(step, Obtain):
                self._caller.obtain(step.flight)
            else:
                join(step)

    def respond(self, response: requests.Response, **sending: Any) -> requests.Response:
        """The answer to hand out in place of this one."""
        if response.request is self._request:
            self._is_away = False
        if self._is_away or origin_of(response.url) != origin_of(self._outgoing.url):
            return self._elsewhere(response)
        if self._exchange is None:
            # The same prepared request, sent once more.
            self.until_sent()
        asked, past = response.request, list(response.history)
        while True:
            if response.is_redirect:
                return self._redirected(response, asked)
            head = _hold(response)
            if self._first is None and head is not None:
                self._first = response, head
            fields = self.until_sent(_answer(response, head))
            if self._delivery is not None:
                return self._handed_out(response, self._delivery)
            # The session makes the next request out of this one, where a redirect follows.
            asked.headers.update(fields)
            request = asked.copy()
            rewind: Any = getattr(request.body, "seek", None)
            if rewind is not None:
                rewind(self._position)
            if head is None or not head.is_whole:
                response.close()
            past.append(response)
            began = time.perf_counter()
            connection: Any = response.connection
            response = connection.send(request, **sending)
            response.elapsed = timedelta(seconds=time.perf_counter() - began)
            response.history = list(past)

    def _redirected(self, response: requests.Response, asked: requests.PreparedRequest) -> requests.Response:
        """A redirect, which the session follows or hands out; the credential stays with its origin."""
        target = requests.compat.urljoin(response.url, response.headers["Location"])
        if origin_of(target) != origin_of(self._outgoing.url):
            self._is_away, self._exchange = True, None
            asked.headers.pop("Authorization", None)
            asked.headers.pop("DPoP", None)
        sent = Sent(scheme=self._scheme, url=response.url)
        _tell(response, diagnose(response.status_code, _lines(response), sent=sent))
        return response

    def _elsewhere(self, response: requests.Response) -> requests.Response:
        """The answer to a request that was redirected away: whatever it says, nothing is sent again.

        The library may have put a credential of its own in (netrc), so that the field tells nothing.
        """
        head = _hold(response)
        answer = _answer(response, head)
        sent = Sent(scheme=self._scheme, url=self._outgoing.url, final_url=response.url)
        _tell(response, diagnose(answer.status, answer.headers, answer.body, sent=sent))
        return response

    def _handed_out(self, latest: requests.Response, delivery: Delivery) -> requests.Response:
        response = latest
        if delivery.which == "first" and self._first is not None:
            first, head = self._first
            if first is not latest and head.is_whole:
                latest.close()
                response = first
        if delivery.diagnosis is not None:
            _tell(response, delivery.diagnosis)
        return response


class _Rest(io.RawIOBase):
    """A content whose head is in memory already."""

    def __init__(self, head: Head, rest: Any) -> None:
        self._head = head.content()
        self._fault = head.fault
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        amount = -1 if size is None else size
        if self._head:
            amount = len(self._head) if amount < 0 else amount
            piece, self._head = self._head[:amount], self._head[amount:]
            return piece
        if self._fault is not None:
            raise self._fault
        read: bytes = self._rest.read(None if amount < 0 else amount, decode_content=False)
        return read

    def close(self) -> None:
        if not self.closed:
            self._rest.close()
            self._rest.release_conn()
        super().close()


def _hold(response: requests.Response) -> Head | None:
    """The head of the content of what may be a refusal, which can still be read from its beginning."""
    raw: Any = response.raw
    if not may_refuse(response.status_code) or not isinstance(raw, HTTPResponse):
        return None
    # What there is, where the library can tell; else it waits for all that is asked for.
    read: Any = getattr(raw, "read1", raw.read)
    head = Head()
    try:
        while piece := read(HEAD, decode_content=False):
            if head.add(piece):
                break
        else:
            head.is_whole = True
    except Exception as fault:
        # For whoever reads the content to its end; to say what the answer means, its beginning is enough.
        head.fault = fault
    body: Any = _Rest(head, raw)
    response.raw = HTTPResponse(
        body=body,
        headers=raw.headers,
        status=raw.status,
        version=raw.version,
        reason=raw.reason,
        preload_content=False,
        original_response=getattr(raw, "_original_response", None),
        enforce_content_length=False,
    )
    return head


def _answer(response: requests.Response, head: Head | None) -> Answer:
    encoding = response.headers.get("Content-Encoding", "")
    body = b"" if head is None else beginning(head.content(), encoding)
    return Answer(response.status_code, _lines(response), body, response.url)


def _lines(response: requests.Response) -> list[tuple[Text, Text]]:
    """All field lines, repeats kept where the adapter keeps them."""
    raw: Any = response.raw
    return list((raw.headers if isinstance(raw, HTTPResponse) else response.headers).items())


def _tell(response: requests.Response, diagnosis: Diagnosis) -> None:
    if diagnosis.refused:
        response.doorward = diagnosis  # type: ignore[attr-defined]


def _position(body: Any) -> int | None:
    """Where a body begins that can be sent once more; None for one that cannot."""
    if body is None or isinstance(body, bytes | str):
        return 0
    try:
        return int(body.tell())
    except (AttributeError, OSError):
        return None
