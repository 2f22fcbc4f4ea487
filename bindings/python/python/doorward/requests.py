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
from ._errors import CallerError
from ._exchange import HEAD, Answer, Delivery, Exchange, Obtain, Outgoing, Pause, Send, exchange, origin_of
from ._source import SourceFault
from ._vocabulary import Retry

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
        self._fields: dict[str, str] = {}
        self._ours: set[str] = set()
        """All that ever stood in `Authorization` because of us."""
        self._stranger: str | None = None
        """The other origin that a redirect led to."""
        self._taken: dict[str, str] = {}
        """What was taken out of the request for that one."""
        self._exchange: Exchange | None = None
        self._first: tuple[requests.Response, Head] | None = None
        self._has_answer = False
        self._delivery: Delivery | None = None

    def until_sent(self, answer: Answer | None = None) -> dict[str, str]:
        """Carries out all steps until the request is to be sent, with these fields; or not at all."""
        if self._exchange is None:
            self._exchange = exchange(self._caller, self._outgoing)
            self._first, self._has_answer, self._delivery = None, False, None
        while True:
            try:
                step = self._exchange.send(answer)
            except StopIteration as end:
                self._exchange, self._delivery = None, end.value
                return {}
            except BaseException:
                self._exchange = None
                raise
            answer = None
            if isinstance(step, Send):
                self._fields = step.fields
                self._ours.update(value for name, value in step.fields.items() if name == "Authorization")
                return step.fields
            if isinstance(step, Pause):
                time.sleep(step.seconds)
            elif isinstance(step, Obtain):
                self._caller.obtain(step.flight)
            else:
                join(step)

    def respond(self, response: requests.Response, **sending: Any) -> requests.Response:
        """The answer to hand out in place of this one."""
        asked, past = response.request, list(response.history)
        if asked is self._request:
            self._stranger = None
        if self._stranger is not None or origin_of(response.url) != origin_of(self._outgoing.url):
            return self._elsewhere(response)
        is_newest = response.is_redirect or self._is_newest(response)
        while True:
            if response.is_redirect:
                return self._redirected(response, asked)
            head = _hold(response)
            answer = _answer(response, head)
            if is_newest:
                if not self._has_answer and head is not None:
                    self._first = response, head
                self._has_answer = True
                # Only what the last redirect led to is sent again, and nothing that was carried out before.
                fields = self.until_sent(answer._replace(url=self._outgoing.url))
                if self._delivery is not None:
                    return self._handed_out(response, self._delivery)
            elif self._is_worth_sending_again(asked, answer):
                fields, is_newest = self._fields, True
            else:
                self._exchange = None
                return self._told(response, answer, _value(asked))
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

    def _is_newest(self, response: requests.Response) -> bool:
        """Whether an answer is one to what was prepared last: it says something of the credential held.

        The same prepared request may be sent once more, with the credential that it was prepared with. Nor
        does the credential have to be one of ours: the user may have put it in, or the library out of a netrc
        file.
        """
        if not self._is_ours(value := _value(response.request)):
            return False
        if self._exchange is None:
            if not may_refuse(response.status_code):
                return False
            try:
                self.until_sent()
            except (CallerError, SourceFault):
                # There is no other now. What came is an answer all the same.
                return False
        return value == self._fields.get("Authorization")

    def _is_worth_sending_again(self, asked: requests.PreparedRequest, answer: Answer) -> bool:
        """Whether an older credential was refused, which says nothing of the one that is held now."""
        if self._exchange is None or not self._outgoing.replayable or not self._is_ours(_value(asked)):
            return False
        found = diagnose(answer.status, answer.headers, answer.body, sent=Sent(scheme=_scheme(_value(asked))))
        # By a challenge, whoever checks credentials says that the request was not carried out.
        is_checked = found.demand.scheme is not None
        return found.refused and found.retry is Retry.CHANGED and is_checked

    def _is_ours(self, value: str | None) -> bool:
        return value is None or value in self._ours

    def _redirected(self, response: requests.Response, asked: requests.PreparedRequest) -> requests.Response:
        """A redirect, which the session follows or hands out; the credential stays with its origin."""
        value = _value(asked)
        target = requests.compat.urljoin(response.url, response.headers["Location"])
        if origin_of(target) != origin_of(self._outgoing.url):
            self._stranger, self._exchange = target, None
            if self._is_ours(value):
                ours = [name for name in ("Authorization", "DPoP") if name in asked.headers]
                taken = {name: asked.headers.pop(name) for name in ours}
                self._taken = taken if asked is self._request else {}
        return self._told(response, Answer(response.status_code, _lines(response), b"", response.url), value)

    def _elsewhere(self, response: requests.Response) -> requests.Response:
        """The answer to a request that was redirected away: whatever it says, nothing is sent again.

        The library may have put a credential of its own in (netrc), so that the field tells nothing. Nor has
        who comes back to our origin our credential.
        """
        self._request.headers.update(self._taken)
        self._taken = {}
        is_home = origin_of(response.url) == origin_of(self._outgoing.url)
        final = self._stranger if is_home and self._stranger else response.url
        value = self._fields.get("Authorization")
        return self._told(response, _answer(response, _hold(response)), value, final)

    def _told(
        self, response: requests.Response, answer: Answer, value: str | None, final: str = ""
    ) -> requests.Response:
        """An answer, and what it means. It is none to the credential that is held."""
        url = self._outgoing.url if final else response.url
        sent = Sent(scheme=_scheme(value), url=url, final_url=final)
        _tell(response, diagnose(answer.status, answer.headers, answer.body, sent=sent))
        return response

    def _handed_out(self, latest: requests.Response, delivery: Delivery) -> requests.Response:
        if delivery.which == "first" and self._first is not None:
            first, head = self._first
            if first is not latest and head.is_whole:
                latest.close()
                _tell(first, delivery.first)
                return first
        _tell(latest, delivery.latest)
        return latest


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


def _value(request: requests.PreparedRequest) -> str | None:
    value = request.headers.get("Authorization")
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _scheme(value: str | None) -> str | None:
    return None if value is None else value.partition(" ")[0]


def _tell(response: requests.Response, diagnosis: Diagnosis | None) -> None:
    if diagnosis is not None and diagnosis.refused:
        response.doorward = diagnosis  # type: ignore[attr-defined]


def _position(body: Any) -> int | None:
    """Where a body begins that can be sent once more; None for one that cannot."""
    if body is None or isinstance(body, bytes | str):
        return 0
    try:
        return int(body.tell()) if getattr(body, "seekable", lambda: True)() else None
    except (AttributeError, OSError):
        return None
