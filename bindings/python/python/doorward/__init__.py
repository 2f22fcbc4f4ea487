"""One decision on every caller: let in, 401 or 403, with the reason, the challenge and the cure."""

from ._caller import Caller
from ._diagnosis import Demand, Diagnosis, Report, Sent, Skew, diagnose
from ._doorward import Decision, Engine, Principal, Source, __version__
from ._errors import (
    CallerError,
    CredentialUnobtainable,
    NotReadyError,
    PolicyError,
    PolicyFault,
    RetryBlocked,
)
from ._source import Credential, SourceDict, SourceFault, Want
from ._status import Status
from ._vocabulary import (
    Clue,
    Confidence,
    CredentialKind,
    Disclosure,
    Grounds,
    Origin,
    Outcome,
    Reason,
    Recovery,
    Retry,
    Signal,
)

__all__ = [
    "Caller",
    "CallerError",
    "Clue",
    "Confidence",
    "Credential",
    "CredentialKind",
    "CredentialUnobtainable",
    "Decision",
    "Demand",
    "Diagnosis",
    "Disclosure",
    "Engine",
    "Grounds",
    "NotReadyError",
    "Origin",
    "Outcome",
    "PolicyError",
    "PolicyFault",
    "Principal",
    "Reason",
    "Recovery",
    "Report",
    "Retry",
    "RetryBlocked",
    "Sent",
    "Signal",
    "Skew",
    "Source",
    "SourceDict",
    "SourceFault",
    "Status",
    "Want",
    "__version__",
    "diagnose",
]
