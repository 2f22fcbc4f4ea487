"""An application that a server loads before it forks its workers, each of which tells its name."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from doorward import Engine
from doorward.wsgi import DoorwardMiddleware

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WHEN = os.environ.get("DOORWARD_TEST_START", "")

engine = Engine(os.environ["DOORWARD_TEST_FILE"], start=WHEN == "before the fork")
if WHEN == "before the fork":
    engine.ready(20)


def post_fork(server: object, worker: object) -> None:
    """What gunicorn calls in each worker, where this module is its configuration, too."""
    from preload_app import engine

    if WHEN == "after the fork":
        engine.ready(20)


def inside(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Lets everybody in whom the middleware lets in."""
    start_response("200 OK", [("Content-Length", "0")])
    return []


guarded = DoorwardMiddleware(inside, engine)


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Says which worker has answered."""

    def telling(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Worker", str(os.getpid()))], *rest)

    return guarded(environ, telling)
