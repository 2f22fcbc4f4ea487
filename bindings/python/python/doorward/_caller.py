"""The caller of a service: its credential, what became of it, and what may be tried next."""

import logging
import os
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar, copy_context
from inspect import isawaitable, iscoroutine
from typing import TYPE_CHECKING, Any, TypedDict, cast
from urllib.parse import urlsplit, urlunsplit

from ._diagnosis import Diagnosis, Report, diagnosis_of, report_of
from ._doorward import Source, _Attempt, _CallerState, _Credential, _Prepared
from ._errors import CredentialUnobtainable, RetryBlocked
from ._exchange import (
    Answer,
    Flight,
    Join,
    Obtain,
    Outgoing,
    Pause,
    Send,
    Step,
    Which,
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
from ._waiting import asettle, call_in, run_to_end, running_loop, settle, spawn

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
            proof=proof is not None,
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
        return _Attempt(replayable=outgoing.replayable, method=outgoing.method, proof=self._proof is not None)

    def prepare(self, outgoing: Outgoing, attempt: _Attempt) -> Step | Which:
        """The next step of a request, or which answer is its end."""
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
                self._ahead(flight, running_loop() if outgoing.is_async else None)
            return Send(self._fields(outgoing, prepared.value), now)
        if prepared.kind == "obtain" and flight is not None:
            return Obtain(flight)
        if prepared.kind == "wait":
            seconds = SHORTLY if prepared.until is None else max(prepared.until - now, 0.001)
            return Pause(min(seconds, SHORTLY)) if current is None else Join(current, seconds)
        if prepared.kind == "blocked":
            raise self._blocked(prepared)
        return "first" if prepared.kind == "first" else "latest"

    def answered(
        self, outgoing: Outgoing, attempt: _Attempt, at: float, answer: Answer
    ) -> tuple[Diagnosis | None, Pause | Which | None]:
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
        if said.next == "again" and not answer.is_of_another:
            return diagnosis, None if said.after is None else Pause(said.after)
        return diagnosis, "first" if said.next == "first" else "latest"

    def obtain(self, flight: Flight, loop: Any = None) -> None:
        """Obtains a credential in this thread. A fault is kept, for whoever cannot go on without.

        What the source gives to await, is awaited in the loop; without one, here to its end.
        """
        token = _within.set((*_within.get(), flight))
        try:
            given = self._ask(flight)
            if isawaitable(given) and loop is not None:
                self._await_in(loop, flight, given)
                return
            self._obtained(flight, run_to_end(given) if isawaitable(given) else given)
        except BaseException as fault:
            self._not_obtained(flight, fault)
        finally:
            _within.reset(token)
            if flight.loop is None:
                self._end(flight)

    async def aobtain(self, flight: Flight) -> None:
        """Obtains a credential beside the event loop, and goes on where the request itself is cancelled."""
        self._ahead(flight, running_loop())
        await asettle(flight.future, WAIT)

    def after_fork(self) -> None:
        """Forgets whoever obtains a credential: in a child after a fork there is nobody."""
        self._lock = threading.RLock()
        self._flights = {}

    def _ahead(self, flight: Flight, loop: Any) -> None:
        """Obtains a credential beside the request, in the event loop as far as the source is async."""
        source = self._source
        if callable(source) and is_async(source) and loop is not None:
            flight.loop = loop
            flight.task = spawn(lambda: self._await(flight, lambda: self._call(flight)))
            return
        arguments = (self.obtain, flight, loop)
        run = copy_context().run
        thread = threading.Thread(target=run, args=arguments, name="doorward-obtain", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # There can be no more threads: somebody else may have more luck.
            self._abandoned(flight)

    def _ask(self, flight: Flight) -> object:
        source = self._source
        if isinstance(source, Source):
            return source._obtain(vars(flight.want), time.time())
        return self._call(flight)

    def _call(self, flight: Flight) -> object:
        source = cast("Callable[..., object]", self._source)
        return source(flight.want) if takes_want(source) else source()

    def _await_in(self, loop: Any, flight: Flight, given: Awaitable[object]) -> None:
        """Leaves the rest to the event loop of who asks: what is given may be of use only there."""

        def begin() -> None:
            flight.task = spawn(lambda: self._await(flight, lambda: given))

        flight.loop = loop
        try:
            call_in(loop, begin)
        except RuntimeError:
            # It has ended: somebody else may ask.
            if iscoroutine(given):
                given.close()
            self._abandoned(flight)

    async def _await(self, flight: Flight, give: Callable[[], object]) -> None:
        _within.set((*_within.get(), flight))
        try:
            self._obtained(flight, await cast("Awaitable[object]", give()))
        except BaseException as fault:
            self._not_obtained(flight, fault)
        finally:
            self._end(flight)

    def _obtained(self, flight: Flight, given: object) -> None:
        now = time.time()
        credential = given if isinstance(given, _Credential) else _checked(credential_of(given), now)
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


def _checked(given: Credential, now: float) -> _Credential:
    """What a callable gave, if it can be a credential."""
    try:
        return _Credential(
            given.secret,
            scheme=given.scheme,
            expires_in=given.expires_in,
            expires_at=given.expires_at,
            look_again=given.look_again,
            now=now,
        )
    except (TypeError, ValueError, OverflowError) as fault:
        # It would be wrong again.
        raise SourceFault(str(fault), hard=True) from fault


def caller_of(source: "AnySource | Caller | None", **options: "Unpack[CallerOptions]") -> Caller:
    """The caller that an adapter is given, or is given what makes one."""
    if not isinstance(source, Caller):
        return Caller(source, **options)
    if options:
        raise TypeError("expected the options where the caller is made")
    return source


def join(step: Join) -> None:
    """Waits for somebody else who obtains a credential; an event loop must not, for what it does itself."""
    flight, here = step.flight, running_loop()
    until = time.monotonic() + min(step.seconds, WAIT)
    while (left := until - time.monotonic()) > 0 and not flight.future.done():
        if here is not None and flight.loop is here:
            message = (
                "the event loop of this thread obtains the credentials that a sync client waits for in it"
            )
            raise SourceFault(message, hard=True)
        settle(flight.future, left if here is None else min(left, SHORTLY))


async def ajoin(step: Join) -> None:
    """The same in an event loop."""
    await asettle(step.flight.future, min(step.seconds, WAIT))


def _after_fork() -> None:
    for caller in list(_callers):
        caller.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
