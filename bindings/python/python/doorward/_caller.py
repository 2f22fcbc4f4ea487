"""The caller of a service: its credential, what became of it, and what may be tried next."""

import logging
import os
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any, TypedDict, cast
from urllib.parse import urlsplit, urlunsplit

from ._diagnosis import Diagnosis, Report, diagnosis_of, report_of
from ._doorward import Source, _Attempt, _CallerState, _Credential, _Prepared
from ._errors import CredentialUnobtainable, RetryBlocked
from ._exchange import (
    IDEMPOTENT,
    Answer,
    Delivery,
    Flight,
    Join,
    Obtain,
    Outgoing,
    Pause,
    Send,
    Step,
    origin_of,
)
from ._source import (
    Credential,
    SourceDict,
    SourceFault,
    SourceFunction,
    Want,
    credential_of,
    fault_of,
    is_async,
    takes_want,
)
from ._vocabulary import Reason
from ._waiting import asettle, in_event_loop, run_to_end, settle, spawn

if TYPE_CHECKING:
    from typing_extensions import Unpack

logger = logging.getLogger("doorward")

AnySource = Source | SourceDict | SourceFunction

Proof = Callable[[str, str, str, str | None], str]
"""Makes a proof of possession (RFC 9449) of method, URL without query, token, and the nonce that is due."""

SHORTLY = 0.05
"""How long to wait for somebody who cannot be waited for: one of another process, before a fork."""


class CallerOptions(TypedDict, total=False):
    """The options of a caller."""

    origins: Iterable[str]
    proof: Proof | None
    on_report: Callable[[Report], object] | None
    name: str
    attempts: int
    refresh_ahead: float
    longest_wait: float
    cooldown: tuple[float, float]
    interactive: bool
    scopes: Iterable[str] | None


class Caller:
    """A credential with its source, for all requests that use it, in any number of threads and event loops.

    `origins` are where the credential may be sent, `https://api.example` for example; without any it is
    for the first one that is asked for. `proof` makes proofs of possession. `on_report` is called with
    what smells of an attack, even where the request succeeded in the end. A request is sent at most
    `attempts` times, and waits for at most `longest_wait` seconds; a credential is renewed
    `refresh_ahead` seconds ahead of its end; `cooldown` is the first and the longest pause after what
    more requests cannot mend. `scopes` are what a service may have its callers ask for beyond the
    source's own, any if left out. `interactive` says that a person is there who can sign in again.
    """

    def __init__(
        self,
        source: AnySource | None = None,
        *,
        origins: Iterable[str] = (),
        proof: Proof | None = None,
        on_report: Callable[[Report], object] | None = None,
        name: str = "",
        attempts: int = 3,
        refresh_ahead: float = 60,
        longest_wait: float = 10,
        cooldown: tuple[float, float] = (10, 300),
        interactive: bool = False,
        scopes: Iterable[str] | None = None,
    ) -> None:
        if isinstance(origins, str) or isinstance(scopes, str):
            raise TypeError("expected origins and scopes as lists of str, found one str")
        if source is not None and not isinstance(source, Source) and not callable(source):
            source = Source(source)
        self._source = source
        self._proof = proof
        self._on_report = on_report
        self._state = _CallerState(
            list(origins),
            name=name,
            has_source=source is not None,
            attempts=attempts,
            ahead=refresh_ahead,
            longest_wait=longest_wait,
            cooldown=cooldown,
            interactive=interactive,
            scopes=None if scopes is None else list(scopes),
        )
        self._lock = threading.RLock()
        self._flights: dict[int, Flight] = {}
        self._fault: BaseException | None = None
        self._nonces: dict[object, str] = {}
        _callers.add(self)

    def __repr__(self) -> str:
        status = self.status()
        origins = ", ".join(status["origins"]) or "the first origin"
        return f"<Caller for {origins}, credential {status['generation']}>"

    def status(self) -> dict[str, Any]:
        """How it stands with the credential, as plain values. Nothing in it is secret."""
        return self._state.status(time.time())

    # What follows is for adapters.

    def attempt(self, outgoing: Outgoing) -> _Attempt:
        """The memory of one request."""
        return _Attempt(
            replayable=outgoing.replayable,
            idempotent=outgoing.method.upper() in IDEMPOTENT,
            proof=self._proof is not None,
        )

    def prepare(self, outgoing: Outgoing, attempt: _Attempt) -> Step | Delivery:
        """The next step of a request."""
        with self._lock:
            under_way = list(self._flights.values())
        for each in under_way:
            if each.is_lost():
                self._abandoned(each)
            elif each in _within.get() and not each.future.done():
                # It would wait for itself.
                message = "the source of credentials asks through the client that waits for it"
                raise SourceFault(message, hard=True)
        now = time.time()
        with self._lock:
            prepared = self._state.prepare(outgoing.url, attempt, now)
            flight = None
            if prepared.ticket is not None and prepared.want is not None:
                flight = self._flights[prepared.ticket] = Flight(prepared.ticket, Want(**prepared.want))
            current = next(reversed(self._flights.values()), None)
        if prepared.kind == "send":
            if flight is not None:
                self._ahead(flight)
            return Send(self._fields(outgoing, prepared.value), now)
        if prepared.kind == "obtain" and flight is not None:
            return Obtain(flight)
        if prepared.kind == "wait":
            seconds = SHORTLY if prepared.until is None else max(prepared.until - now, 0.001)
            return Pause(min(seconds, SHORTLY)) if current is None else Join(current, seconds)
        if prepared.kind == "blocked":
            raise self._blocked(prepared)
        return Delivery("first" if prepared.kind == "first" else "latest", None)

    def answered(
        self, outgoing: Outgoing, attempt: _Attempt, at: float, answer: Answer
    ) -> tuple[Diagnosis | None, Pause | Delivery | None]:
        """What an answer means, if it refuses, and what to do then: wait, or stop, or just go on."""
        final = "" if answer.url == outgoing.url else answer.url
        said = self._state.answered(
            attempt, outgoing.url, final, at, answer.status, answer.headers, answer.body, time.time()
        )
        diagnosis = diagnosis_of(said.diagnosis) if said.refuses else None
        origin = origin_of(outgoing.url)
        if said.nonce is not None and origin_of(answer.url) == origin:
            self._nonces[origin] = said.nonce
        self._report()
        if said.next == "again":
            return diagnosis, None if said.after is None else Pause(said.after)
        return diagnosis, Delivery("first" if said.next == "first" else "latest", diagnosis)

    def obtain(self, flight: Flight) -> None:
        """Obtains a credential in this thread. A fault is kept, for whoever cannot go on without."""
        source = self._source
        if callable(source) and is_async(source):
            if in_event_loop():
                worker = threading.Thread(target=run_to_end, args=(lambda: self._await(flight),))
                worker.start()
                worker.join()
            else:
                run_to_end(lambda: self._await(flight))
            return
        token = _within.set((*_within.get(), flight))
        try:
            self._obtained(flight, self._ask(flight))
        except BaseException as fault:
            self._not_obtained(flight, fault)
        finally:
            _within.reset(token)
            self._end(flight)

    async def aobtain(self, flight: Flight) -> None:
        """Obtains a credential beside the event loop, and goes on where the request itself is cancelled."""
        self._ahead(flight)
        await asettle(flight.future, WAIT)

    def after_fork(self) -> None:
        """Forgets whoever obtains a credential: in a child after a fork there is nobody."""
        self._lock = threading.RLock()
        self._flights = {}

    def _ahead(self, flight: Flight) -> None:
        """Obtains a credential beside the request."""
        source = self._source
        if callable(source) and is_async(source) and in_event_loop():
            flight.task = spawn(lambda: self._await(flight))
            return
        run = copy_context().run
        thread = threading.Thread(target=run, args=(self.obtain, flight), name="doorward-obtain", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # There can be no more threads: somebody else may have more luck.
            self._abandoned(flight)

    def _ask(self, flight: Flight) -> Credential | _Credential:
        source = self._source
        if isinstance(source, Source):
            return source._obtain(vars(flight.want), time.time())
        return credential_of(self._call(flight))

    def _call(self, flight: Flight) -> object:
        source = cast("Callable[..., object]", self._source)
        return source(flight.want) if takes_want(source) else source()

    async def _await(self, flight: Flight) -> None:
        _within.set((*_within.get(), flight))
        try:
            self._obtained(flight, credential_of(await cast("Awaitable[object]", self._call(flight))))
        except BaseException as fault:
            self._not_obtained(flight, fault)
        finally:
            self._end(flight)

    def _obtained(self, flight: Flight, credential: Credential | _Credential) -> None:
        now = time.time()
        if isinstance(credential, Credential):
            scheme = "DPoP" if self._proof and credential.scheme == "Bearer" else credential.scheme
            try:
                credential = _Credential(
                    credential.secret,
                    scheme=scheme,
                    expires_in=credential.expires_in,
                    expires_at=credential.expires_at,
                    look_again=credential.look_again,
                    now=now,
                )
            except (TypeError, ValueError, OverflowError) as fault:
                # What the source gave is wrong, and would be again.
                raise SourceFault(str(fault), hard=True) from fault
        with self._lock:
            self._state.obtained(flight.ticket, credential, now)
            self._fault = None

    def _not_obtained(self, flight: Flight, fault: BaseException) -> None:
        """Keeps a fault of the source; what ends a thread or a task goes on its way."""
        now = time.time()
        with self._lock:
            if not isinstance(fault, Exception):
                self._state.abandoned(flight.ticket, now)
                raise fault
            known = fault_of(fault)
            self._fault = fault
            try:
                self._state.not_obtained(flight.ticket, str(known), known.hard, known.retry_after, now)
            except Exception:
                self._state.abandoned(flight.ticket, now)  # nobody may wait for what was lost
                raise
        logger.warning("no credential could be obtained: %s", known)

    def _abandoned(self, flight: Flight) -> None:
        with self._lock:
            self._state.abandoned(flight.ticket, time.time())
        self._end(flight)

    def _end(self, flight: Flight) -> None:
        with self._lock:
            self._flights.pop(flight.ticket, None)
        flight.end()

    def _fields(self, outgoing: Outgoing, value: str | None) -> dict[str, str]:
        if value is None:
            return {}
        fields = {"Authorization": value}
        if self._proof is not None:
            parts = urlsplit(outgoing.url)
            place = parts.netloc.rpartition("@")[2]
            url = urlunsplit((parts.scheme, place, parts.path or "/", "", ""))
            token = value.partition(" ")[2]
            nonce = self._nonces.get(origin_of(outgoing.url))
            fields["DPoP"] = self._proof(outgoing.method, url, token, nonce)
        return fields

    def _blocked(self, prepared: _Prepared) -> Exception:
        last = prepared.last_refusal
        diagnosis = None if last is None else diagnosis_of(last)
        until, sentence = prepared.until, prepared.sentence or ""
        if prepared.reason is Reason.CREDENTIAL_UNOBTAINABLE:
            error: Exception = CredentialUnobtainable(sentence, until, diagnosis)
            error.__cause__ = self._fault
            return error
        return RetryBlocked(sentence, until, diagnosis)

    def _report(self) -> None:
        for plain_report in self._state.take_reports():
            report = report_of(plain_report)
            logger.warning("refused as in an attack: %s", report)
            if self._on_report is not None:
                try:
                    self._on_report(report)
                except Exception:
                    logger.exception("on_report failed")


WAIT = 60.0
"""How long anybody waits for a credential at once; whoever obtains it has lost it by then."""

_within: ContextVar[tuple[Flight, ...]] = ContextVar("doorward_within", default=())
"""The flights for which whatever runs here obtains a credential."""

_callers: "weakref.WeakSet[Caller]" = weakref.WeakSet()


def caller_of(source: "AnySource | Caller | None", **options: "Unpack[CallerOptions]") -> Caller:
    """The caller that an adapter is given, or is given what makes one."""
    if not isinstance(source, Caller):
        return Caller(source, **options)
    if options:
        raise TypeError("expected the options where the caller is made")
    return source


def join(step: Join) -> None:
    """Waits for somebody else who obtains a credential."""
    settle(step.flight.future, min(step.seconds, WAIT))


async def ajoin(step: Join) -> None:
    """The same in an event loop."""
    await asettle(step.flight.future, min(step.seconds, WAIT))


def _after_fork() -> None:
    for caller in list(_callers):
        caller.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
