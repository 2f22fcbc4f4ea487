"""Engines: how they are made, what they say of themselves, and what does not load."""

import json
from pathlib import Path
from typing import Any

import pytest
from doorward import Decision, Engine, PolicyError, PolicyFault, Reason
from issuer import Issuer, policy

OPEN = "[[routes]]\npath = '/healthz'\naccept = 'anyone'\n"


def decided(engine: Engine) -> Decision:
    return engine.decide(method="GET", url="/healthz", headers=[])


def test_every_way_of_loading_gives_the_same_engine(tmp_path: Path) -> None:
    toml = tmp_path / "open.toml"
    toml.write_text(OPEN)
    table: dict[str, Any] = {"routes": [{"path": "/healthz", "accept": "anyone"}]}
    engines = [
        Engine(toml),
        Engine(str(toml)),
        Engine.from_file(toml),
        Engine.from_text(OPEN, "toml"),
        Engine.from_text(json.dumps(table), "json"),
        Engine.from_policy(table),
    ]
    for engine in engines:
        assert decided(engine).allowed
        assert (engine.issuers, engine.routes, engine.warnings) == (0, 1, ())


def test_an_engine_says_what_it_looks_at(engine: Engine, form_engine: Engine) -> None:
    assert engine.fields == ("authorization",)
    assert not engine.reads_body
    assert form_engine.fields == ("authorization", "content-type")
    assert form_engine.reads_body
    assert repr(engine) == f"<Engine with 1 issuers and {engine.routes} routes>"


def test_what_loads_and_is_not_meant_is_a_warning() -> None:
    engine = Engine.from_text("[[routes]]\npath='/a'\nmethods=['get']\naccept='anyone'\n", "toml")
    assert engine.warnings == ("routes[0].methods: `get` is not `GET`: methods have a case",)


def test_key_files_are_looked_for_in_the_folder(tmp_path: Path, issuer: Issuer) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [issuer.jwk]}))
    table = policy(issuer, keys={"file": "jwks.json"})
    headers = [("Authorization", issuer.bearer())]
    engine = Engine.from_policy(table, tmp_path)
    assert engine.decide(method="GET", url="/v1/orders/7", headers=headers).allowed
    with pytest.raises(PolicyError, match=r"issuers\.corp\.keys\.file: expected an absolute path"):
        Engine.from_policy(table)


def test_every_fault_of_a_policy_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("reaml = 'orders'\n[[routes]]\npath = ''\naccept = 'anyone'\n")
    with pytest.raises(PolicyError) as caught:
        Engine(file)
    error = caught.value
    assert isinstance(error, ValueError)
    assert [(fault.file, fault.line, fault.column) for fault in error.errors] == [
        (str(file), 1, 1),
        (str(file), 3, 8),
    ]
    assert error.errors[0].message == "unknown key `reaml`"
    assert error.errors[0].help == "did you mean `realm`?"
    assert error.errors[1].place == "routes[0].path"
    assert str(error) == "\n".join(map(str, error.errors))
    assert str(error.errors[0]) == f"{file}:1:1: unknown key `reaml`: did you mean `realm`?"


def test_a_policy_from_a_dict_has_no_lines() -> None:
    with pytest.raises(PolicyError) as caught:
        Engine.from_policy({"reaml": "orders", "routes": []})
    assert {(fault.file, fault.line, fault.column) for fault in caught.value.errors} == {(None, None, None)}
    assert str(caught.value.errors[0]) == "unknown key `reaml`: did you mean `realm`?"


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (PolicyFault(None, None, None, "", "a", None), "a"),
        (PolicyFault(None, 1, 2, "", "a", None), "1:2: a"),
        (PolicyFault("f", None, None, "p", "a", "b"), "f: p: a: b"),
        (PolicyFault("f", 1, 2, "p", "a", "b"), "f:1:2: p: a: b"),
    ],
)
def test_a_fault_is_shown_as_everywhere(fault: PolicyFault, text: str) -> None:
    assert str(fault) == text


def test_a_missing_file_is_a_fault_of_the_policy(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no such file"):
        Engine(tmp_path / "none.toml")


def test_a_policy_must_be_what_json_can_say() -> None:
    with pytest.raises(ValueError, match="JSON"):
        Engine.from_policy({"leeway": float("nan")})
    with pytest.raises(TypeError):
        Engine.from_policy({"leeway": object()})
    with pytest.raises(TypeError):
        Engine.from_policy([])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="lone surrogate") as caught:
        Engine.from_text("key = '\ud800secret'", "toml")
    assert type(caught.value) is ValueError
    with pytest.raises(ValueError, match='"toml" or "json"'):
        Engine.from_text("", "yaml")  # type: ignore[arg-type]


def test_a_policy_error_can_be_copied() -> None:
    import pickle

    with pytest.raises(PolicyError) as caught:
        Engine.from_policy({"reaml": "orders"})
    copy = pickle.loads(pickle.dumps(caught.value))
    assert copy.errors == caught.value.errors and str(copy) == str(caught.value)


def test_the_route_of_nothing_is_refused() -> None:
    decision = Engine.from_text(OPEN, "toml").decide(method="GET", url="/nowhere", headers=())
    assert decision.reason is Reason.ROUTE_UNMATCHED
