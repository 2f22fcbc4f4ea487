"""A Django site behind the middleware: one sync and one async view."""

from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import re_path


def configure(engine: Any) -> None:
    """Sets the site up; a process has one."""
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DOORWARD_ENGINE=engine,
        MIDDLEWARE=["doorward.django.DoorwardMiddleware"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="only for tests",
    )
    django.setup()


def seen(request: HttpRequest) -> dict[str, Any]:
    """What a view sees of a request."""
    decision = request.doorward  # type: ignore[attr-defined]
    return {
        "path": request.path,
        "path_info": request.path_info,
        "full": request.get_full_path(),
        "subject": decision.principal and decision.principal.subject,
        "form": request.POST.dict(),
    }


def echo(request: HttpRequest, rest: str) -> JsonResponse:
    """The sync view."""
    return JsonResponse({**seen(request), "rest": rest}, headers={"Cache-Control": "max-age=5"})


async def echo_async(request: HttpRequest, rest: str) -> JsonResponse:
    """The async view."""
    return JsonResponse({**seen(request), "rest": rest}, headers={"Cache-Control": "max-age=5"})


urlpatterns = [re_path(r"^app/(?P<rest>.*)$", echo_async), re_path(r"^(?P<rest>.*)$", echo)]
