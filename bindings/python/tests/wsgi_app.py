"""A Flask application behind the WSGI middleware, as a module that servers load by name."""

import json
import os
from typing import Any

from doorward import Engine
from doorward.wsgi import DoorwardMiddleware
from flask import Flask, Response, jsonify, request


def application(engine: Engine) -> Flask:
    """What the application sees of a request."""
    app = Flask(__name__)

    @app.route("/", defaults={"rest": ""}, methods=["GET", "HEAD", "POST"])
    @app.route("/<path:rest>", methods=["GET", "HEAD", "POST"])
    def echo(rest: str) -> Response:
        decision = request.environ["doorward.decision"]
        seen = {
            "path": request.path,
            "script": request.environ["SCRIPT_NAME"],
            "raw": request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI"),
            "authorization": request.environ.get("HTTP_AUTHORIZATION"),
            "subject": decision.principal and decision.principal.subject,
            "form": request.form.to_dict(),
        }
        answer = jsonify(seen)
        answer.headers["Cache-Control"] = "max-age=5"
        return answer

    guarded: Any = DoorwardMiddleware(app.wsgi_app, engine)
    app.wsgi_app = guarded  # type: ignore[method-assign]
    return app


if "DOORWARD_TEST_POLICY" in os.environ:
    app = application(Engine.from_policy(json.loads(os.environ["DOORWARD_TEST_POLICY"])))
