"""The words of a decision as enums; derived by `cargo xtask generate`, never edited by hand."""

from enum import Enum
from typing import Final, NamedTuple


class Word(str, Enum):
    """A closed list of words: each member is a string, and equal to its word."""

    _value_: str

    def __str__(self) -> str:
        return self._value_

    def __format__(self, spec: str) -> str:
        return format(self._value_, spec)


class Outcome(Word):
    """What was decided."""

    ALLOW = "allow"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    BAD_REQUEST = "bad_request"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"


class Signal(Word):
    """How a reason should be read by those who watch: retries must not mask an attack."""

    NOISE = "noise"
    FAULT = "fault"
    ATTACK = "attack"


class Disclosure(Word):
    """What a refusal tells the caller about its reason."""

    NONE = "none"
    REASON = "reason"


class Grounds(Word):
    """On what grounds a caller is let in."""

    ANYONE = "anyone"
    PREFLIGHT = "preflight"
    CREDENTIAL = "credential"


class CredentialKind(Word):
    """The kind of credential that a caller presented."""

    BEARER = "bearer"


class Recovery(Word):
    """The one next step of the caller of a refused request."""

    NONE = "none"
    SEND_CREDENTIAL = "send_credential"
    REFRESH_CREDENTIAL = "refresh_credential"
    REPLACE_CREDENTIAL = "replace_credential"
    REQUEST_AUDIENCE = "request_audience"
    REQUEST_SCOPE = "request_scope"
    STEP_UP = "step_up"
    SYNC_CLOCK = "sync_clock"
    WAIT = "wait"
    ROTATE_CERTIFICATE = "rotate_certificate"
    NEW_PROOF = "new_proof"
    USE_NONCE = "use_nonce"
    CHANGE_SCHEME = "change_scheme"
    FIX_REQUEST = "fix_request"
    ASK_OPERATOR = "ask_operator"
    STOP = "stop"

    @property
    def advice(self) -> str:
        """The step as a sentence."""
        return _ADVICE[self._value_]


_ADVICE: Final[dict[str, str]] = {
    "none": "nothing to do",
    "send_credential": "get a credential and send it",
    "refresh_credential": "refresh the credential and send the request once more",
    "replace_credential": "get a new credential; this one will not be accepted again",
    "request_audience": "ask the issuer for a token whose audience is this service",
    "request_scope": "ask the issuer for a token with the scopes of the challenge",
    "step_up": "authenticate again as the challenge asks; a refresh is not enough",
    "sync_clock": "compare clocks, using the Date of the answer, and wait out the difference",
    "wait": "wait as long as Retry-After says, then send the same request again",
    "rotate_certificate": "renew the client certificate",
    "new_proof": "send the token with a fresh proof of possession of its key",
    "use_nonce": "make the proof again with the nonce of the answer",
    "change_scheme": "send the credential with a scheme of the challenge",
    "fix_request": "mend how the client, or a proxy before it, builds the request",
    "ask_operator": "ask the operator of the issuer or of this service",
    "stop": "stop; sending this again cannot help",
}


class Reason(Word):
    """Why a caller is refused: one fault, one name."""

    PATH_AMBIGUOUS = "path_ambiguous"
    CREDENTIAL_MISSING = "credential_missing"
    SCHEME_UNSUPPORTED = "scheme_unsupported"
    CREDENTIAL_MALFORMED = "credential_malformed"
    CREDENTIALS_AMBIGUOUS = "credentials_ambiguous"
    CREDENTIAL_TOO_LARGE = "credential_too_large"
    TOKEN_MALFORMED = "token_malformed"
    TOKEN_ENCRYPTED = "token_encrypted"
    TOKEN_TYPE_REFUSED = "token_type_refused"
    CRITICAL_HEADER_UNKNOWN = "critical_header_unknown"
    ALGORITHM_REFUSED = "algorithm_refused"
    ISSUER_UNTRUSTED = "issuer_untrusted"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE_INVALID = "signature_invalid"
    AUDIENCE_MISMATCH = "audience_mismatch"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_TOO_OLD = "token_too_old"
    TOKEN_NOT_YET_VALID = "token_not_yet_valid"
    TOKEN_ISSUED_IN_FUTURE = "token_issued_in_future"
    CLAIM_MISSING = "claim_missing"
    CLAIM_MALFORMED = "claim_malformed"
    TOKEN_REVOKED = "token_revoked"
    TOKEN_INACTIVE = "token_inactive"
    STEP_UP_REQUIRED = "step_up_required"
    TOKEN_REPLAYED = "token_replayed"
    ROUTE_UNMATCHED = "route_unmatched"
    METHOD_REFUSED = "method_refused"
    ISSUER_REFUSED = "issuer_refused"
    SCOPE_INSUFFICIENT = "scope_insufficient"
    ROLE_MISSING = "role_missing"
    CLAIM_REFUSED = "claim_refused"
    DELEGATION_REFUSED = "delegation_refused"
    PROOF_MISSING = "proof_missing"
    TRUST_UNAVAILABLE = "trust_unavailable"
    TRUST_STALE = "trust_stale"
    REPLAY_STORE_FULL = "replay_store_full"
    TOO_MANY_FAILURES = "too_many_failures"

    @property
    def number(self) -> int:
        """The stable number."""
        return _FACTS[self._value_].number

    @property
    def status(self) -> int:
        """The HTTP status of a refusal, unless the policy hides the path."""
        return _FACTS[self._value_].status

    @property
    def outcome(self) -> Outcome:
        """What is decided."""
        return _FACTS[self._value_].outcome

    @property
    def recovery(self) -> Recovery:
        """What the caller should do next."""
        return _FACTS[self._value_].recovery

    @property
    def advice(self) -> str:
        """What the caller should do next, as a sentence."""
        return self.recovery.advice

    @property
    def signal(self) -> Signal:
        """How those who watch should read it."""
        return _FACTS[self._value_].signal

    @property
    def may_resend(self) -> bool:
        """Whether the very same credential may be sent again after the recovery."""
        return _FACTS[self._value_].may_resend

    @property
    def sentence(self) -> str:
        """The reason as a sentence."""
        return _FACTS[self._value_].sentence

    @property
    def operator(self) -> str:
        """What an operator should do."""
        return _FACTS[self._value_].operator


class _Facts(NamedTuple):
    number: int
    status: int
    outcome: Outcome
    recovery: Recovery
    signal: Signal
    may_resend: bool
    sentence: str
    operator: str


_FACTS: Final[dict[str, _Facts]] = {
    "path_ambiguous": _Facts(
        100,
        400,
        Outcome.BAD_REQUEST,
        Recovery.FIX_REQUEST,
        Signal.ATTACK,
        True,
        "the path can be read in more than one way",
        "find out who sends encoded slashes, dot segments with parameters or empty segments; they often probe for a way around path rules",
    ),
    "credential_missing": _Facts(
        101,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.SEND_CREDENTIAL,
        Signal.NOISE,
        False,
        "no credential was sent",
        "nothing, unless a proxy in front strips the Authorization field",
    ),
    "scheme_unsupported": _Facts(
        102,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.CHANGE_SCHEME,
        Signal.FAULT,
        False,
        "the credential uses an authentication scheme that is not accepted here",
        "tell the caller which schemes the route accepts",
    ),
    "credential_malformed": _Facts(
        103,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.FIX_REQUEST,
        Signal.FAULT,
        False,
        "the credential does not have the form that its scheme asks for",
        "look at how the client builds the field, and at proxies that rewrite it",
    ),
    "credentials_ambiguous": _Facts(
        104,
        400,
        Outcome.BAD_REQUEST,
        Recovery.FIX_REQUEST,
        Signal.ATTACK,
        False,
        "more than one credential was sent",
        "look for a proxy that adds a second Authorization field, or a caller that tries to confuse two of them",
    ),
    "credential_too_large": _Facts(
        105,
        431,
        Outcome.BAD_REQUEST,
        Recovery.FIX_REQUEST,
        Signal.FAULT,
        False,
        "the credential is longer than this service looks at",
        "raise max_credential if the issuer's tokens are really that long",
    ),
    "token_malformed": _Facts(
        200,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.FIX_REQUEST,
        Signal.FAULT,
        False,
        "the token is not a well-formed signed JWT",
        "compare the token as issued with the token as received: truncation, re-encoding, duplicate members",
    ),
    "token_encrypted": _Facts(
        201,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REPLACE_CREDENTIAL,
        Signal.FAULT,
        False,
        "the token is encrypted, and only signed tokens are accepted",
        "turn off token encryption for this service at the issuer",
    ),
    "token_type_refused": _Facts(
        202,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REPLACE_CREDENTIAL,
        Signal.FAULT,
        False,
        "the token is of another type than this issuer's profile asks for",
        "check that callers send access tokens, not id tokens, and that the issuer's profile fits",
    ),
    "critical_header_unknown": _Facts(
        203,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REPLACE_CREDENTIAL,
        Signal.FAULT,
        False,
        "the token names a critical extension that is not understood",
        "ask the issuer for tokens without critical extensions",
    ),
    "algorithm_refused": _Facts(
        204,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REPLACE_CREDENTIAL,
        Signal.ATTACK,
        False,
        "the token is not signed with an algorithm that is accepted from its issuer",
        "look for forgery attempts, or add the issuer's algorithm to the policy if it really changed",
    ),
    "issuer_untrusted": _Facts(
        205,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REPLACE_CREDENTIAL,
        Signal.FAULT,
        False,
        "the token does not come from an issuer that is trusted here",
        "check where the caller gets its tokens; issuers are compared character by character",
    ),
    "key_unknown": _Facts(
        206,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REFRESH_CREDENTIAL,
        Signal.FAULT,
        False,
        "the token is signed with a key that its issuer does not publish",
        "check whether the issuer rotated its keys and whether the key set here is current",
    ),
    "signature_invalid": _Facts(
        207,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REPLACE_CREDENTIAL,
        Signal.ATTACK,
        False,
        "the token's signature does not hold",
        "treat it as a forgery until shown otherwise; then look for truncation and for keys that share an id",
    ),
    "audience_mismatch": _Facts(
        208,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REQUEST_AUDIENCE,
        Signal.FAULT,
        False,
        "the token is meant for another service",
        "check the resource the caller asks its token for; many of these may be tokens passed on by another service",
    ),
    "token_expired": _Facts(
        209,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REFRESH_CREDENTIAL,
        Signal.NOISE,
        False,
        "the token has expired",
        "nothing, unless one caller keeps sending expired tokens: its refresh is broken",
    ),
    "token_too_old": _Facts(
        210,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REFRESH_CREDENTIAL,
        Signal.NOISE,
        False,
        "the token was issued longer ago than this service accepts",
        "compare the issuer's token lifetime with max_age",
    ),
    "token_not_yet_valid": _Facts(
        211,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.SYNC_CLOCK,
        Signal.FAULT,
        True,
        "the token is not valid yet",
        "compare the clocks of issuer, caller and this service",
    ),
    "token_issued_in_future": _Facts(
        212,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.SYNC_CLOCK,
        Signal.FAULT,
        True,
        "the token says that it was issued in the future",
        "compare the clocks of issuer and this service",
    ),
    "claim_missing": _Facts(
        213,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.ASK_OPERATOR,
        Signal.FAULT,
        False,
        "the token lacks a claim that it must have",
        "add the claim at the issuer, or choose the profile that fits its tokens",
    ),
    "claim_malformed": _Facts(
        214,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.ASK_OPERATOR,
        Signal.FAULT,
        False,
        "a claim of the token does not have the type or form that it must have",
        "mend the claim at the issuer; times must be numbers of seconds",
    ),
    "token_revoked": _Facts(
        215,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REPLACE_CREDENTIAL,
        Signal.ATTACK,
        False,
        "the token has been revoked",
        "find out who still uses it: revoked tokens in use may be stolen ones",
    ),
    "token_inactive": _Facts(
        216,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REPLACE_CREDENTIAL,
        Signal.FAULT,
        False,
        "the issuer says that the token is not active",
        "ask the issuer; it gives no reason",
    ),
    "step_up_required": _Facts(
        217,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.STEP_UP,
        Signal.NOISE,
        False,
        "the authentication behind the token is not strong or not recent enough",
        "nothing for people; a workload cannot step up, so give it another route or another credential",
    ),
    "token_replayed": _Facts(
        218,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.REPLACE_CREDENTIAL,
        Signal.ATTACK,
        False,
        "the token may be used once, and has been used before",
        "find out who else has it: a token that is used twice was stolen, or its caller retries without a new one",
    ),
    "route_unmatched": _Facts(
        300,
        403,
        Outcome.FORBIDDEN,
        Recovery.STOP,
        Signal.NOISE,
        False,
        "no route of the policy governs this path",
        "add a route if the path should be served; what no route names is refused",
    ),
    "method_refused": _Facts(
        301,
        403,
        Outcome.FORBIDDEN,
        Recovery.STOP,
        Signal.NOISE,
        False,
        "the route of this path does not take this method",
        "add the method to the route if it should be served",
    ),
    "issuer_refused": _Facts(
        302,
        403,
        Outcome.FORBIDDEN,
        Recovery.REPLACE_CREDENTIAL,
        Signal.FAULT,
        False,
        "the token's issuer is trusted, but not on this route",
        "add the issuer to the route's accept list if its callers belong there",
    ),
    "scope_insufficient": _Facts(
        303,
        403,
        Outcome.FORBIDDEN,
        Recovery.REQUEST_SCOPE,
        Signal.NOISE,
        False,
        "the token does not have the scopes that the route asks for",
        "grant the scope to the client if it should have it",
    ),
    "role_missing": _Facts(
        304,
        403,
        Outcome.FORBIDDEN,
        Recovery.ASK_OPERATOR,
        Signal.NOISE,
        False,
        "the caller does not have the roles that the route asks for",
        "grant the role if the caller should have it",
    ),
    "claim_refused": _Facts(
        305,
        403,
        Outcome.FORBIDDEN,
        Recovery.ASK_OPERATOR,
        Signal.NOISE,
        False,
        "a claim of the token does not meet the route's rule",
        "compare the rule with the claims that `doorward explain` shows",
    ),
    "delegation_refused": _Facts(
        306,
        403,
        Outcome.FORBIDDEN,
        Recovery.ASK_OPERATOR,
        Signal.FAULT,
        False,
        "the route does not let this actor act for the token's subject",
        "add the actor to the route's delegation list, or have the caller use its own identity",
    ),
    "proof_missing": _Facts(
        600,
        401,
        Outcome.UNAUTHENTICATED,
        Recovery.NEW_PROOF,
        Signal.ATTACK,
        False,
        "the token is bound to a key, and no proof of that key was sent",
        "a bound token sent as a plain bearer token may be a stolen one; otherwise the client has lost its proof",
    ),
    "trust_unavailable": _Facts(
        800,
        503,
        Outcome.UNAVAILABLE,
        Recovery.WAIT,
        Signal.FAULT,
        True,
        "the issuer's keys could not be loaded yet",
        "check that the issuer's key set can be reached from here; the caller is not at fault",
    ),
    "trust_stale": _Facts(
        801,
        503,
        Outcome.UNAVAILABLE,
        Recovery.WAIT,
        Signal.FAULT,
        True,
        "the issuer's keys have not been renewed for too long",
        "check that the issuer's key set can be reached from here; the caller is not at fault",
    ),
    "replay_store_full": _Facts(
        802,
        503,
        Outcome.UNAVAILABLE,
        Recovery.WAIT,
        Signal.FAULT,
        True,
        "the memory for tokens that may be used once is full",
        "raise replay in [store], or look for the issuer whose tokens fill it; the caller is not at fault",
    ),
    "too_many_failures": _Facts(
        900,
        429,
        Outcome.THROTTLED,
        Recovery.WAIT,
        Signal.ATTACK,
        True,
        "too many credentials of this caller were refused",
        "look at what this caller was refused for: a broken client, or someone guessing",
    ),
}
