"""What the middlewares share: bodies, forms, and the path that the application is shown."""

import json
import logging
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from ._doorward import Decision, Engine
from ._vocabulary import Outcome

logger = logging.getLogger("doorward")

MEDIA_TYPE = "application/json"

FORM_LIMIT = 256 * 1024
"""How long a form may be that is read to look for a token, in bytes.

The longest token that a policy may allow has 64 KiB, and each of its bytes may be percent-encoded.
"""

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


def shown(path: str) -> bytes:
    """A judged path as an application is shown it: decoded."""
    return unquote_to_bytes(path)


def path_info(judged: str, script: str, info: str, raw: str | None) -> str | None:
    """What is left of the judged path for an application that is mounted at `script`.

    All are latin-1 strings. Some deployments invent a `script` that the raw target knows nothing of: then the
    target equals `info`, and all of the judged path is the application's. None where the judged path is not
    below the mount: it went there by way of dots, or somebody before us has rewritten it.
    """
    script = script.rstrip("/")
    if not script or (raw is not None and _decoded_path(raw) == info):
        return judged
    if judged == script or judged.startswith(script + "/"):
        return judged[len(script) :]
    return None


def _decoded_path(raw: str) -> str:
    path = raw.partition("?")[0]
    if "://" in path and not path.startswith("/"):
        path = "/" + path.partition("://")[2].partition("/")[2]
    return unquote_to_bytes(path.encode("latin-1")).decode("latin-1")
