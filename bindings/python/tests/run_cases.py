"""Answers every case of the table, be it a request or a response, one JSON line per case.

    python run_cases.py ROOT FILE...

FILE is relative to ROOT. The lines are compared with those of the other hosts.
"""

import base64
import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import doorward
from doorward import Decision, Diagnosis, Engine, PolicyError, Principal, Sent

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def main(arguments: list[str], out: TextIO) -> None:
    root, *files = arguments
    for file in files:
        for answer in answers(Path(root), file):
            out.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")) + "\n")


def answers(root: Path, file: str) -> Iterator[dict[str, Any]]:
    """What the package says about each case of a file."""
    path = root / file
    table = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    folder = path.parent
    if "policy_error" in table:
        yield {"case": f"{file}#policy_error", "errors": faults(table, folder)}
    for case in table.get("cases", []):
        if "response" in case:
            yield {"case": f"{file}#{case['id']}", "diagnosis": diagnosed(case).to_dict()}
    cases = [case for case in table.get("cases", []) if "request" in case]
    if cases:
        shared = load(table, folder)
        for case in cases:
            engine = prepared(load(table, folder), case) if "before" in case else shared
            decision = decide(engine, case["request"], case["at"])
            yield {"case": f"{file}#{case['id']}", "answer": spelt(decision)}
    for entry in table.get("policies", []):
        yield {"case": f"{file}#{entry['id']}", "errors": faults(entry, folder)}


def load(entry: dict[str, Any], folder: Path) -> Engine:
    """The engine of a `policy` by path or as an object, or of `toml` or `json` text. It fetches nothing."""
    for format in ("toml", "json"):
        if format in entry:
            return Engine.from_text(entry[format], format, folder, start=False)
    policy = entry["policy"]
    if isinstance(policy, str):
        return Engine.from_file(folder / policy, start=False)
    return Engine.from_policy(plain(policy), folder, start=False)


def faults(entry: dict[str, Any], folder: Path) -> list[str]:
    """Every fault of a policy, without the name of the file."""
    try:
        load(entry, folder)
    except PolicyError as error:
        return [str(doorward.PolicyFault(None, *list(vars(fault).values())[1:])) for fault in error.errors]
    return []


def prepared(engine: Engine, case: dict[str, Any]) -> Engine:
    """The engine after the steps that come before a case."""
    for step in case["before"]:
        if "request" in step:
            for _ in range(step.get("times", 1)):
                decide(engine, step["request"], step["at"])
        elif "keys" in step:
            keys = step["keys"]
            jwks = keys["jwks"]
            text = jwks if isinstance(jwks, str) else json.dumps(plain(jwks))
            engine.supply_keys(keys["issuer"], text, moment(step["at"]))
        else:
            revoked: dict[str, Any] = dict(step["revoke"])
            for name in revoked.keys() & {"until", "issued_before"}:
                revoked[name] = moment(revoked[name])
            engine.revoke(**revoked)
    return engine


def decide(engine: Engine, request: dict[str, Any], at: int | Decimal | str) -> Decision:
    body = request.get("body")
    return engine.decide(
        method=request["method"],
        url=request["url"],
        headers=[(name, value) for name, value in request.get("headers", [])],
        client_chain=[base64.b64decode(each) for each in request.get("client_chain", [])],
        body=None if body is None else body.encode(),
        peer=request.get("peer"),
        now=moment(at),
    )


def diagnosed(case: dict[str, Any]) -> Diagnosis:
    """What an answer means."""
    sent: dict[str, Any] = dict(case.get("sent", {}))
    for name in sent.keys() & {"at", "issued_at", "expires_at"}:
        sent[name] = None if sent[name] is None else moment(sent[name])
    response = case["response"]
    return doorward.diagnose(
        response["status"],
        [(name, value) for name, value in response.get("headers", [])],
        response.get("body", "").encode(),
        sent=Sent(**sent),
        now=moment(case["at"]),
    )


def moment(at: int | Decimal | str) -> int | Decimal:
    """`at` without losing a digit: Unix seconds, a decimal in quotes, or a time of RFC 3339."""
    if not isinstance(at, str):
        return at
    date = re.fullmatch(r"(.{10})[Tt ](\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", at)
    if date is None:
        return Decimal(at)
    day, minute, second, fraction, zone = date.groups()
    # A datetime has microseconds and no leap second: both are added behind it.
    start = datetime.fromisoformat(f"{day}T{minute}:00{zone.upper().replace('Z', '+00:00')}")
    return Decimal((start - EPOCH) // timedelta(seconds=1)) + int(second) + Decimal(fraction or 0)


def spelt(decision: Decision) -> dict[str, Any]:
    """A decision by its properties, each read from the object itself."""
    return {
        "outcome": decision.outcome,
        "status": decision.status,
        "reason": decision.reason,
        "reason_number": decision.reason_number,
        "sentence": decision.sentence,
        "recovery": decision.recovery,
        "advice": decision.advice,
        "operator": decision.operator,
        "signal": decision.signal,
        "may_resend": decision.may_resend,
        "retry_after": decision.retry_after,
        "challenges": decision.challenges,
        "headers": decision.headers,
        "principal": None if decision.principal is None else caller(decision.principal),
        "context": decision.context,
        "route": decision.route,
        "path": decision.path,
        "grounds": decision.grounds,
        "concealed": decision.concealed,
        "claims": None if decision.principal is None else printable(decision.principal.claims),
    }


def printable(claims: dict[str, Any]) -> dict[str, Any] | None:
    """Claims that JSON can say again: a number beyond every float has no form there, and others say null."""
    try:
        json.dumps(claims, allow_nan=False)
    except ValueError:
        return None
    return claims


def caller(principal: Principal) -> dict[str, Any]:
    return {
        "issuer": principal.issuer,
        "issuer_name": principal.issuer_name,
        "subject": principal.subject,
        "kind": principal.kind,
        "expires": principal.expires,
        "actor": principal.actor,
    }


def plain(value: Any) -> Any:
    """A policy with the numbers that JSON makes of it."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdout)
