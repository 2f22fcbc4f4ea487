"""A CI job is told that it sent no credential. It loads its secret, and succeeds."""

import json
from pathlib import Path

import doorward
import doorward.httpx
import httpx
from issuer import Issuer

import scenery
from scenery import Asked, Service, answering


def test_the_job_learns_what_is_missing_and_finds_it_in_the_secret_store(
    service: Service, issuer: Issuer, tmp_path: Path
) -> None:
    token = issuer.token("ci")

    # The first run has no credential at all, and the answer says so.
    with httpx.Client(base_url=service.origin) as job:
        refused = job.get("/v1/orders/7")
    diagnosis = doorward.diagnose(refused.status_code, list(refused.headers.items()), refused.content)
    assert diagnosis.reason is doorward.Reason.CREDENTIAL_MISSING
    assert diagnosis.recovery is doorward.Recovery.SEND_CREDENTIAL
    assert not diagnosis.misused_status

    # The second one knows where its secret is: in the store, which the job may read with a token of its own.
    def store(asked: Asked) -> tuple[int, object]:
        if asked.headers.get("x-vault-token") != "s.of-the-job" or asked.path != "/v1/secret/data/ci/orders":
            return 403, {"errors": ["permission denied"]}
        return 200, {"data": {"data": {"api": token}, "metadata": {"version": 4}}}

    key = tmp_path / "vault-token"
    key.write_text("s.of-the-job\n")
    with answering(store) as vault:
        source: doorward.SourceDict = {
            "vault": {
                "url": f"{vault.url}/v1/secret/data/ci/orders",
                "field": "api",
                "token": {"file": str(key)},
            }
        }
        with httpx.Client(base_url=service.origin, auth=doorward.httpx.Auth(source)) as job:
            answers = [job.get(f"/v1/orders/{number}") for number in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert service.statuses == [401, 200, 200, 200]
    assert len(vault.asked) == 1


def test_the_same_in_a_shell(service: Service, issuer: Issuer) -> None:
    url = f"{service.origin}/v1/orders/7"

    refused = scenery.doorward("fetch", url)
    assert refused.returncode == 1
    assert "credential_missing" in refused.stderr and "get a credential and send it" in refused.stderr

    succeeded = scenery.doorward("fetch", url, "--token-env", "ORDERS_TOKEN", ORDERS_TOKEN=issuer.token("ci"))
    assert (succeeded.returncode, json.loads(succeeded.stdout)) == (0, {"order": 7})
    assert issuer.token("ci")[:40] not in succeeded.stderr


def test_a_job_without_its_secret_is_told_which_one(service: Service) -> None:
    missing = scenery.doorward("fetch", f"{service.origin}/v1/orders/7", "--token-env", "ORDERS_TOKEN")

    assert missing.returncode == 2
    assert "credential_unobtainable" in missing.stderr and "ORDERS_TOKEN" in missing.stderr
    assert service.visits == []
