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


class Confidence(Word):
    """How sure a diagnosis is."""

    GUESS = "guess"
    LIKELY = "likely"
    CERTAIN = "certain"


class Origin(Word):
    """Who made an answer."""

    GATEWAY = "gateway"
    APPLICATION = "application"
    UNKNOWN = "unknown"


class Retry(Word):
    """Whether a refused request may be sent again, and with what."""

    NEVER = "never"
    CHANGED = "changed"
    SAME = "same"


class Clue(Word):
    """One thing that a diagnosis rests on."""

    STATUS = "status"
    PROXY_STATUS = "proxy_status"
    CHALLENGE = "challenge"
    CHALLENGE_ABSENT = "challenge_absent"
    CHALLENGE_MALFORMED = "challenge_malformed"
    SCHEME_DIFFERS = "scheme_differs"
    ERROR_CODE = "error_code"
    ERROR_CODE_UNKNOWN = "error_code_unknown"
    ERROR_ABSENT = "error_absent"
    DESCRIPTION = "description"
    DOORWARD_CODE = "doorward_code"
    DOORWARD_BODY = "doorward_body"
    BODY_CODE = "body_code"
    BODY_TEXT = "body_text"
    VENDOR_FIELD = "vendor_field"
    CLAIMS = "claims"
    NONCE = "nonce"
    CREDENTIAL_SENT = "credential_sent"
    CREDENTIAL_NOT_SENT = "credential_not_sent"
    CREDENTIAL_FRESH = "credential_fresh"
    CREDENTIAL_CURRENT = "credential_current"
    CREDENTIAL_EXPIRED = "credential_expired"
    REFUSED_BEFORE = "refused_before"
    REDIRECTED_ELSEWHERE = "redirected_elsewhere"
    SIGN_IN_PAGE = "sign_in_page"
    DATE = "date"
    RETRY_AFTER = "retry_after"
    UPSTREAM = "upstream"
    VIA = "via"
    SERVER = "server"

    @property
    def sentence(self) -> str:
        """The clue as a sentence."""
        return _CLUES[self._value_]


_CLUES: Final[dict[str, str]] = {
    "status": "the status says so by itself",
    "proxy_status": "the Proxy-Status of a proxy on the way says who made the answer",
    "challenge": "the challenge, or that there is one",
    "challenge_absent": "a 401 came without the challenge that HTTP asks for",
    "challenge_malformed": "a challenge cannot be read",
    "scheme_differs": "the challenge is for another scheme than the one that was used",
    "error_code": "the challenge has an error code",
    "error_code_unknown": "the challenge has an error code that is not known",
    "error_absent": "the challenge has no error code, as if no credential had come",
    "description": "the text beside the error code is known",
    "doorward_code": "the answer names a reason of Doorward's",
    "doorward_body": "the content is one of Doorward's",
    "body_code": "the content has a code that is known",
    "body_text": "the content has a text that is known",
    "vendor_field": "a header field that one product sends",
    "claims": "the challenge demands claims",
    "nonce": "the answer has a nonce",
    "credential_sent": "a credential was sent",
    "credential_not_sent": "no credential was sent",
    "credential_fresh": "the credential was got a moment ago",
    "credential_current": "by the caller's clock the credential has not expired",
    "credential_expired": "by the caller's clock the credential has expired",
    "refused_before": "the same credential was refused before",
    "redirected_elsewhere": "the request was redirected to another origin",
    "sign_in_page": "the answer is, or leads to, a page for signing in",
    "date": "the Date of the answer differs from the caller's clock",
    "retry_after": "the answer says how long to wait",
    "upstream": "a field that a gateway adds when the service behind it has answered",
    "via": "proxies were on the way, by their own account; that there is none proves nothing",
    "server": "the Server field names software that applications are served by",
}


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
    CREDENTIAL_STRIPPED_UPSTREAM = "credential_stripped_upstream"
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
    PROOF_INVALID = "proof_invalid"
    PROOF_NONCE_REQUIRED = "proof_nonce_required"
    TRUST_UNAVAILABLE = "trust_unavailable"
    TRUST_STALE = "trust_stale"
    REPLAY_STORE_FULL = "replay_store_full"
    TOO_MANY_FAILURES = "too_many_failures"
    CREDENTIAL_REFUSED = "credential_refused"
    CREDENTIAL_REFUSED_AGAIN = "credential_refused_again"
    CREDENTIAL_STRIPPED = "credential_stripped"
    CREDENTIAL_WITHHELD = "credential_withheld"
    CLOCK_SKEWED = "clock_skewed"
    CLAIMS_DEMANDED = "claims_demanded"
    SIGN_IN_OFFERED = "sign_in_offered"
    PROXY_CREDENTIAL_MISSING = "proxy_credential_missing"
    NETWORK_SIGN_IN_REQUIRED = "network_sign_in_required"
    REQUEST_REFUSED = "request_refused"
    PERMISSION_DENIED = "permission_denied"
    REFUSAL_UNRELATED = "refusal_unrelated"
    REFUSAL_UNEXPLAINED = "refusal_unexplained"
    RATE_LIMITED = "rate_limited"
    SERVICE_UNAVAILABLE = "service_unavailable"
    CREDENTIAL_UNOBTAINABLE = "credential_unobtainable"
    RETRY_BLOCKED = "retry_blocked"

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
        100, 400, Outcome.BAD_REQUEST, Recovery.FIX_REQUEST, Signal.ATTACK, True,
        "the path can be read in more than one way",
        "find out who sends encoded slashes, dot segments with parameters or empty segments; they often probe for a way around path rules",
    ),
    "credential_missing": _Facts(
        101, 401, Outcome.UNAUTHENTICATED, Recovery.SEND_CREDENTIAL, Signal.NOISE, False,
        "no credential was sent",
        "nothing, unless a proxy in front strips the Authorization field",
    ),
    "scheme_unsupported": _Facts(
        102, 401, Outcome.UNAUTHENTICATED, Recovery.CHANGE_SCHEME, Signal.FAULT, False,
        "the credential uses an authentication scheme that is not accepted here",
        "tell the caller which schemes the route accepts",
    ),
    "credential_malformed": _Facts(
        103, 401, Outcome.UNAUTHENTICATED, Recovery.FIX_REQUEST, Signal.FAULT, False,
        "the credential does not have the form that its scheme asks for",
        "look at how the client builds the field, and at proxies that rewrite it",
    ),
    "credentials_ambiguous": _Facts(
        104, 400, Outcome.BAD_REQUEST, Recovery.FIX_REQUEST, Signal.ATTACK, False,
        "more than one credential was sent",
        "look for a proxy that adds a second Authorization field, or a caller that tries to confuse two of them",
    ),
    "credential_too_large": _Facts(
        105, 431, Outcome.BAD_REQUEST, Recovery.FIX_REQUEST, Signal.FAULT, False,
        "the credential is longer than this service looks at",
        "raise max_credential if the issuer's tokens are really that long",
    ),
    "credential_stripped_upstream": _Facts(
        106, 401, Outcome.UNAUTHENTICATED, Recovery.FIX_REQUEST, Signal.FAULT, False,
        "a gateway took the credential away before it came here, and left an authenticated note why",
        "look at the root cause that the note names; the caller did send a credential",
    ),
    "token_malformed": _Facts(
        200, 401, Outcome.UNAUTHENTICATED, Recovery.FIX_REQUEST, Signal.FAULT, False,
        "the token is not a well-formed signed JWT",
        "compare the token as issued with the token as received: truncation, re-encoding, duplicate members",
    ),
    "token_encrypted": _Facts(
        201, 401, Outcome.UNAUTHENTICATED, Recovery.REPLACE_CREDENTIAL, Signal.FAULT, False,
        "the token is encrypted, and only signed tokens are accepted",
        "turn off token encryption for this service at the issuer",
    ),
    "token_type_refused": _Facts(
        202, 401, Outcome.UNAUTHENTICATED, Recovery.REPLACE_CREDENTIAL, Signal.FAULT, False,
        "the token is of another type than this issuer's profile asks for",
        "check that callers send access tokens, not id tokens, and that the issuer's profile fits",
    ),
    "critical_header_unknown": _Facts(
        203, 401, Outcome.UNAUTHENTICATED, Recovery.REPLACE_CREDENTIAL, Signal.FAULT, False,
        "the token names a critical extension that is not understood",
        "ask the issuer for tokens without critical extensions",
    ),
    "algorithm_refused": _Facts(
        204, 401, Outcome.UNAUTHENTICATED, Recovery.REPLACE_CREDENTIAL, Signal.ATTACK, False,
        "the token is not signed with an algorithm that is accepted from its issuer",
        "look for forgery attempts, or add the issuer's algorithm to the policy if it really changed",
    ),
    "issuer_untrusted": _Facts(
        205, 401, Outcome.UNAUTHENTICATED, Recovery.REPLACE_CREDENTIAL, Signal.FAULT, False,
        "the token does not come from an issuer that is trusted here",
        "check where the caller gets its tokens; issuers are compared character by character",
    ),
    "key_unknown": _Facts(
        206, 401, Outcome.UNAUTHENTICATED, Recovery.REFRESH_CREDENTIAL, Signal.FAULT, False,
        "the token is signed with a key that its issuer does not publish",
        "check whether the issuer rotated its keys and whether the key set here is current",
    ),
    "signature_invalid": _Facts(
        207, 401, Outcome.UNAUTHENTICATED, Recovery.REPLACE_CREDENTIAL, Signal.ATTACK, False,
        "the token's signature does not hold",
        "treat it as a forgery until shown otherwise; then look for truncation and for keys that share an id",
    ),
    "audience_mismatch": _Facts(
        208, 401, Outcome.UNAUTHENTICATED, Recovery.REQUEST_AUDIENCE, Signal.FAULT, False,
        "the token is meant for another service",
        "check the resource the caller asks its token for; many of these may be tokens passed on by another service",
    ),
    "token_expired": _Facts(
        209, 401, Outcome.UNAUTHENTICATED, Recovery.REFRESH_CREDENTIAL, Signal.NOISE, False,
        "the token has expired",
        "nothing, unless one caller keeps sending expired tokens: its refresh is broken",
    ),
    "token_too_old": _Facts(
        210, 401, Outcome.UNAUTHENTICATED, Recovery.REFRESH_CREDENTIAL, Signal.NOISE, False,
        "the token was issued longer ago than this service accepts",
        "compare the issuer's token lifetime with max_age",
    ),
    "token_not_yet_valid": _Facts(
        211, 401, Outcome.UNAUTHENTICATED, Recovery.SYNC_CLOCK, Signal.FAULT, True,
        "the token is not valid yet",
        "compare the clocks of issuer, caller and this service",
    ),
    "token_issued_in_future": _Facts(
        212, 401, Outcome.UNAUTHENTICATED, Recovery.SYNC_CLOCK, Signal.FAULT, True,
        "the token says that it was issued in the future",
        "compare the clocks of issuer and this service",
    ),
    "claim_missing": _Facts(
        213, 401, Outcome.UNAUTHENTICATED, Recovery.ASK_OPERATOR, Signal.FAULT, False,
        "the token lacks a claim that it must have",
        "add the claim at the issuer, or choose the profile that fits its tokens",
    ),
    "claim_malformed": _Facts(
        214, 401, Outcome.UNAUTHENTICATED, Recovery.ASK_OPERATOR, Signal.FAULT, False,
        "a claim of the token does not have the type or form that it must have",
        "mend the claim at the issuer; times must be numbers of seconds",
    ),
    "token_revoked": _Facts(
        215, 401, Outcome.UNAUTHENTICATED, Recovery.REPLACE_CREDENTIAL, Signal.ATTACK, False,
        "the token has been revoked",
        "find out who still uses it: revoked tokens in use may be stolen ones",
    ),
    "token_inactive": _Facts(
        216, 401, Outcome.UNAUTHENTICATED, Recovery.REPLACE_CREDENTIAL, Signal.FAULT, False,
        "the issuer says that the token is not active",
        "ask the issuer; it gives no reason",
    ),
    "step_up_required": _Facts(
        217, 401, Outcome.UNAUTHENTICATED, Recovery.STEP_UP, Signal.NOISE, False,
        "the authentication behind the token is not strong or not recent enough",
        "nothing for people; a workload cannot step up, so give it another route or another credential",
    ),
    "token_replayed": _Facts(
        218, 401, Outcome.UNAUTHENTICATED, Recovery.REPLACE_CREDENTIAL, Signal.ATTACK, False,
        "the token may be used once, and has been used before",
        "find out who else has it: a token that is used twice was stolen, or its caller retries without a new one",
    ),
    "route_unmatched": _Facts(
        300, 403, Outcome.FORBIDDEN, Recovery.STOP, Signal.NOISE, False,
        "no route of the policy governs this path",
        "add a route if the path should be served; what no route names is refused",
    ),
    "method_refused": _Facts(
        301, 403, Outcome.FORBIDDEN, Recovery.STOP, Signal.NOISE, False,
        "the route of this path does not take this method",
        "add the method to the route if it should be served",
    ),
    "issuer_refused": _Facts(
        302, 403, Outcome.FORBIDDEN, Recovery.REPLACE_CREDENTIAL, Signal.FAULT, False,
        "the token's issuer is trusted, but not on this route",
        "add the issuer to the route's accept list if its callers belong there",
    ),
    "scope_insufficient": _Facts(
        303, 403, Outcome.FORBIDDEN, Recovery.REQUEST_SCOPE, Signal.NOISE, False,
        "the token does not have the scopes that the route asks for",
        "grant the scope to the client if it should have it",
    ),
    "role_missing": _Facts(
        304, 403, Outcome.FORBIDDEN, Recovery.ASK_OPERATOR, Signal.NOISE, False,
        "the caller does not have the roles that the route asks for",
        "grant the role if the caller should have it",
    ),
    "claim_refused": _Facts(
        305, 403, Outcome.FORBIDDEN, Recovery.ASK_OPERATOR, Signal.NOISE, False,
        "a claim of the token does not meet the route's rule",
        "compare the rule with the claims that `doorward explain` shows",
    ),
    "delegation_refused": _Facts(
        306, 403, Outcome.FORBIDDEN, Recovery.ASK_OPERATOR, Signal.FAULT, False,
        "the route does not let this actor act for the token's subject",
        "add the actor to the route's delegation list, or have the caller use its own identity",
    ),
    "proof_missing": _Facts(
        600, 401, Outcome.UNAUTHENTICATED, Recovery.NEW_PROOF, Signal.ATTACK, False,
        "the token is bound to a key, and no proof of that key was sent",
        "a bound token sent as a plain bearer token may be a stolen one; otherwise the client has lost its proof",
    ),
    "proof_invalid": _Facts(
        601, 401, Outcome.UNAUTHENTICATED, Recovery.NEW_PROOF, Signal.FAULT, True,
        "the proof of possession of the token's key was refused",
        "look for a wrong clock or a wrong external URL; a replayed proof is an incident",
    ),
    "proof_nonce_required": _Facts(
        602, 401, Outcome.UNAUTHENTICATED, Recovery.USE_NONCE, Signal.NOISE, True,
        "the proof of possession must hold the nonce of the answer",
        "nothing",
    ),
    "trust_unavailable": _Facts(
        800, 503, Outcome.UNAVAILABLE, Recovery.WAIT, Signal.FAULT, True,
        "the issuer's keys cannot be loaded at the moment",
        "check that the issuer's key set can be reached from here; the caller is not at fault",
    ),
    "trust_stale": _Facts(
        801, 503, Outcome.UNAVAILABLE, Recovery.WAIT, Signal.FAULT, True,
        "the issuer's keys have not been renewed for too long",
        "check that the issuer's key set can be reached from here; the caller is not at fault",
    ),
    "replay_store_full": _Facts(
        802, 503, Outcome.UNAVAILABLE, Recovery.WAIT, Signal.FAULT, True,
        "the memory for tokens that may be used once is full",
        "raise replay in [store], or look for the issuer whose tokens fill it; the caller is not at fault",
    ),
    "too_many_failures": _Facts(
        900, 429, Outcome.THROTTLED, Recovery.WAIT, Signal.ATTACK, True,
        "too many credentials of this caller were refused",
        "look at what this caller was refused for: a broken client, or someone guessing",
    ),
    "credential_refused": _Facts(
        1000, 401, Outcome.UNAUTHENTICATED, Recovery.REFRESH_CREDENTIAL, Signal.NOISE, False,
        "the credential was refused, and the answer does not say why",
        "have the service disclose its reasons, or look into its log",
    ),
    "credential_refused_again": _Facts(
        1001, 401, Outcome.UNAUTHENTICATED, Recovery.STOP, Signal.FAULT, False,
        "the same credential was refused before, and nothing has changed since",
        "find out why the client has no other credential; retries cannot help",
    ),
    "credential_stripped": _Facts(
        1002, 401, Outcome.UNAUTHENTICATED, Recovery.FIX_REQUEST, Signal.FAULT, False,
        "the request carried a credential, and the answer says that none came",
        "find the proxy between the caller and the service that removes or rewrites the Authorization field",
    ),
    "credential_withheld": _Facts(
        1003, 401, Outcome.UNAUTHENTICATED, Recovery.FIX_REQUEST, Signal.FAULT, False,
        "the request was redirected to another origin, where the client does not send its credential",
        "give the client the final address; a credential is good for one origin",
    ),
    "clock_skewed": _Facts(
        1004, 401, Outcome.UNAUTHENTICATED, Recovery.SYNC_CLOCK, Signal.FAULT, False,
        "a fresh credential was refused for its times: the clocks of caller and service differ",
        "synchronise the clock that is wrong; the diagnosis says by how much they differ",
    ),
    "claims_demanded": _Facts(
        1005, 401, Outcome.UNAUTHENTICATED, Recovery.REPLACE_CREDENTIAL, Signal.NOISE, False,
        "the service wants a new token that answers the claims of its challenge",
        "see that the client passes the claims on to the issuer",
    ),
    "sign_in_offered": _Facts(
        1006, 401, Outcome.UNAUTHENTICATED, Recovery.SEND_CREDENTIAL, Signal.FAULT, False,
        "the answer sends the caller to a sign-in page for people",
        "have the gateway answer 401 to programs instead of a page or a redirect",
    ),
    "proxy_credential_missing": _Facts(
        1007, 407, Outcome.UNAUTHENTICATED, Recovery.ASK_OPERATOR, Signal.FAULT, False,
        "a proxy on the way wants a credential of its own",
        "set up the client's proxy credential; the credential for the service is not at fault",
    ),
    "network_sign_in_required": _Facts(
        1008, 511, Outcome.UNAUTHENTICATED, Recovery.ASK_OPERATOR, Signal.FAULT, False,
        "the network wants a sign-in before it lets anything through",
        "sign the machine in to its network; the service was not reached",
    ),
    "request_refused": _Facts(
        1009, 400, Outcome.BAD_REQUEST, Recovery.FIX_REQUEST, Signal.FAULT, False,
        "the request uses its credential wrongly",
        "mend the client, or the proxy that adds a second credential",
    ),
    "permission_denied": _Facts(
        1010, 403, Outcome.FORBIDDEN, Recovery.ASK_OPERATOR, Signal.NOISE, False,
        "the service knows the caller, and does not allow this",
        "grant the permission, or take the call out of the client",
    ),
    "refusal_unrelated": _Facts(
        1011, 403, Outcome.FORBIDDEN, Recovery.ASK_OPERATOR, Signal.FAULT, False,
        "the refusal has nothing to do with the credential",
        "look at the firewall, address rule or content rule that the answer comes from",
    ),
    "refusal_unexplained": _Facts(
        1012, 403, Outcome.FORBIDDEN, Recovery.ASK_OPERATOR, Signal.NOISE, False,
        "the request was refused, and nothing tells whether for the credential, a permission or neither",
        "have the service disclose its reasons, or look into its log",
    ),
    "rate_limited": _Facts(
        1013, 429, Outcome.THROTTLED, Recovery.WAIT, Signal.NOISE, True,
        "the caller sends more requests than it may",
        "raise the limit, or slow the client down; the credential is not at fault",
    ),
    "service_unavailable": _Facts(
        1014, 503, Outcome.UNAVAILABLE, Recovery.WAIT, Signal.FAULT, True,
        "the service, or a gateway before it, cannot answer now",
        "look at the service; the credential is not at fault",
    ),
    "credential_unobtainable": _Facts(
        1015, 401, Outcome.UNAUTHENTICATED, Recovery.ASK_OPERATOR, Signal.FAULT, False,
        "the client could not get a credential; nothing was sent",
        "look at the source of the client's credential: its file, command, secret store or issuer",
    ),
    "retry_blocked": _Facts(
        1016, 429, Outcome.THROTTLED, Recovery.STOP, Signal.FAULT, False,
        "the client was refused too often with all that it has; nothing was sent",
        "look at what the client was refused for first; it tries again by itself later",
    ),
}
