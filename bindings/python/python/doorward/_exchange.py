"""One request from its credential to its answer, without I/O: an adapter carries out each step."""

from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from ._diagnosis import Diagnosis, Text
from ._source import Want
from ._waiting import is_closed

if TYPE_CHECKING:
    from ._caller import Caller

HEAD = 65_536
"""How much of a refusal's content is held in memory, so that the first one can be handed out in the end."""


class Outgoing(NamedTuple):
    """A request, as far as the decision whether to repeat it depends on it."""

    method: str
    url: str
    replayable: bool
    """Whether its content can be sent once more."""
    is_async: bool = False
    """Whether its client awaits the answer, so that the event loop of its thread goes on."""


def origin_of(url: str) -> tuple[str, str | None, int | None]:
    """The origin of a URL; that of what is no URL is no other's."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None, None


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: list[tuple[Text, Text]]
    body: bytes
    """Its beginning, decoded, where the answer may be a refusal."""
    url: str
    """Where it came from, after redirects; or any other origin that they led to."""
    is_of_another: bool = False
    """Whether redirects made another request of it: what was sent has been carried out."""


@dataclass(eq=False)
class Flight:
    """One attempt to obtain a credential, for which everybody waits who needs it."""

    ticket: int
    want: Want
    future: Future[None] = field(default_factory=Future)
    loop: Any = None
    """The event loop in which it is awaited, if it is."""
    task: Any = None
    """The task of asyncio that awaits it. The loop itself holds it only weakly."""

    def __post_init__(self) -> None:
        # From now on nobody who waits can cancel it.
        self.future.set_running_or_notify_cancel()

    def is_lost(self) -> bool:
        """Whether its event loop was closed under it."""
        return self.loop is not None and not self.future.done() and is_closed(self.loop)

    def end(self) -> None:
        """Lets everybody go on."""
        if not self.future.done():
            self.future.set_result(None)


class Send(NamedTuple):
    """Send the request with these fields, and give its answer back."""

    fields: dict[str, str]
    at: float
    """When that was said, which is shortly before it is sent."""


class Pause(NamedTuple):
    """Wait."""

    seconds: float


class Obtain(NamedTuple):
    """Obtain a credential: it is for this request to do."""

    flight: Flight


class Join(NamedTuple):
    """Wait for somebody else who obtains a credential."""

    flight: Flight
    seconds: float


Which: TypeAlias = Literal["first", "latest"]
"""Which of the answers to one request."""


class Delivery(NamedTuple):
    """The end: which answer the user gets, and what it means."""

    which: Which
    latest: Diagnosis | None
    """What the latest answer means, if it refuses."""
    first: Diagnosis | None
    """What the first one meant."""


Step: TypeAlias = Send | Pause | Obtain | Join

Exchange: TypeAlias = Generator[Step, Answer | None, Delivery]


def exchange(caller: "Caller", outgoing: Outgoing) -> Exchange:
    """The steps of one request; a request that cannot be sent is an exception."""
    attempt = caller.attempt(outgoing)
    told: list[Diagnosis | None] = []
    while True:
        step: Step | Which = caller.prepare(outgoing, attempt)
        if isinstance(step, str):
            return _delivery(step, told)
        answer = yield step
        if not isinstance(step, Send):
            continue
        if answer is None:
            raise RuntimeError("expected the answer to what was sent")
        diagnosis, then = caller.answered(outgoing, attempt, step.at, answer)
        told.append(diagnosis)
        if isinstance(then, str):
            return _delivery(then, told)
        if then is not None:
            yield then


def _delivery(which: Which, told: list[Diagnosis | None]) -> Delivery:
    return Delivery(which, told[-1], told[0]) if told else Delivery(which, None, None)
