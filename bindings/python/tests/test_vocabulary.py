"""The enums are the table of reasons, and their members are strings."""

import json
from enum import Enum
from pathlib import Path

import doorward
import pytest
from doorward import (
    Clue,
    Confidence,
    CredentialKind,
    Disclosure,
    Engine,
    Grounds,
    Origin,
    Outcome,
    Reason,
    Recovery,
    Retry,
    Signal,
)

TABLES = Path(__file__).parents[3] / "crates/doorward"


def table(name: str) -> object:
    return json.loads((TABLES / name).read_text(encoding="utf-8"))


def test_every_reason_is_the_one_of_the_table() -> None:
    reasons = table("reasons.json")
    assert isinstance(reasons, list)
    assert [reason.value for reason in Reason] == [entry["code"] for entry in reasons]
    for entry in reasons:
        reason = Reason(entry["code"])
        assert reason.name == entry["code"].upper()
        for name in (
            "number",
            "status",
            "outcome",
            "recovery",
            "signal",
            "may_resend",
            "sentence",
            "advice",
            "operator",
        ):
            assert getattr(reason, name) == entry[name], (reason, name)
        assert isinstance(reason.outcome, Outcome) and isinstance(reason.recovery, Recovery)


@pytest.mark.parametrize(
    ("enum", "name"),
    [
        (Outcome, "outcomes"),
        (Signal, "signals"),
        (Disclosure, "disclosures"),
        (Grounds, "grounds"),
        (CredentialKind, "credential_kinds"),
        (Confidence, "confidences"),
        (Origin, "origins"),
        (Retry, "retries"),
    ],
)
def test_every_word_is_in_its_enum(enum: type[Enum], name: str) -> None:
    words = table("vocabulary.json")
    assert isinstance(words, dict)
    assert [word.value for word in enum] == words[name]


def test_every_recovery_has_its_advice() -> None:
    words = table("vocabulary.json")
    assert isinstance(words, dict)
    assert [{"code": each.value, "advice": each.advice} for each in Recovery] == words["recoveries"]


def test_every_clue_has_its_sentence() -> None:
    words = table("vocabulary.json")
    assert isinstance(words, dict)
    assert [{"code": each.value, "sentence": each.sentence} for each in Clue] == words["clues"]


def test_a_member_is_its_string() -> None:
    reason = Reason.TOKEN_EXPIRED
    assert reason == "token_expired" and hash(reason) == hash("token_expired")
    assert str(reason) == f"{reason}" == format(reason) == "token_expired"
    assert f"{reason:>15}" == "  token_expired"
    assert json.dumps({"reason": reason}) == '{"reason": "token_expired"}'
    assert {"token_expired": 1}[reason] == 1
    assert repr(reason).startswith("<Reason.TOKEN_EXPIRED: 'token_expired'")
    with pytest.raises(ValueError, match="unauthorized"):
        Reason("unauthorized")


def test_a_member_can_be_copied() -> None:
    import copy
    import pickle

    for member in [*Reason, *Recovery, *Outcome]:
        assert pickle.loads(pickle.dumps(member)) is member and copy.deepcopy(member) is member


def test_properties_are_the_members_themselves(engine: Engine) -> None:
    decision = engine.decide(method="GET", url="/v1/orders/7", headers=[])
    assert decision.reason is Reason.CREDENTIAL_MISSING
    assert decision.outcome is Outcome.UNAUTHENTICATED
    assert decision.recovery is Recovery.SEND_CREDENTIAL


def test_all_that_is_promised_is_there() -> None:
    assert all(hasattr(doorward, name) for name in doorward.__all__)
    assert doorward.__version__.count(".") == 2
