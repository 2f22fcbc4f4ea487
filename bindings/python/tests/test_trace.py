"""The trace of origin: a gateway's marker, and what the application behind makes of it."""

from pathlib import Path

import doorward
import pytest

NOW = 1795387431
KEY = "a key of the tests, which gateway and application share\n"
POLICY = {
    "disclosure": "reason",
    "trace": {"key": {"file": "trace.key"}, "proxy_status": "edge-eu"},
    "issuers": {
        "corp": {
            "profile": "jwt",
            "issuer": "https://idp.example",
            "audience": [],
            "algorithms": ["HS256"],
            "keys": {"inline": {"kty": "oct", "k": "A" * 43}},
        }
    },
    "routes": [{"path": "/orders", "accept": "corp"}],
}


@pytest.fixture
def engine(tmp_path: Path) -> doorward.Engine:
    (tmp_path / "trace.key").write_text(KEY)
    return doorward.Engine.from_policy(POLICY, tmp_path)


def decide(engine: doorward.Engine, *headers: tuple[str, str], now: int = NOW) -> doorward.Decision:
    return engine.decide(method="GET", url="/orders?page=2", headers=headers, now=now)


def test_the_application_names_the_root_cause(engine: doorward.Engine) -> None:
    refused = decide(engine, ("Authorization", "Bearer x.y.z"))
    cause = refused.concealed or refused.reason
    assert cause is not None
    marker = engine.trace_marker(method="GET", url="/orders", cause=cause, now=NOW)
    assert marker is not None and len(marker) == 79
    traced = decide(engine, ("X-Doorward-Trace", marker))
    assert (traced.status, traced.reason) == (401, "credential_stripped_upstream")
    assert traced.context == {"cause": "token_malformed", "at": NOW}
    assert ("Proxy-Status", "edge-eu; error=http_request_denied") in [tuple(line) for line in traced.headers]
    for late in (
        decide(engine, ("X-Doorward-Trace", marker), now=NOW + 90),
        decide(engine, ("X-Doorward-Trace", marker), ("X-Doorward-Trace", marker)),
        engine.decide(method="POST", url="/orders", headers=[("X-Doorward-Trace", marker)], now=NOW),
    ):
        assert (late.status, late.reason, late.context) == (401, "credential_missing", None)


def test_there_is_nothing_to_tell(engine: doorward.Engine) -> None:
    assert engine.trace_marker(method="GET", url="/orders", cause="credential_missing") is None
    assert engine.trace_marker(method="GET", url="/a//b", cause="token_expired") is None
    keyless = doorward.Engine.from_policy({"routes": []})
    assert keyless.trace_marker(method="GET", url="/orders", cause="token_expired") is None
    with pytest.raises(ValueError, match="expected a reason, found `whim`"):
        engine.trace_marker(method="GET", url="/orders", cause="whim")
