"""What `Engine.status()` gives: plain values, with every member always there; times are in Unix seconds."""

from typing import Literal, TypedDict


class KeyStatus(TypedDict):
    """One key of an issuer."""

    kid: str | None
    algorithm: str
    first_seen: int
    last_seen: int


class KeysFault(TypedDict):
    """What went wrong when an issuer's keys were fetched last."""

    code: str
    detail: str | None
    at: int | None


class IssuerStatus(TypedDict):
    """One issuer: how far its keys can be relied upon, and what happens next."""

    name: str
    issuer: str
    source: str
    """Where its keys come from: `inline`, a file, a URL without its query, or `discovery`."""
    trust: Literal["given", "fresh", "stale", "expired", "never"]
    fetched: int | None
    fresh_until: int | None
    stale_since: int | None
    usable_until: int | None
    next_fetch: int | None
    fetching_since: int | None
    failures: int
    last_fault: KeysFault | None
    file_fault: str | None
    """Why the file of its keys was not taken, if it was not."""
    keys: list[KeyStatus]
    gone: list[KeyStatus]
    """Keys that the issuer has withdrawn, the latest first."""
    notes: list[str]
    """What was left out of the set, and what its publisher should know."""


class PolicyStatus(TypedDict):
    """The policy in force."""

    file: str | None
    loaded: int
    fault: str | None
    """Why the last attempt to load it anew failed, if it did."""


class RevokedStatus(TypedDict):
    """How much is revoked."""

    tokens: int
    subjects: int
    issued_before: int
    keys: int
    elsewhere: int
    """How many entries are about issuers that the policy does not have."""
    fault: str | None
    """Why the file of revocations was not taken, if it was not."""


class StoreStatus(TypedDict):
    """One store."""

    capacity: int
    used: int | None
    bytes: int


class Stores(TypedDict):
    """The stores."""

    known: StoreStatus
    refused: StoreStatus
    replay: StoreStatus
    failures: StoreStatus


class Status(TypedDict):
    """What an engine trusts, how fresh it is and what happens next. Nothing in it is secret."""

    now: int
    policy: PolicyStatus
    keeping: bool
    """Whether keys are fetched and files watched in this process."""
    issuers: list[IssuerStatus]
    revoked: RevokedStatus
    stores: Stores
    replayed: int
    replay_full: int
    memory: int
