"""One request from its credential to its answer, without I/O: an adapter carries out each step."""

from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from ._diagnosis import Diagnosis, Text
from ._source import Want

if TYPE_CHECKING:
    from ._caller import Caller

HEAD = 65_536
"""How much of a refusal's content is held in memory, so that the first one can be handed out in the end."""

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
"""The methods that may be repeated (RFC 9110, section 9.2.2)."""


class Outgoing(NamedTuple):
    """A request, as far as the decision whether to repeat it depends on it."""

    method: str
    url: str
    replayable: bool
    """Whether its content can be sent once more."""


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
    """Where it came from, after redirects."""


@dataclass(eq=False)
class Flight:
    """One attempt to obtain a credential, for which everybody waits who needs it."""

    ticket: int
    want: Want
    future: Future[None] = field(default_factory=Future)
    task: Any = None
    """The task of asyncio that obtains it, if one does. The loop itself holds it only weakly."""

    def __post_init__(self) -> None:
        # From now on nobody who waits can cancel it.
        self.future.set_running_or_notify_cancel()

    def is_lost(self) -> bool:
        """Whether its event loop was closed under it."""
        return self.task is not None and not self.future.done() and bool(self.task.get_loop().is_closed())

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


class Delivery(NamedTuple):
    """The end: which answer the user gets, and what it means."""

    which: Literal["first", "latest"]
    diagnosis: Diagnosis | None


Step: TypeAlias = Send | Pause | Obtain | Join

Exchange: TypeAlias = Generator[Step, Answer | None, Delivery]


def exchange(caller: "Caller", outgoing: Outgoing) -> Exchange:
    """The steps of one request; a request that cannot be sent is an exception."""
    attempt = caller.attempt(outgoing)
    diagnosis = None
    while True:
        step = caller.prepare(outgoing, attempt)
        if isinstance(step, Delivery):
            return step._replace(diagnosis=diagnosis)
        answer = yield step
        if not isinstance(step, Send):
            continue
        if answer is None:
            raise RuntimeError("expected the answer to what was sent")
        diagnosis, then = caller.answered(outgoing, attempt, step.at, answer)
        if isinstance(then, Delivery):
            return then
        if then is not None:
            yield then
