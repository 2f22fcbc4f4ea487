"""Why a policy does not load, why keys are not there, and why a request was not sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ._diagnosis import Diagnosis
from ._vocabulary import Reason


@dataclass(frozen=True)
class PolicyFault:
    """One fault of a policy; no value below `keys` is ever quoted."""

    file: str | None
    """The file, as the caller named it."""
    line: int | None
    """The line, from 1."""
    column: int | None
    """The column, from 1, in characters."""
    place: str
    """Where in the policy, as a dotted path; empty for the policy as a whole."""
    message: str
    """What is wrong."""
    help: str | None
    """What would mend it."""

    def __str__(self) -> str:
        at = "" if self.line is None else f"{self.line}:{self.column}:"
        file = "" if self.file is None else f"{self.file}:"
        parts = [file + at, self.place and f"{self.place}:", self.message]
        text = " ".join(part for part in parts if part)
        return text if self.help is None else f"{text}: {self.help}"


class PolicyError(ValueError):
    """A policy that does not load, with every fault that was found, in the order of the text."""

    errors: tuple[PolicyFault, ...]

    def __init__(self, errors: Sequence[PolicyFault]) -> None:
        super().__init__(tuple(errors))
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


class NotReadyError(TimeoutError):
    """Keys that did not come in time. Decisions go on: those that need one are 503 with `Retry-After`."""

    issuers: dict[str, str | None]
    """Each issuer without keys, by its name in the policy, and why, as far as an attempt has ended."""

    def __init__(self, issuers: Mapping[str, str | None]) -> None:
        super().__init__(dict(issuers))
        self.issuers = dict(issuers)

    def __str__(self) -> str:
        each = (
            f"issuers.{name}" if fault is None else f"issuers.{name}: {fault}"
            for name, fault in self.issuers.items()
        )
        return "no keys yet: " + "; ".join(each)


class CallerError(Exception):
    """A request that was not sent at all."""

    reason: ClassVar[Reason]
    """Why."""
    until: float | None
    """Until when that will not change, in Unix seconds, as far as it is known."""
    diagnosis: Diagnosis | None
    """What the last refusal meant, if there was one."""

    def __init__(self, message: str, until: float | None, diagnosis: Diagnosis | None) -> None:
        super().__init__(message, until, diagnosis)
        self.until = until
        self.diagnosis = diagnosis

    def __str__(self) -> str:
        return str(self.args[0])


class RetryBlocked(CallerError):
    """All that the caller has was refused too often: for some time nothing is sent."""

    reason = Reason.RETRY_BLOCKED


class CredentialUnobtainable(CallerError):
    """There is no credential to send; the exception of the source is the cause of this one."""

    reason = Reason.CREDENTIAL_UNOBTAINABLE
