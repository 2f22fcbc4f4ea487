"""
The native half of doorward; import from `doorward` instead.
"""

from _typeshed import SupportsGetItem
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from doorward._source import SourceDict
from doorward._status import Status
from doorward._vocabulary import CredentialKind, Disclosure, Grounds, Outcome, Reason, Recovery, Signal
from os import PathLike
from typing import Any, Final, Literal, SupportsIndex, final

__all__ = ["__version__", "Decision", "Engine", "Principal", "Source", "_Answered", "_Attempt", "_CallerState", "_Credential", "_Prepared", "_diagnose", "_is_final"]

__version__: Final[str]
"""
The version of the package.
"""

@final
class Decision:
    """
    One decision on one request. It cannot be changed, and it keeps nothing of the request alive.

    A decision is neither true nor false: ask `allowed`.
    """
    def __bool__(self, /) -> bool:
        """
        A decision object would be true whatever it says: `if decision:` is a hole, and so it is an error.
        """
    def __repr__(self, /) -> str:
        """
        Outcome, status, reason and what follows; nothing of the request and nothing of the caller.
        """
    @property
    def advice(self, /) -> str:
        """
        What the caller should do next, as a sentence.
        """
    @property
    def allowed(self, /) -> bool:
        """
        Whether the caller is let in.
        """
    @property
    def body(self, /) -> bytes:
        """
        The body that a host sends with a refusal, as JSON; empty where the caller is let in.
        """
    @property
    def challenges(self, /) -> tuple[str, ...]:
        """
        The values of `WWW-Authenticate`, in order.
        """
    @property
    def concealed(self, /) -> Reason | None:
        """
        The true reason of a refusal that a hidden route conceals. For operators: an answer must not show it.
        """
    @property
    def context(self, /) -> dict[str, Any] | None:
        """
        The facts beside the reason, for operators: some of them come from the caller.
        """
    @property
    def disclosure(self, /) -> Disclosure:
        """
        What the caller may learn about the reason: whether a body of your own may name it.
        """
    @property
    def grounds(self, /) -> Grounds | None:
        """
        On what grounds the caller is let in.
        """
    @property
    def headers(self, /) -> tuple[tuple[str, str], ...]:
        """
        The header fields that the answer must carry, as (name, value) pairs in order: send all of them.
        """
    @property
    def may_resend(self, /) -> bool:
        """
        Whether the very same credential may be sent again after the recovery.
        """
    @property
    def operator(self, /) -> str | None:
        """
        What an operator should do about the true reason.
        """
    @property
    def outcome(self, /) -> Outcome:
        """
        What was decided.
        """
    @property
    def path(self, /) -> str:
        """
        The path that was judged, normalised: what a host must send on. Empty if it is ambiguous.
        """
    @property
    def principal(self, /) -> Principal | None:
        """
        Who the caller is: known on every allow that took a credential, and on every refusal of a credential that is genuine.
        Only an allow makes it somebody to act for.
        """
    @property
    def reason(self, /) -> Reason | None:
        """
        Why the caller is refused.
        """
    @property
    def reason_number(self, /) -> int | None:
        """
        The number of the reason.
        """
    @property
    def recovery(self, /) -> Recovery:
        """
        What the caller should do next.
        """
    @property
    def retry_after(self, /) -> int | None:
        """
        After how many seconds the caller should try again, as `Retry-After` among the headers says.
        """
    @property
    def route(self, /) -> int | None:
        """
        The route that governed the request, by its place in the policy file.
        """
    @property
    def sentence(self, /) -> str | None:
        """
        The reason as a sentence.
        """
    @property
    def signal(self, /) -> Signal | None:
        """
        How the true reason should be read by those who watch.
        """
    @property
    def status(self, /) -> int:
        """
        The HTTP status of the answer; 200 where the caller is let in and somebody else answers.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Everything as plain values, as `doorward decide --format json` prints it. The claims are not in it.
        """

@final
class Engine:
    """
    A policy with its keys, ready to decide, and kept up to date. Any number of threads may share it.
    """
    def __new__(cls, /, path: str | PathLike[str], *, start: bool = True) -> Engine:
        """
        Loads a policy file, TOML or JSON by its name, and the files that it names, relative to its folder; and begins to fetch
        and to watch in the background what the policy says, unless `start` is false.

        Raises PolicyError with every fault that was found.
        """
    def __repr__(self, /) -> str: ...
    def decide(self, /, *, method: str | bytes, url: str | bytes, headers: Iterable[tuple[str | bytes, str | bytes]], client_chain: Iterable[bytes] = ..., body: bytes | None = None, peer: str | None = None, now: int | float | Decimal | datetime | None = None) -> Decision:
        """
        Decides on a request.

        `method` and `url` (the raw target, or an absolute URL) are str or bytes, and so are the names and values of
        `headers`, pairs in order, repeats kept: hand over all lines at least of the fields named by `fields`. `now` is in Unix
        seconds, or a datetime with a time zone; without it the clock is read. `peer` is the address of the connection's other
        end, never one out of a header field: those the engine reads itself, where the policy trusts proxies; text that is no
        address counts as none. `client_chain` (DER certificates, leaf first) is checked for its types and carried nowhere yet:
        no kind of credential that this version knows reads it.
        """
    def decide_asgi(self, /, scope: dict[str, Any], body: bytes | None = None, now: int | float | Decimal | datetime | None = None) -> Decision:
        """
        Decides on an ASGI scope of type http or websocket, from its raw path where the server tells it. The peer is its
        `client`. Headers that no policy looks at are not copied.
        """
    def decide_wsgi(self, /, environ: dict[str, Any], body: bytes | None = None, now: int | float | Decimal | datetime | None = None) -> Decision:
        """
        Decides on a WSGI environ, from its raw target where the server tells it. The peer is its `REMOTE_ADDR`. Headers
        that no policy looks at are not read.
        """
    def events(self, /) -> list[str]:
        """
        What happened to keys, files and the policy since the last call, the latest few hundred, each as a line for a log.
        """
    @property
    def fields(self, /) -> tuple[str, ...]:
        """
        The names of the header fields that a decision can look at, in lower case: the others need not be handed over. They
        may change with `reload`.
        """
    @property
    def form_limit(self, /) -> int:
        """
        How long a form may be in bytes that a host waits for: enough for the longest token that the policy takes.
        """
    @staticmethod
    def from_file(path: str | PathLike[str], *, start: bool = True) -> Engine:
        """
        Loads a policy file; the same as calling the class.
        """
    @staticmethod
    def from_policy(policy: dict[str, Any], folder: str | PathLike[str] | None = None, *, start: bool = True) -> Engine:
        """
        Makes an engine of a policy that is a dict with the members of a policy file; `folder` as for from_text.
        """
    @staticmethod
    def from_text(text: str, format: Literal["toml", "json"], folder: str | PathLike[str] | None = None, *, start: bool = True) -> Engine:
        """
        Loads a policy from text in the format "toml" or "json"; key files are looked for in `folder`, and refused if there
        is none.
        """
    @property
    def issuers(self, /) -> int:
        """
        How many issuers the policy has.
        """
    @property
    def memory(self, /) -> int:
        """
        The memory of all stores in bytes.
        """
    @property
    def policy_epoch(self, /) -> int:
        """
        A number that changes when `reload` has put another policy in force, which may have other `fields`, `reads_body` and
        `form_limit`.
        """
    @property
    def reads_body(self, /) -> bool:
        """
        Whether a decision can look at the body, which then matters only as application/x-www-form-urlencoded.
        """
    def ready(self, /, timeout_seconds: int | float) -> None:
        """
        Waits until every issuer whose keys are fetched has some, and starts what `start` starts. Other threads go on meanwhile.

        Raises NotReadyError when the time is over; the engine goes on fetching.
        """
    def reload(self, /) -> None:
        """
        Loads the policy anew, with all files that it names, and puts it in force at once: decisions that have begun end by the
        one before. Keys that are fetched from where they were stay.

        Raises PolicyError with every fault that was found; then all stays as it was.
        """
    def revoke(self, /, issuer: str, *, jti: str | None = None, subject: str | None = None, until: int | float | Decimal | datetime | None = None, issued_before: int | float | Decimal | datetime | None = None, kid: str | None = None) -> None:
        """
        Revokes, from the next decision on, exactly one of: the token `jti`, all tokens of `subject` (`until` a time, or for
        good), all that were issued before a time, all that were signed with the key `kid`. It lasts as long as the engine; what
        is to last longer belongs into the policy's file of revocations.

        `issuer` is a name of the policy, or the issuer's identifier. Raises ValueError for one that the policy does not have.
        """
    @property
    def routes(self, /) -> int:
        """
        How many routes the policy has.
        """
    def start(self, /) -> None:
        """
        Begins to fetch keys and to watch files in the background, if the policy has any to fetch or watch. An engine that is
        started starts by itself in a child after a fork, as soon as it is used there.
        """
    def status(self, /, now: int | float | Decimal | datetime | None = None) -> Status:
        """
        What is trusted, how fresh it is and what happens next, as plain values; times are in Unix seconds. Nothing in it is
        secret.
        """
    def status_text(self, /, now: int | float | Decimal | datetime | None = None) -> str:
        """
        The same as a page of text for people.
        """
    def supply_keys(self, /, issuer: str, jwks: str | bytes, now: int | float | Decimal | datetime | None = None) -> None:
        """
        Gives an issuer, by its name in the policy, the keys that the host has fetched for itself at `now`: the text of a JWK Set
        or of a trust bundle. For hosts that do not let the engine fetch (`start=False`).

        Raises ValueError for what is no key set, and for an issuer whose keys are not fetched; then all stays as it was.
        """
    def trace_marker(self, /, *, method: str | bytes, url: str | bytes, cause: str, now: int | float | Decimal | datetime | None = None) -> str | None:
        """
        The value of `x-doorward-trace` that a gateway sends on in place of the credential that it takes away from a request, so
        that the application behind it can say why there is none. It is a fact for operators, and never a reason to let anybody
        in; it is good for this method and target, and for a minute.

        `cause` is why the credential was refused: `decision.concealed or decision.reason`. None where the policy has no
        `trace.key`, and where nothing was taken away. A gateway removes the lines of this field that come in.

        Raises ValueError for a cause that is no reason.
        """
    @property
    def warnings(self, /) -> tuple[str, ...]:
        """
        What the policy's author should know, though it is no fault.
        """

@final
class Principal:
    """
    A caller whose credential was found genuine. A subject means nothing without its issuer.
    """
    def __repr__(self, /) -> str:
        """
        The issuer's name in the policy and the kind of credential; not the subject, which may be personal.
        """
    @property
    def actor(self, /) -> dict[str, Any] | None:
        """
        The chain of delegation: the outermost `act` claim (RFC 8693, section 4.1).
        """
    @property
    def claims(self, /) -> dict[str, Any]:
        """
        All claims as the issuer signed them, parsed when they are first asked for. They may be personal.
        """
    @property
    def expires(self, /) -> int | float | None:
        """
        When the credential expires, in Unix seconds.
        """
    @property
    def issuer(self, /) -> str:
        """
        The issuer's identifier, or the name of a SPIFFE trust domain.
        """
    @property
    def issuer_name(self, /) -> str:
        """
        The name of the issuer in the policy.
        """
    @property
    def kind(self, /) -> CredentialKind:
        """
        The kind of credential.
        """
    @property
    def subject(self, /) -> str:
        """
        The subject; empty where a plain JWT has none.
        """

@final
class Source:
    """
    A source of credentials that comes with the package: a file, a command, an issuer, a secret store.
    """
    def __new__(cls, /, source: SourceDict) -> Source:
        """
        Makes a source of a dict with one member, which says its kind: file, environment, exec, client_credentials, kubernetes or
        vault. Raises ValueError for any other.
        """
    def __repr__(self, /) -> str: ...
    def _obtain(self, /, want: dict[str, Any], now: int | float | Decimal | datetime) -> _Credential:
        """
        Gets a credential. Other threads go on meanwhile.
        """

@final
class _Answered:
    """
    What an answer means, and what to do then: one of `again`, `first` and `latest`.
    """
    @property
    def after(self, /) -> float | None:
        """
        After how many seconds.
        """
    @property
    def diagnosis(self, /) -> dict[str, Any]:
        """
        What it means.
        """
    @property
    def next(self, /) -> str:
        """
        What to do.
        """
    @property
    def nonce(self, /) -> str | None:
        """
        The nonce that the next proof must hold.
        """
    @property
    def refuses(self, /) -> bool:
        """
        Whether it refuses.
        """

@final
class _Attempt:
    """
    One request on its way.
    """
    def __new__(cls, /, *, replayable: bool, method: str, proof: bool) -> _Attempt: ...

@final
class _CallerState:
    """
    What a caller knows, without any input or output; use `doorward.Caller` instead.
    """
    def __new__(cls, /, origins: SupportsGetItem[int, str], *, name: str, has_source: bool, attempts: SupportsIndex, ahead: int | float, longest_wait: int | float, cooldown: tuple[int | float, int | float], interactive: bool, scopes: SupportsGetItem[int, str] | None, proof: bool) -> _CallerState: ...
    def abandoned(self, /, ticket: SupportsIndex, now: int | float | Decimal | datetime) -> None:
        """
        Whoever obtained was stopped.
        """
    def answered(self, /, attempt: _Attempt, url: str, final_url: str, at: int | float | Decimal | datetime, status: SupportsIndex, headers: Iterable[tuple[str | bytes, str | bytes]], body: bytes, now: int | float | Decimal | datetime) -> _Answered:
        """
        What an answer means, and what to do then.
        """
    def not_obtained(self, /, ticket: SupportsIndex, message: str, hard: bool, retry_after: int | float | None, now: int | float | Decimal | datetime) -> None:
        """
        None came.
        """
    def obtained(self, /, ticket: SupportsIndex, credential: _Credential, now: int | float | Decimal | datetime) -> None:
        """
        A credential came for a ticket. Whatever source it came from, a bearer token that goes with a proof is a bound one.
        """
    def prepare(self, /, url: str, attempt: _Attempt, now: int | float | Decimal | datetime) -> _Prepared:
        """
        The next step of a request. Raises ValueError for a URL that the credential is not for.
        """
    def status(self, /, now: int | float | Decimal | datetime) -> dict[str, Any]:
        """
        Where it stands, as plain values.
        """
    def take_reports(self, /) -> list[dict[str, Any]]:
        """
        What smells of an attack, since it was last taken.
        """

@final
class _Credential:
    """
    A credential that a source gave. Nothing shows its secret.
    """
    def __new__(cls, /, secret: str, *, scheme: str, expires_in: int | float | None, expires_at: int | float | Decimal | datetime | None, look_again: int | float | None, now: int | float | Decimal | datetime) -> _Credential: ...
    def __repr__(self, /) -> str: ...

@final
class _Prepared:
    """
    What to do with a request: one of `send`, `obtain`, `wait`, `blocked`, `first` and `latest`.
    """
    @property
    def kind(self, /) -> str:
        """
        Which step.
        """
    @property
    def last_refusal(self, /) -> dict[str, Any] | None:
        """
        What the last refusal meant.
        """
    @property
    def reason(self, /) -> Reason | None:
        """
        Why nothing is sent.
        """
    @property
    def sentence(self, /) -> str | None:
        """
        Why nothing is sent, as a sentence.
        """
    @property
    def ticket(self, /) -> int | None:
        """
        The ticket of whoever is to obtain a credential.
        """
    @property
    def until(self, /) -> int | float | None:
        """
        Until when to wait, or nothing is sent.
        """
    @property
    def value(self, /) -> str | None:
        """
        What to send as `Authorization`.
        """
    @property
    def want(self, /) -> dict[str, Any] | None:
        """
        What is wanted of it.
        """

def _diagnose(status: SupportsIndex, headers: Iterable[tuple[str | bytes, str | bytes]], body: bytes, sent: dict[str, Any], now: int | float | Decimal | datetime | None) -> dict[str, Any]:
    """
    What an answer means, as plain values; import `diagnose` from `doorward` instead.
    """

def _is_final(code: str) -> bool:
    """
    Whether a token endpoint that refuses with this code would do so again.
    """
