"""What the middlewares share: bodies, forms, and the path that the application is shown."""

import json
import logging
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from ._doorward import Decision, Engine
from ._vocabulary import Outcome

logger = logging.getLogger("doorward")

MEDIA_TYPE = "application/json"

AMBIGUOUS = "/%00"
"""A target that is ambiguous whatever the policy says: for what only a host can see to be ambiguous."""


class Refused(Exception):
    """A request that cannot be judged at all."""

    def __init__(self, status: HTTPStatus, outcome: Outcome) -> None:
        super().__init__(status)
        self.status = status
        self.outcome = outcome

    @property
    def body(self) -> bytes:
        """The body of the answer, in the form of a decision's."""
        return json.dumps({"status": self.status, "outcome": self.outcome}, separators=(",", ":")).encode()


def too_large() -> Refused:
    """A form that is too long to be read; the token may be anywhere in it."""
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Outcome.BAD_REQUEST)


def unreadable() -> Refused:
    """A form that did not come whole."""
    return Refused(HTTPStatus.BAD_REQUEST, Outcome.BAD_REQUEST)


def failed() -> Refused:
    """A fault of ours while deciding. Whatever it was, nobody is let in; to be called where it is handled."""
    logger.exception("the decision failed; nobody was let in")
    return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, Outcome.UNAVAILABLE)


def is_form(content_type: str) -> bool:
    """Whether a Content-Type is that of a form, whose body may hold a token."""
    return content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"


def ambiguous(engine: Engine, method: str) -> Decision:
    """The decision on a path that can be read in more than one way."""
    decision = engine.decide(method=method, url=AMBIGUOUS, headers=())
    if decision.allowed:
        raise RuntimeError("expected an ambiguous path to be refused")
    return decision


def mount(name: object) -> str:
    """A mount as the deployment names it, without the slash at its end."""
    if not isinstance(name, str):
        raise TypeError(f"expected a mount as str, found {type(name).__name__}")
    if name and not name.startswith("/"):
        raise ValueError("expected a mount that begins with a slash")
    return name.rstrip("/")


def misplaced() -> Refused:
    """A request at a mount that the deployment did not name.

    Some servers take the mount from a header field that every caller can send. Believed, it would put the
    application elsewhere than the path that is judged says.
    """
    logger.error("expected the mount that the middleware was told of, found another; nobody was let in")
    return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, Outcome.UNAVAILABLE)


def inside(path: str, mount: str) -> str | None:
    """What is left of a judged path for an application at `mount`, decoded, as applications are shown paths.

    None where the path is not below the mount (it left by way of dots, or the server made the mount up),
    and where its bytes are no text, which applications read in different ways.
    """
    try:
        text = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return None
    if text == mount or text.startswith(mount + "/"):
        return text[len(mount) :]
    return None


def disguised(text: str) -> str:
    """The bytes of a text, each as one character (PEP 3333)."""
    return text.encode().decode("latin-1")
