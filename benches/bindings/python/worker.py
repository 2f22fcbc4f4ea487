"""Times the Python package and its peers on the tokens of FOLDER, one row at a time, as it is told to.

Usage: worker.py FOLDER. Answers as every program of benches/bindings does: first a line of JSON with its rows, then for
each line `ROW MILLISECONDS` on standard input a line with the nanoseconds of one call.
"""

import json
import logging
import sys
import timeit
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from time import perf_counter_ns
from typing import Any, NamedTuple

RUNS = 16
DESCRIBED = ("library", "version", "alg", "kind", "fault", "absent")
Check = Callable[[str], object]


class Row(NamedTuple):
    """One thing that is timed: a statement with its names.

    `fault` says what is wrong with its answer, if anything is, and `absent` why there is nothing to time.
    """

    library: str
    version: str
    alg: str
    kind: str
    statement: str
    names: dict[str, Any]
    fault: str | None = None
    absent: str | None = None

    def nanoseconds(self, milliseconds: float) -> float:
        """Gives the time of one run in the fastest of the batches that fit into so many milliseconds."""
        timer = timeit.Timer(self.statement, globals=self.names)
        end = perf_counter_ns() + milliseconds * 1e6
        least = float("inf")
        while perf_counter_ns() < end:
            least = min(least, timer.timeit(RUNS) / RUNS)
        return least * 1e9


def pyjwt(suite: dict[str, Any], issuer: str, audience: str) -> Check:
    """PyJWT with a key that was read once."""
    import jwt

    key, algorithms = jwt.PyJWK(suite["jwk"]), [suite["alg"]]
    return lambda token: jwt.decode(token, key, algorithms=algorithms, issuer=issuer, audience=audience)


def joserfc(suite: dict[str, Any], issuer: str, audience: str) -> Check:
    """joserfc: the token, then its claims."""
    from joserfc import jwk, jwt

    key, algorithms = jwk.import_key(suite["jwk"]), [suite["alg"]]
    wanted: Any = {name: {"essential": True, "value": value} for name, value in (("iss", issuer), ("aud", audience))}
    wanted["exp"] = {"essential": True}
    claims = jwt.JWTClaimsRegistry(**wanted)
    return lambda token: claims.validate(jwt.decode(token, key, algorithms=algorithms).claims)


def authlib(suite: dict[str, Any], issuer: str, audience: str) -> Check:
    """Authlib: the token, then its claims."""
    from authlib.jose import JsonWebKey, JsonWebToken

    key, reader = JsonWebKey.import_key(suite["jwk"]), JsonWebToken([suite["alg"]])
    wanted: Any = {name: {"essential": True, "value": value} for name, value in (("iss", issuer), ("aud", audience))}
    wanted["exp"] = {"essential": True}
    return lambda token: reader.decode(token, key, claims_options=wanted).validate()


def oxyjwt(suite: dict[str, Any], issuer: str, audience: str) -> Check:
    """oxyjwt with a key that was read once."""
    import oxyjwt as library

    key = bytes.fromhex(suite["secret"]) if suite["secret"] else library.DecodingKey.from_jwk(suite["jwk"])
    algorithms = [suite["alg"]]
    return lambda token: library.decode(token, key, algorithms=algorithms, issuer=issuer, audience=audience)


PEERS = {"PyJWT": pyjwt, "joserfc": joserfc, "Authlib": authlib, "oxyjwt": oxyjwt}


def peer_rows(fixtures: dict[str, Any]) -> Iterator[Row]:
    """Every peer on every token, unless it does not have the algorithm."""
    for name, make in PEERS.items():
        for suite in fixtures["suites"]:
            try:
                check = make(suite, fixtures["issuer"], fixtures["audience"])
                check(suite["tokens"]["valid"])
            except Exception as error:  # Whatever it is, this peer has no such column, and the report says why.
                absent = f"{type(error).__name__}: {error}"[:200]
                yield Row(name, version(name), suite["alg"], "valid", "", {}, absent=absent)
                continue
            for kind, token in suite["tokens"].items():
                names = {"check": check, "token": token}
                statement = "check(token)"
                fault = None
                if kind != "valid":
                    statement = "try:\n    check(token)\nexcept Exception:\n    pass"
                    try:
                        check(token)
                        fault = "accepts it"
                    except Exception:
                        pass
                yield Row(name, version(name), suite["alg"], kind, statement, names, fault)


EXPECTED = {"valid": None, "expired": "token_expired", "bad signature": "signature_invalid"}


def our_rows(folder: Path, fixtures: dict[str, Any]) -> Iterator[Row]:
    """The package itself, as a service would call it."""
    from doorward import Engine

    for suite in fixtures["suites"]:
        engine = Engine.from_file(str(folder / suite["policy"]))

        def row(
            kind: str,
            headers: list[tuple[str, str]],
            expected: str | None,
            read: str = "allowed",
            engine: Engine = engine,
            alg: str = suite["alg"],
        ) -> Row:
            statement = f"decide(method={fixtures['method']!r}, url={fixtures['url']!r}, headers=headers).{read}"
            found = engine.decide(method=fixtures["method"], url=fixtures["url"], headers=headers).reason
            fault = None if found == expected else f"expected {expected}, found {found}"
            names = {"decide": engine.decide, "headers": headers}
            return Row("doorward", version("doorward"), alg, kind, statement, names, fault)

        for kind, token in suite["tokens"].items():
            yield row(kind, [("authorization", f"Bearer {token}")], EXPECTED[kind])
        if suite["alg"] == "HS256":
            line = ("authorization", f"Bearer {suite['tokens']['valid']}")
            yield row("missing", [], "credential_missing")
            for more in (0, 8, 16):
                further = [(name, value) for name, value in fixtures["more_headers"][:more]]
                yield row(f"{more} further fields", [*further, line], None)
            yield row("valid, subject read", [line], None, "principal.subject")
            yield row("valid, claims read", [line], None, "principal.claims")
        if suite["known_policy"]:
            remembering = Engine.from_file(str(folder / suite["known_policy"]))
            for name, kind in fixtures["known"]:
                line = ("authorization", f"Bearer {suite['tokens'][kind]}")
                yield row(name, [line], EXPECTED[kind], engine=remembering)


def main() -> None:
    """Describes the rows, then times those that are asked for."""
    # Authlib announces that it will be replaced; that is nothing for this table.
    logging.captureWarnings(True)
    folder = Path(sys.argv[1])
    fixtures = json.loads((folder / "fixtures.json").read_text())
    rows = [*our_rows(folder, fixtures), *peer_rows(fixtures)]
    described = [{name: getattr(row, name) for name in DESCRIBED} for row in rows]
    print(json.dumps({"rows": described}), flush=True)
    for line in sys.stdin:
        row, milliseconds = line.split()
        print(f"{rows[int(row)].nanoseconds(float(milliseconds)):.1f}", flush=True)


if __name__ == "__main__":
    main()
