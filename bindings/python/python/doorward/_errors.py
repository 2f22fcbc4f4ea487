"""Why a policy does not load."""

from collections.abc import Sequence
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
