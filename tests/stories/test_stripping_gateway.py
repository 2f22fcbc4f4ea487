"""A gateway takes a malformed credential away. Its caller hears that it sent none, and finds out."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import doorward
import doorward.httpx
import httpx
import pytest
from issuer import Issuer, policy

from scenery import COMMAND, NGINX, Service, free_port, listens, running, serving

HEAD = """
daemon off; pid nginx.pid; error_log stderr notice; events {{}}
http {{
    client_body_temp_path tmp; proxy_temp_path tmp;
    fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
    access_log off;
{body}
}}
"""

TIDY = """
    # A rule that somebody wrote once: what does not look like a credential is not passed on.
    map $http_authorization $tidied {{ default ""; "~^Bearer [A-Za-z0-9._~+/-]+=*$" $http_authorization; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass {application}; proxy_set_header Authorization $tidied; }}
    }}
"""

ASKING = """
    server {{
        listen 127.0.0.1:{port};
        location / {{
            auth_request /_doorward;
            auth_request_set $trace $upstream_http_x_doorward_trace;
            error_page 401 = @stranger;
            proxy_set_header X-Doorward-Trace "";
            proxy_pass {application};
        }}
        # Whoever could not be told apart goes on as a stranger, and the application hears why.
        location @stranger {{
            auth_request off;
            proxy_set_header Authorization "";
            proxy_set_header X-Doorward-Trace $trace;
            proxy_pass {application};
        }}
        location = /_doorward {{
            internal;
            auth_request off;
            proxy_pass http://127.0.0.1:{doorward}/auth;
            proxy_set_header X-Original-URI $request_uri;
            proxy_set_header X-Original-Method $request_method;
            proxy_pass_request_headers off;
            proxy_set_header Authorization $http_authorization;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
        }}
    }}
"""


def test_without_a_note_the_caller_finds_out(service: Service, issuer: Issuer, tmp_path: Path) -> None:
    token = issuer.token()
    with gateway(TIDY, tmp_path, application=service.origin) as origin:
        # A token that was copied with its quotes.
        auth = doorward.httpx.Auth(lambda: f'"{token}"')
        with httpx.Client(base_url=origin, auth=auth) as client:
            answer = client.get("/v1/orders/7")
        with httpx.Client(base_url=origin, auth=doorward.httpx.Auth(lambda: token)) as client:
            good = client.get("/v1/orders/7")

    assert [visit.authorization for visit in service.visits] == [None, f"Bearer {token}"]
    assert (answer.status_code, good.status_code) == (401, 200)
    diagnosis = answer.extensions["doorward"]
    assert diagnosis.reason is doorward.Reason.CREDENTIAL_STRIPPED
    assert diagnosis.recovery is doorward.Recovery.FIX_REQUEST
    # No new token was tried: it would have been taken away too.
    assert len(service.visits) == 2


def test_with_a_note_the_application_knows_the_cause(issuer: Issuer, tmp_path: Path) -> None:
    with noted(issuer, tmp_path) as (origin, _), httpx.Client(base_url=origin) as client:
        answer = client.get("/v1/orders/7", headers={"Authorization": 'Bearer "not a token"'})
        good = client.get("/v1/orders/7", headers={"Authorization": issuer.bearer()})
        nothing = client.get("/v1/orders/7")

    assert good.status_code == 200
    assert answer.status_code == 401
    assert answer.json()["reason"] == "credential_stripped_upstream"
    assert answer.json()["cause"] == "credential_malformed"
    sent = doorward.Sent(scheme="Bearer")
    diagnosis = doorward.diagnose(answer.status_code, list(answer.headers.items()), answer.content, sent=sent)
    assert diagnosis.reason is doorward.Reason.CREDENTIAL_STRIPPED_UPSTREAM
    assert diagnosis.cause is doorward.Reason.CREDENTIAL_MALFORMED
    # Who sent nothing is told just that.
    assert nothing.json()["reason"] == "credential_missing"


def test_a_note_of_the_callers_own_is_worth_nothing(issuer: Issuer, tmp_path: Path) -> None:
    with noted(issuer, tmp_path) as (origin, _):
        forged = {"X-Doorward-Trace": "1.103.1795387431." + "A" * 22 + "." + "B" * 43}
        with httpx.Client(base_url=origin, headers=forged) as client:
            assert client.get("/v1/orders/7").json()["reason"] == "credential_missing"
            # Not even an honest caller is disturbed by it.
            honest = client.get("/v1/orders/7", headers={"Authorization": issuer.bearer()})
            assert honest.status_code == 200


@contextmanager
def noted(issuer: Issuer, folder: Path) -> Iterator[tuple[str, Service]]:
    """nginx, which asks `doorward serve`, before a service that shares a key with it."""
    key = folder / "trace.key"
    key.write_bytes(base64.b64encode(b"k" * 48))
    trace = {"trace": {"key": {"file": str(key)}}}
    with serving({**policy(issuer), **trace}) as service:
        port_file = folder / "port"
        (folder / "policy.json").write_text(json.dumps({**policy(issuer), **trace}))
        command = [COMMAND, "serve", "--policy", "policy.json", "--from", "nginx", "--trace-marker"]
        with running([*command, "--listen", "127.0.0.1:0", "--port-file", "port"], folder, port_file.exists):
            asked = int(port_file.read_text())
            with gateway(ASKING, folder, application=service.origin, doorward=asked) as origin:
                yield origin, service


@contextmanager
def gateway(body: str, folder: Path, **places: object) -> Iterator[str]:
    """nginx with this configuration: its origin."""
    port = free_port()
    (folder / "nginx.conf").write_text(HEAD.format(body=body.format(port=port, **places)))
    with running([NGINX, "-p", str(folder), "-c", "nginx.conf"], folder, lambda: listens(port)):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def issuer() -> Issuer:
    return Issuer("2026-11")
