"""Doorward in Django, sync and async.

    MIDDLEWARE = ["doorward.django.DoorwardMiddleware", ...]    # the first one
    DOORWARD_POLICY = BASE_DIR / "doorward.toml"

`DOORWARD_POLICY` is the path of a policy file or the policy as a dict; `DOORWARD_ENGINE` may be an `Engine`
instead. `DOORWARD_SCRIPT_NAME` is where the server has put the site: what all targets begin with. Without it,
Django's own `FORCE_SCRIPT_NAME` is. A request with any other is refused, since some servers take it from a
header field of the caller.
The decision is at `request.doorward`.
"""

from collections.abc import Awaitable, Callable
from os import PathLike
from typing import Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase

from . import _hosts
from ._doorward import Decision, Engine

__all__ = ["DoorwardMiddleware"]

R = TypeVar("R", bound=HttpResponseBase)
GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class DoorwardMiddleware:
    """Lets requests through that the engine allows, and answers the others.

    Views are shown the path that was judged: the server's raw target, normalised, where it tells one.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.engine = _engine()
        named = getattr(settings, "DOORWARD_SCRIPT_NAME", None)
        self.script_name = _hosts.mount((settings.FORCE_SCRIPT_NAME or "") if named is None else named)
        self.form_limit: int | None = getattr(settings, "DOORWARD_FORM_LIMIT", None)
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Judges one request."""
        if self._is_async:
            return self._later(request)
        decision = self._judge(request)
        if not isinstance(decision, Decision):
            return decision
        return _with_headers(cast(HttpResponseBase, self.get_response(request)), decision)

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        decision = self._judge(request)
        if not isinstance(decision, Decision):
            return decision
        return _with_headers(await cast(Awaitable[HttpResponseBase], self.get_response(request)), decision)

    def _judge(self, request: HttpRequest) -> Decision | HttpResponse:
        """The decision that lets the request in, or the answer to it."""
        try:
            decision = self._decide(request)
        except _hosts.Refused as refused:
            return _answer(request, refused.status, (), refused.body)
        except Exception:
            fault = _hosts.failed()
            return _answer(request, fault.status, (), fault.body)
        if not decision.allowed:
            _hosts.logger.info("refused: %r", decision)
            return _answer(request, decision.status, decision.headers, decision.body)
        request.doorward = decision  # type: ignore[attr-defined]
        return decision

    def _decide(self, request: HttpRequest) -> Decision:
        # What Django forces, no server has said.
        if settings.FORCE_SCRIPT_NAME is None and request.META.get("SCRIPT_NAME", "") != self.script_name:
            raise _hosts.misplaced()
        body = self._form(request)
        scope: dict[str, Any] | None = getattr(request, "scope", None)
        if scope is not None:
            decision = self.engine.decide_asgi(scope, body)
        else:
            # Django has put decoded text where the others have bytes in disguise.
            parts = {"SCRIPT_NAME": self.script_name, "PATH_INFO": request.path_info}
            environ = {name: _hosts.disguised(part) for name, part in parts.items()}
            decision = self.engine.decide_wsgi({**request.META, **environ}, body)
        if not decision.allowed or decision.path == "*":
            return decision
        rest = _hosts.inside(decision.path, self.script_name)
        if rest is None:
            return _hosts.ambiguous(self.engine, request.method or "GET")
        self._show(request, decision, scope, rest)
        return decision

    def _form(self, request: HttpRequest) -> bytes | None:
        """The body, where a token may be in it; Django keeps it for the view."""
        if not self.engine.reads_body or not _hosts.is_form(request.META.get("CONTENT_TYPE", "")):
            return None
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = self.engine.form_limit if self.form_limit is None else self.form_limit
        if length.isascii() and length.isdecimal() and int(length) > limit:
            raise _hosts.too_large()
        try:
            body = request.body
        except RequestDataTooBig:
            raise _hosts.too_large() from None
        except UnreadablePostError:
            raise _hosts.unreadable() from None
        if len(body) > limit:
            raise _hosts.too_large()
        return body

    def _show(
        self, request: HttpRequest, decision: Decision, scope: dict[str, Any] | None, rest: str
    ) -> None:
        """Puts the judged path in the place of the raw one."""
        request.path_info = rest or "/"
        request.META["PATH_INFO"] = request.path_info
        if scope is None:
            request.path = request.META.get("SCRIPT_NAME", "").rstrip("/") + request.path_info
        else:
            request.path = self.script_name + rest
            path = {"path": request.path, "raw_path": decision.path.encode("ascii")}
            request.scope = {**scope, **path}  # type: ignore[attr-defined]


def _engine() -> Engine:
    engine = getattr(settings, "DOORWARD_ENGINE", None)
    if isinstance(engine, Engine):
        return engine
    policy = getattr(settings, "DOORWARD_POLICY", None)
    if isinstance(policy, dict):
        return Engine.from_policy(policy)
    if isinstance(policy, str | PathLike):
        return Engine.from_file(policy)
    raise ImproperlyConfigured(
        "expected DOORWARD_POLICY as a path or a dict, or DOORWARD_ENGINE as an Engine"
    )


def _answer(
    request: HttpRequest, status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> HttpResponse:
    content = b"" if request.method == "HEAD" else body
    response = HttpResponse(content, status=int(status), content_type=_hosts.MEDIA_TYPE)
    response.headers["Content-Length"] = str(len(body))
    return _with_lines(response, headers)


def _with_headers(response: HttpResponseBase, decision: Decision) -> HttpResponseBase:
    """Adds what the answer to an allowed request must carry."""
    return _with_lines(response, decision.headers)


def _with_lines(response: R, headers: tuple[tuple[str, str], ...]) -> R:
    for name, value in headers:
        # Django has one line for each name; a list in one line means the same (RFC 9110, section 5.3).
        before = response.headers.get(name)
        response.headers[name] = value if before is None else f"{before}, {value}"
    return response
