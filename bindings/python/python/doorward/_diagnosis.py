"""What an answer means for who asked: why it refuses, how sure that is, and the one next step."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ._doorward import _diagnose
from ._vocabulary import Clue, Confidence, Origin, Reason, Recovery, Retry, Signal

Moment = int | float | Decimal | datetime
"""A point in time: Unix seconds, or a datetime with a time zone."""

Text = str | bytes

Headers = Mapping[str, str] | Iterable[tuple[Text, Text]]
"""The header fields of an answer: pairs with repeats kept, or a mapping whose repeats are joined."""


@dataclass(frozen=True)
class Sent:
    """What is known of the request that was answered. The more, the surer the diagnosis."""

    scheme: str | None = None
    """The scheme of the credential, `Bearer` for example; None if none was sent."""
    attempt: int = 1
    """Which attempt it was, from 1."""
    at: Moment | None = None
    """When the request was sent, by the caller's clock."""
    issued_at: Moment | None = None
    """When the caller got the credential."""
    expires_at: Moment | None = None
    """When the credential expires, as far as the caller knows."""
    refused_before: bool = False
    """Whether this very credential was refused here before."""
    url: str = ""
    """Where the request was sent."""
    final_url: str = ""
    """Where the answer came from, if redirects were followed."""
    proof: bool = False
    """Whether a proof of possession was sent, too."""
    interactive: bool = False
    """Whether a person is there who can sign in again."""


@dataclass(frozen=True)
class Skew:
    """How far two clocks are apart."""

    seconds: int
    """The service's clock less the caller's."""
    within: int
    """How far off that may be."""


@dataclass(frozen=True)
class Demand:
    """What the answer asks for, in its own words: they come from who answered, and are not to be trusted."""

    scheme: str | None = None
    realm: str | None = None
    scope: str | None = None
    acr_values: str | None = None
    max_age: str | None = None
    resource_metadata: str | None = None
    claims: str | None = None
    nonce: str | None = None
    error: str | None = None
    error_description: str | None = None


@dataclass(frozen=True)
class Diagnosis:
    """What one answer means. It is neither true nor false: ask `refused`."""

    status: int
    """The status of the answer."""
    reason: Reason | None
    """Why it refuses; None if it refuses nobody."""
    cause: Reason | None
    """The reason behind the reason, where there is one."""
    confidence: Confidence
    """How sure that is."""
    origin: Origin
    """Who refused: a gateway on the way, or the application."""
    product: str | None
    """Which product answers like this."""
    clues: tuple[Clue, ...]
    """What all of this was concluded from."""
    misused_status: bool
    """Whether the status says one thing, and the rest of the answer another."""
    proper_status: int | None
    """What a misused status should have been."""
    skew: Skew | None
    """How far the clocks are apart, where that could be measured."""
    recovery: Recovery
    """The one next step."""
    retry: Retry
    """Whether the request may be sent again, and with what."""
    retry_after: int | None
    """After how many seconds at the earliest."""
    signal: Signal | None
    """How those who watch should read it."""
    demand: Demand
    """What the answer asks for."""
    summary: str
    """All of it in a sentence for people."""

    @property
    def refused(self) -> bool:
        """Whether the answer refuses the request."""
        return self.reason is not None

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, as `doorward diagnose --format json` prints it."""
        plain = {"status": self.status, "diagnosis": self.reason, **asdict(self), "clues": list(self.clues)}
        del plain["reason"]
        loaded: dict[str, Any] = json.loads(json.dumps(plain))
        return loaded

    def __str__(self) -> str:
        return self.summary

    def __bool__(self) -> bool:
        raise TypeError("a diagnosis is neither true nor false: ask diagnosis.refused")


@dataclass(frozen=True)
class Report:
    """A refusal that smells of an attack. That a retry succeeded does not make it good."""

    reason: Reason
    cause: Reason | None
    generation: int
    """The number of the credential that was sent last."""
    count: int
    """How often it came since the report before."""
    first: int
    """When it came first, in Unix seconds."""
    last: int
    """When it came last."""

    def __str__(self) -> str:
        times = "" if self.count == 1 else f", {self.count} times"
        return f"{self.reason}: {self.reason.sentence}{times}"


def report_of(plain: Mapping[str, Any]) -> Report:
    """The report that these plain values are."""
    cause = plain["cause"]
    reasons = {"reason": Reason(plain["reason"]), "cause": None if cause is None else Reason(cause)}
    return Report(**{**plain, **reasons})


def diagnosis_of(plain: Mapping[str, Any]) -> Diagnosis:
    """The diagnosis that these plain values are."""

    def maybe(reason: str | None) -> Reason | None:
        return None if reason is None else Reason(reason)

    skew, signal = plain["skew"], plain["signal"]
    return Diagnosis(
        status=plain["status"],
        reason=maybe(plain["diagnosis"]),
        cause=maybe(plain["cause"]),
        confidence=Confidence(plain["confidence"]),
        origin=Origin(plain["origin"]),
        product=plain["product"],
        clues=tuple(map(Clue, plain["clues"])),
        misused_status=plain["misused_status"],
        proper_status=plain["proper_status"],
        skew=None if skew is None else Skew(**skew),
        recovery=Recovery(plain["recovery"]),
        retry=Retry(plain["retry"]),
        retry_after=plain["retry_after"],
        signal=None if signal is None else Signal(signal),
        demand=Demand(**plain["demand"]),
        summary=plain["summary"],
    )


def pairs_of(headers: Headers) -> Iterable[tuple[Text, Text]]:
    """The header fields as pairs."""
    return headers.items() if isinstance(headers, Mapping) else headers


def diagnose(
    status: int,
    headers: Headers,
    body: bytes = b"",
    *,
    sent: Sent | None = None,
    now: Moment | None = None,
) -> Diagnosis:
    """Says what an answer means.

    Of the body its beginning is enough: 16 KiB of it are looked at. `now` is when the answer came; without
    it, the clock is read.
    """
    return diagnosis_of(_diagnose(status, pairs_of(headers), body, vars(sent or Sent()), now))
