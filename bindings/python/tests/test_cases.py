"""The whole table, requests and responses, through the package, against what each case expects."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import run_cases

ROOT = Path(__file__).parents[3] / "tests/cases"
FILES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.json"))


def expected(file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    table = json.loads((ROOT / file).read_text(encoding="utf-8"))
    if "policy_error" in table:
        yield f"{file}#policy_error", {"error": table["policy_error"]}
    for kind in ("response", "request"):
        for case in table.get("cases", []):
            if kind in case:
                yield f"{file}#{case['id']}", case["expect"]
    for entry in table.get("policies", []):
        yield f"{file}#{entry['id']}", entry


@pytest.mark.parametrize("file", FILES)
def test_every_case_has_its_answer(file: str) -> None:
    answers = list(run_cases.answers(ROOT, file))
    expectations = list(expected(file))
    assert [answer["case"] for answer in answers] == [name for name, _ in expectations]
    for answer, (name, expect) in zip(answers, expectations, strict=True):
        answer = json.loads(json.dumps(answer))
        if found := answer.get("answer") or answer.get("diagnosis"):
            for member, value in expect.items():
                assert meets(found[member], value, member), (name, member, found[member])
        else:
            check_faults(name, expect, answer["errors"])


def meets(found: Any, wanted: Any, member: str) -> bool:
    """Of some objects only the given members are compared, everything else as a whole."""
    if member == "diagnosis" and wanted == "none":
        return found is None
    if (
        member in ("principal", "context", "demand", "skew")
        and isinstance(wanted, dict)
        and isinstance(found, dict)
    ):
        return all(found.get(name) == value for name, value in wanted.items())
    return bool(found == wanted)


def check_faults(name: str, entry: dict[str, Any], lines: list[str]) -> None:
    wanted = entry["errors"] if "errors" in entry else [entry["error"]]
    if "errors" in entry:
        assert len(lines) == len(wanted), (name, lines)
    for fault in wanted:
        assert any(said(line, fault) for line in lines), (name, fault, lines)


def said(line: str, fault: dict[str, Any]) -> bool:
    at = f"{fault['line']}:{fault['column']}: " if "line" in fault and "column" in fault else ""
    return line.startswith(at) and all(fault.get(part, "") in line for part in ("contains", "place"))


def test_the_table_is_whole() -> None:
    assert sum(len(list(expected(file))) for file in FILES) > 1_400


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        (1795387431, "1795387431"),
        (Decimal("1795387431.5"), "1795387431.5"),
        ("1795387460.999999999", "1795387460.999999999"),
        ("2026-11-22T22:43:51Z", "1795387431"),
        ("2026-11-22t23:43:51.123456789+01:00", "1795387431.123456789"),
        ("2026-11-22 22:43:60z", "1795387440"),
        ("1969-12-31T23:59:59.5Z", "-0.5"),
    ],
)
def test_the_runner_loses_no_digit(at: Any, seconds: str) -> None:
    assert run_cases.moment(at) == Decimal(seconds)
