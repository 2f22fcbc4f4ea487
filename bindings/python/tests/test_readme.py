"""The code of the README, as it stands there."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Header, Response
from issuer import AUDIENCE, ISSUER, Issuer
from provider import published
from servers import under_uvicorn, under_waitress

TEXT = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)


def block(word: str) -> str:
    """The one block of Python with this word."""
    (found,) = [code for language, code in BLOCKS if language == "python" and word in code]
    return str(found)


POLICY = """
realm = "orders"
[issuers.corp]
profile = "rfc9068"
issuer = "{issuer}"
audience = ["{audience}"]
algorithms = ["ES256"]
keys = {{ file = "jwks.json" }}
[[routes]]
path = "/v1/orders/{{id}}"
accept = ["corp"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, issuer: Issuer) -> None:
    """A folder with a policy file, as the README assumes."""
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [issuer.jwk]}))
    (tmp_path / "doorward.toml").write_text(POLICY.format(issuer=ISSUER, audience=AUDIENCE))
    monkeypatch.chdir(tmp_path)


@contextmanager
def executed(word: str) -> Iterator[dict[str, Any]]:
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(block(word), "README.md", "exec"), names)
    yield names


def test_the_first_lines_print_what_they_say() -> None:
    printed = StringIO()
    with redirect_stdout(printed), executed("engine.decide(") as names:
        assert not names["decision"].allowed
    (said,) = [text for language, text in BLOCKS if language == "text"]
    assert printed.getvalue() == said
    assert len(block("engine.decide(").splitlines()) <= 26


@pytest.mark.usefixtures("folder")
def test_the_lines_about_keys_print_what_they_say() -> None:
    code = block("engine.ready(")
    promised = re.findall(r"# -> (.+)", code)
    printed = StringIO()
    with published(Issuer("2026-11")) as provider:
        file = Path("doorward.toml")
        file.write_text(file.read_text().replace('file = "jwks.json"', f'url = "{provider.url}"'))
        with redirect_stdout(printed), executed("engine.ready(") as names:
            assert names["engine"].status()["keeping"]
    assert len(promised) == 3
    assert [line for line in printed.getvalue().splitlines() if line in promised] == promised


@pytest.mark.usefixtures("folder")
def test_the_lines_for_fastapi_work(issuer: Issuer) -> None:
    with executed("FastAPI()") as names, under_uvicorn(names["app"]) as address:
        check(address, issuer)


@pytest.mark.usefixtures("folder")
def test_the_lines_for_flask_work(issuer: Issuer) -> None:
    with executed("Flask(") as names, under_waitress(names["app"]) as address:
        check(address, issuer)


@pytest.mark.usefixtures("folder")
def test_the_lines_of_a_client_work() -> None:
    app, code = FastAPI(), block("doorward.httpx")

    @app.post("/token")
    def issue() -> dict[str, object]:
        return {"access_token": "good", "token_type": "Bearer", "expires_in": 600}

    @app.get("/v1/orders/7")
    def order(authorization: Annotated[str, Header()]) -> Response:
        return Response(status_code=200 if authorization == "Bearer good" else 401)

    Path("secret").write_text("s3cret")
    printed = StringIO()
    with under_uvicorn(app) as address, redirect_stdout(printed):
        names: dict[str, Any] = {}
        code = re.sub(r"https://(idp|api)\.example", f"http://{address}", code)
        exec(compile(code, "README.md", "exec"), names)
    assert names["answer"].status_code == 200
    assert printed.getvalue().splitlines() == re.findall(r"# -> (.+)", code)


def test_the_lines_for_django_are_settings() -> None:
    from django.utils.module_loading import import_string

    with executed("MIDDLEWARE") as names:
        assert callable(import_string(names["MIDDLEWARE"][0]))
        assert names["DOORWARD_POLICY"] == "doorward.toml"


def check(address: str, issuer: Issuer) -> None:
    answer = httpx.get(f"http://{address}/v1/orders/7", headers={"Authorization": issuer.bearer("svc-r")})
    assert answer.json() == {"id": "7", "for": "svc-r"}
    assert httpx.get(f"http://{address}/v1/orders/7").status_code == 401
