"""The sources that come with the package, each against what it reads, runs or asks for real."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import doorward
import doorward.requests
import pytest
import requests
from doorward import Source, SourceFault
from fastapi import FastAPI, Form, Header, HTTPException
from fastapi.responses import JSONResponse
from servers import under_uvicorn
from service import Log, Tokens, scripted_service, token, usual_service


@pytest.fixture(scope="module")
def service() -> Iterator[Log]:
    with usual_service() as log:
        yield log


Ask = Callable[[Any], int]


@pytest.fixture
def ask(service: Log) -> Ask:
    """Asks the service with a credential of a source."""

    def asked(source: Any) -> int:
        auth = doorward.requests.Auth(source)
        return requests.get(f"{service.url}/orders/7", auth=auth, timeout=20).status_code

    return asked


class Provider:
    """An issuer and a secret store, as far as the sources see of them."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.forms: list[dict[str, str]] = []
        self.faults: list[tuple[int, dict[str, str]]] = []

        @self.app.post("/token")
        def issue(
            grant_type: Annotated[str, Form()],
            authorization: Annotated[str, Header()],
            scope: Annotated[str | None, Form()] = None,
        ) -> Any:
            self.forms.append({"grant": grant_type, "by": authorization, "scope": scope or ""})
            if self.faults:
                status, said = self.faults.pop(0)
                return JSONResponse(said, status)
            return {"access_token": token(), "token_type": "Bearer", "expires_in": 600}

        @self.app.get("/v1/secret/data/api")
        def read(x_vault_token: Annotated[str, Header()]) -> Any:
            if x_vault_token != "vault-token":
                raise HTTPException(403, "permission denied")
            return {"data": {"data": {"token": token()}, "metadata": {"version": 1}}}


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[tuple[Provider, str]]:
    made = Provider()
    with under_uvicorn(made.app) as address:
        yield made, f"http://{address}"


def client(url: str, tmp_path: Path) -> Any:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    return {
        "client_credentials": {
            "token_url": f"{url}/token",
            "client_id": "job-1",
            "client_secret": {"file": secret},
            "scope": "orders:read",
        }
    }


def test_a_file(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(token() + "\n")
    assert ask({"file": file}) == 200
    assert ask({"file": str(file)}) == 200
    assert ask(Source({"file": str(file)})) == 200


def test_the_token_of_a_service_account(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(token())
    assert ask({"kubernetes": {"path": file}}) == 200


def test_the_environment(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORWARD_TEST_TOKEN", token())
    assert ask({"environment": "DOORWARD_TEST_TOKEN"}) == 200


def test_a_command(ask: Ask) -> None:
    assert ask({"exec": [sys.executable, "-c", f"print('{token()}')"], "timeout": 20}) == 200


def test_an_issuer(ask: Ask, provider: tuple[Provider, str], tmp_path: Path) -> None:
    issuer, url = provider
    assert ask(client(url, tmp_path)) == 200
    assert issuer.forms[0]["grant"] == "client_credentials" and issuer.forms[0]["scope"] == "orders:read"
    assert issuer.forms[0]["by"].startswith("Basic ")


def test_an_issuer_that_stumbles_costs_no_request(
    ask: Ask, provider: tuple[Provider, str], tmp_path: Path
) -> None:
    issuer, url = provider
    issuer.faults = [(503, {"error": "temporarily_unavailable"})]
    assert ask(client(url, tmp_path)) == 200
    assert len(issuer.forms) == 2


def test_an_issuer_that_does_not_know_us_is_an_error_at_once(
    ask: Ask, provider: tuple[Provider, str], tmp_path: Path
) -> None:
    issuer, url = provider
    issuer.faults = [(401, {"error": "invalid_client"})] * 9
    with pytest.raises(doorward.CredentialUnobtainable, match="invalid_client") as raised:
        ask(client(url, tmp_path))
    assert len(issuer.forms) == 1
    cause = raised.value.__cause__
    assert isinstance(cause, SourceFault) and cause.hard
    assert "s3cret" not in f"{raised.value} {cause} {raised.value!r}"


def test_a_secret_store(
    ask: Ask, provider: tuple[Provider, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, url = provider
    monkeypatch.setenv("DOORWARD_TEST_VAULT", "vault-token")
    token_of: Any = {"environment": "DOORWARD_TEST_VAULT"}
    assert ask({"vault": {"url": f"{url}/v1/secret/data/api", "field": "token", "token": token_of}}) == 200
    monkeypatch.setenv("DOORWARD_TEST_VAULT", "another")
    with pytest.raises(doorward.CredentialUnobtainable):
        ask({"vault": {"url": f"{url}/v1/secret/data/api", "field": "token", "token": token_of}})


def test_a_misspelt_source_is_said_when_it_is_made() -> None:
    wrong: list[Any] = [{"flie": "a"}, {}, {"file": 1}, {"client_credentials": {"client": "a"}}]
    for each in wrong:
        with pytest.raises(ValueError, match=r"source|file|client"):
            doorward.Caller(each)
    with pytest.raises(ValueError, match="did you mean `file`"):
        Source({"flie": "a"})  # type: ignore[arg-type]
    nothing: Any = 7
    with pytest.raises(TypeError):
        doorward.Caller(nothing)


def test_a_source_shows_no_secret(tmp_path: Path) -> None:
    shown = repr(Source(client("http://127.0.0.1:1", tmp_path))) + repr(doorward.Credential("s3cret"))
    assert "s3cret" not in shown and shown.startswith("<")


def test_what_a_callable_gives_is_checked_and_a_bug_is_not_waited_for() -> None:
    began = time.monotonic()
    for given in (7, None, b"token"):

        def source(given: Any = given) -> Any:
            return given

        with pytest.raises(doorward.CredentialUnobtainable) as raised:
            requests.get("http://127.0.0.1:9/", auth=doorward.requests.Auth(lambda: source()), timeout=5)
        assert isinstance(raised.value.__cause__, TypeError)
    assert time.monotonic() - began < 5


def test_a_secret_that_would_end_the_field_is_never_sent() -> None:
    with pytest.raises(doorward.CredentialUnobtainable):
        requests.get("http://127.0.0.1:9/", auth=doorward.requests.Auth(lambda: "a\r\nX-Evil: 1"), timeout=5)


@pytest.mark.parametrize(
    "odd", [{"expires_in": -3.0}, {"expires_at": 1e30}, {"expires_in": "soon"}, {"look_again": float("nan")}]
)
def test_a_credential_that_cannot_be_is_a_bug_of_its_source(odd: dict[str, Any]) -> None:
    asked = 0

    def source() -> doorward.Credential:
        nonlocal asked
        asked += 1
        return doorward.Credential("s3cret", **odd)

    with pytest.raises(doorward.CredentialUnobtainable, match="expected") as raised:
        requests.get("http://127.0.0.1:9/", auth=doorward.requests.Auth(source), timeout=5)
    assert asked == 1 and "s3cret" not in str(raised.value)


@pytest.mark.parametrize("retry_after", [-5.0, float("nan"), "soon"])
def test_an_odd_time_to_ask_again_holds_nobody_up(retry_after: Any) -> None:
    def source() -> str:
        fault = SourceFault("closed for a moment", retry_after=None)
        fault.retry_after = retry_after
        raise fault

    caller = doorward.Caller(source, longest_wait=0.2)
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises((doorward.CredentialUnobtainable, ValueError, TypeError)):
            requests.get("http://127.0.0.1:9/", auth=doorward.requests.Auth(caller), timeout=5)
    assert time.monotonic() - began < 10


def test_a_time_to_ask_again_that_is_past_is_now() -> None:
    assert SourceFault("closed", retry_after=-5).retry_after == 0
    with pytest.raises(ValueError, match="found NaN"):
        SourceFault("closed", retry_after=float("nan"))


def test_a_proof_makes_a_bound_token_of_what_every_source_gives(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("one")
    sources: list[Any] = [
        {"file": file},
        Source({"file": file}),
        lambda: "one",
        lambda: doorward.Credential("one", scheme="bearer"),
        {"file": file, "scheme": "Token"},
    ]
    with scripted_service(lambda number, seen: (200, {}, b"ok")) as service:
        for source in sources:
            auth = doorward.requests.Auth(source, proof=lambda *_: "proof")
            assert requests.get(service.url, auth=auth, timeout=20).status_code == 200
        assert service.secrets() == ["DPoP one"] * 4 + ["Token one"]


class OAuthError(Exception):
    """As the libraries for OAuth raise it: with a code beside its text."""

    def __init__(self, error: Any) -> None:
        super().__init__(f"{error}: s3cret")
        self.error = error


class OddError(Exception):
    """One whose code cannot be asked for."""

    @property
    def error(self) -> str:
        raise ValueError("s3cret")


@pytest.mark.parametrize(
    ("fault", "message", "is_hard"),
    [
        (OAuthError("invalid_grant"), "OAuthError (invalid_grant)", True),
        (OAuthError("invalid_client"), "OAuthError (invalid_client)", True),
        (OAuthError("temporarily_unavailable"), "OAuthError", False),
        (OAuthError("use_dpop_nonce"), "OAuthError", False),
        (OAuthError("s3cret"), "OAuthError", False),
        (OAuthError("\ud800"), "OAuthError", False),
        (OAuthError({"code": "invalid_grant"}), "OAuthError", False),
        (OddError("s3cret"), "OddError", False),
        (ConnectionError("s3cret"), "ConnectionError", False),
        (TypeError("s3cret"), "TypeError", True),
    ],
)
def test_a_code_that_an_issuer_would_say_again_is_not_asked_for_again(
    fault: Exception, message: str, is_hard: bool
) -> None:
    tokens = Tokens(fault)
    auth = doorward.requests.Auth(tokens, longest_wait=1.5)
    with pytest.raises(doorward.CredentialUnobtainable) as raised:
        requests.get("http://127.0.0.1:9/", auth=auth, timeout=5)
    assert raised.value.__cause__ is fault
    assert str(raised.value).endswith(f": {message}") and "s3cret" not in repr(raised.value.args[0])
    assert (tokens.asked == 1) is is_hard
