"""Doorward before a WSGI application: Flask, and every other.

    app.wsgi_app = DoorwardMiddleware(app.wsgi_app, Engine("doorward.toml"))

The decision is at `environ["doorward.decision"]`.
"""

from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

from . import _hosts
from ._doorward import Decision, Engine

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["DoorwardMiddleware"]

Headers = tuple[tuple[str, str], ...]


class DoorwardMiddleware:
    """Lets requests through to `app` that the engine allows, and answers the others.

    The application is shown the path that was judged: the server's raw target (`REQUEST_URI` or `RAW_URI`),
    normalised, where it tells one. Put it outermost: whoever changes the path before it, changes what is
    judged.

    `script_name` is where the server, or a dispatcher, has put the application, as `SCRIPT_NAME` says.
    A request with any other is refused, since some servers take it from a header field of the caller.
    `form_limit` is the longest form in bytes that is read to look for a token, where the policy takes tokens
    from forms; without it the engine's own.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        engine: Engine,
        *,
        script_name: str = "",
        form_limit: int | None = None,
    ) -> None:
        self.app = app
        self.engine = engine
        self.script_name = _hosts.mount(script_name)
        self.form_limit = form_limit

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Judges one request."""
        try:
            if environ.get("SCRIPT_NAME", "") != _hosts.disguised(self.script_name):
                raise _hosts.misplaced()
            body = form(self.engine, environ, self.form_limit)
            decision = judge(self.engine, environ, body, self.script_name)
        except _hosts.Refused as refused:
            return _answer(environ, start_response, refused.status, (), refused.body)
        except Exception:
            fault = _hosts.failed()
            return _answer(environ, start_response, fault.status, (), fault.body)
        if not decision.allowed:
            _hosts.logger.info("refused: %r", decision)
            return _answer(environ, start_response, decision.status, decision.headers, decision.body)
        environ["doorward.decision"] = decision
        return self.app(environ, _with_headers(start_response, decision.headers))


def form(engine: Engine, environ: "WSGIEnvironment", limit: int | None) -> bytes | None:
    """The body, where a token may be in it; it can be read once more afterwards."""
    if not engine.reads_body or not _hosts.is_form(environ.get("CONTENT_TYPE", "")):
        return None
    limit = engine.form_limit if limit is None else limit
    length = environ.get("CONTENT_LENGTH", "")
    if not length:
        # Without a length there is no body, unless the server promises an end (RFC 9112, section 6.3).
        most = limit + 1 if environ.get("wsgi.input_terminated") else 0
    elif length.isascii() and length.isdecimal():
        most = int(length)
    else:
        raise _hosts.unreadable()
    if length and most > limit:
        raise _hosts.too_large()
    body: bytes = environ["wsgi.input"].read(most) if most else b""
    if len(body) > limit:
        raise _hosts.too_large()
    if length and len(body) < most:
        raise _hosts.unreadable()
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return body


def judge(engine: Engine, environ: "WSGIEnvironment", body: bytes | None, mount: str) -> Decision:
    """Decides, and shows the environ the path that was judged."""
    decision = engine.decide_wsgi(environ, body)
    if not decision.allowed or decision.path == "*":
        return decision
    rest = _hosts.inside(decision.path, mount)
    if rest is None:
        return _hosts.ambiguous(engine, environ["REQUEST_METHOD"])
    environ["PATH_INFO"] = _hosts.disguised(rest)
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if raw is not None:
        query = raw.partition("?")
        target = decision.path + "".join(query[1:])
        environ.update({name: target for name in ("REQUEST_URI", "RAW_URI") if environ.get(name)})
    return decision


def _with_headers(start_response: "StartResponse", added: Headers) -> "StartResponse":
    """A `start_response` that adds what the answer to an allowed request must carry."""
    if not added:
        return start_response

    def adding(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        return start_response(status, [*headers, *added], *exc_info)

    return adding


def _answer(
    environ: "WSGIEnvironment", start_response: "StartResponse", status: int, headers: Headers, body: bytes
) -> list[bytes]:
    lines = [*headers, ("Content-Type", _hosts.MEDIA_TYPE), ("Content-Length", str(len(body)))]
    start_response(f"{int(status)} {HTTPStatus(status).phrase}", lines)
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]
