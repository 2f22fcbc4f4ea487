"""One decision on every caller: let in, 401 or 403, with the reason, the challenge and the cure."""

from ._doorward import Decision, Engine, Principal, __version__
from ._errors import NotReadyError, PolicyError, PolicyFault
from ._status import Status
from ._vocabulary import CredentialKind, Disclosure, Grounds, Outcome, Reason, Recovery, Signal

__all__ = [
    "CredentialKind",
    "Decision",
    "Disclosure",
    "Engine",
    "Grounds",
    "NotReadyError",
    "Outcome",
    "PolicyError",
    "PolicyFault",
    "Principal",
    "Reason",
    "Recovery",
    "Signal",
    "Status",
    "__version__",
]
