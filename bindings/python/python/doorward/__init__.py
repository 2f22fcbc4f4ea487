"""One decision on every caller: let in, 401 or 403, with the reason, the challenge and the cure."""

from ._doorward import Decision, Engine, Principal, __version__
from ._errors import PolicyError, PolicyFault
from ._vocabulary import CredentialKind, Disclosure, Grounds, Outcome, Reason, Recovery, Signal

__all__ = [
    "CredentialKind",
    "Decision",
    "Disclosure",
    "Engine",
    "Grounds",
    "Outcome",
    "PolicyError",
    "PolicyFault",
    "Principal",
    "Reason",
    "Recovery",
    "Signal",
    "__version__",
]
