"""Where a credential comes from: what a source may be, what it is asked for, and what it gives."""

import inspect
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import Literal, TypeAlias, TypedDict

from ._doorward import _is_final

Path = str | PathLike[str]


@dataclass(frozen=True)
class Credential:
    """What is put into `Authorization`. Its text shows no secret."""

    secret: str = field(repr=False)
    """What stands behind the scheme."""
    scheme: str = "Bearer"
    expires_in: float | None = None
    """After how many seconds it expires, counted from now, as an issuer tells it."""
    expires_at: float | None = None
    """When it expires, in Unix seconds of the issuer's clock, as a token tells it."""
    look_again: float | None = None
    """After how many seconds to ask the source anew, even if the credential has not expired."""


@dataclass(frozen=True)
class Want:
    """What a new credential is wanted for. All texts come from the service that refused the last one."""

    refresh: bool = False
    """Whether the one before was refused: one out of a cache would be, too."""
    scope: str | None = None
    resource: str | None = None
    claims: str | None = None
    acr_values: str | None = None
    max_age: int | None = None
    clock_offset: int = 0
    """The service's clock less ours, in seconds."""
    resource_metadata: str | None = None
    """Where the service describes itself (RFC 9728), and who issues its tokens."""
    request_url: str | None = None
    """The address of the request that was refused for its audience, without its query."""


class SourceFault(Exception):
    """Why a source has no credential. Any other exception of it passes by itself, unless it is a bug.

    `retry_after` is in seconds; what is past already, as `reset - time.time()` may be, is now.
    """

    def __init__(self, message: str, *, hard: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        if retry_after is not None and math.isnan(retry_after):
            raise ValueError("expected retry_after in seconds, found NaN")
        self.hard = hard
        """Whether asking again would be in vain."""
        self.retry_after = None if retry_after is None else max(retry_after, 0.0)


class Options(TypedDict, total=False):
    """What every source of a plain secret may have beside its kind."""

    scheme: str
    """The scheme that it is sent with, if not `Bearer`."""


class FromFile(Options):
    """`{"file": "token.txt"}`: a file that something else keeps up to date."""

    file: Path


class FromEnvironment(Options):
    """`{"environment": "API_TOKEN"}`: a variable of the environment."""

    environment: str


class ExecOptions(Options, total=False):
    """How a command is run."""

    timeout: int
    variables: Mapping[str, str]


class FromExec(ExecOptions):
    """`{"exec": ["command", "argument"]}`: what a command prints."""

    exec: Sequence[str]


class KubernetesOptions(TypedDict, total=False):
    """Where the token is, if not in its usual place."""

    path: Path


class FromKubernetes(Options):
    """`{"kubernetes": {}}`: the projected token of a service account."""

    kubernetes: KubernetesOptions


class SecretFile(TypedDict):
    """A secret in a file."""

    file: Path


class SecretEnvironment(TypedDict):
    """A secret in the environment."""

    environment: str


Secret: TypeAlias = SecretFile | SecretEnvironment


class ClientCredentialsOptions(TypedDict, total=False):
    """One of `token_url` and `issuer`, one of `client_secret` and `client_assertion`, and more."""

    token_url: str
    issuer: str
    client_secret: Secret
    client_assertion: SecretFile
    auth: Literal["basic", "post"]
    scope: str
    resource: str
    audience: str
    ca: Path


class ClientCredentials(ClientCredentialsOptions):
    """A client of an issuer."""

    client_id: str


class FromClientCredentials(TypedDict):
    """`{"client_credentials": {...}}`: the grant of RFC 6749, section 4.4."""

    client_credentials: ClientCredentials


class VaultOptions(TypedDict, total=False):
    """What else the store asks for."""

    field: str
    namespace: str
    ca: Path


class Vault(VaultOptions):
    """A secret of a key-value store."""

    url: str
    token: Secret


class FromVault(Options):
    """`{"vault": {...}}`: an answer in the form of Vault's key-value stores."""

    vault: Vault


SourceDict: TypeAlias = (
    FromFile | FromEnvironment | FromExec | FromKubernetes | FromClientCredentials | FromVault
)
"""A source that comes with the package."""

Given: TypeAlias = str | Credential
"""What a callable gives: a bearer token, or a credential with all that is known of it."""

SourceFunction: TypeAlias = (
    Callable[[], Given | Awaitable[Given]] | Callable[[Want], Given | Awaitable[Given]]
)
"""A source of your own, with or without an argument, sync or async."""


def takes_want(function: Callable[..., object]) -> bool:
    """Whether a source of the user's has room for an argument."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return False
    positional = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
    )
    return any(parameter.kind in positional for parameter in parameters)


def is_async(function: Callable[..., object]) -> bool:
    """Whether a source of the user's is known to give something to await before it is called."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004
    )


BUGS = (AttributeError, ImportError, NameError, NotImplementedError, TypeError)
"""Exceptions that do not pass by themselves."""


def fault_of(error: Exception) -> SourceFault:
    """What the exception of a source means. The text of one that is not ours may hold anything."""
    if isinstance(error, SourceFault):
        return error
    name = type(error).__name__
    if (code := _final_code(error)) is not None:
        return SourceFault(f"{name} ({code})", hard=True)
    return SourceFault(name, hard=isinstance(error, BUGS))


def _final_code(error: Exception) -> str | None:
    """A code that its issuer would say again, as the libraries for OAuth have it in their exceptions."""
    try:
        code = getattr(error, "error", None)
        return code if type(code) is str and _is_final(code) else None
    except Exception:
        # Whatever it is that cannot be read, it is no such code.
        return None


def credential_of(given: object) -> Credential:
    """What a callable gave, as a credential."""
    if isinstance(given, Credential):
        return given
    if isinstance(given, str):
        return Credential(given)
    raise TypeError(f"expected a source to give a str or a Credential, found {type(given).__name__}")
