"""Why a policy does not load, and why keys are not there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


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
