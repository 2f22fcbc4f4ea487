"""`doorward serve` behind real proxies: nginx, Caddy and Envoy with the configurations of the examples, Traefik imitated."""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import programs
from checks import ALLOWS, Stage, echo, refusals
from tokens import FAILURES, LIMITED, POLICY, bearer
from traefik import imitate
from wire import Message, Server, ask, write

Check = tuple[str, Callable[[Stage], None]]


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def check(self, proxy: str, check: Check, stage: Stage) -> None:
        name, claim = check
        try:
            claim(stage)
        except (AssertionError, OSError, LookupError) as error:
            self.failed += 1
            print(f"{proxy}: {name} ... FAILED: {error}")
            traceback.print_exc(limit=-3, file=sys.stdout)
        else:
            self.passed += 1
            print(f"{proxy}: {name} ... ok")


def in_front(proxy: str, program: str, auth: int, application: Server, folder: Path, stack: ExitStack) -> int:
    """Starts a proxy, and says on which port."""
    if proxy == "traefik":
        server = imitate(auth, application.port)
        stack.callback(server.close)
        return server.port
    command, port = getattr(programs, proxy)(program, auth, application.port, folder)
    stack.enter_context(programs.started(command, port, folder / f"{proxy}.log", folder))
    return port


def judge(proxy: str, program: str, doorward: str, direct: int, folder: Path, tally: Tally) -> None:
    application = Server(echo)
    with ExitStack() as stack:
        stack.callback(application.close)
        auth = stack.enter_context(programs.doorward(doorward, proxy, folder))
        port = in_front(proxy, program, auth, application, folder, stack)
        stage = Stage(proxy, port, application, direct)
        for check in [*refusals(), *ALLOWS]:
            tally.check(proxy, check, stage)
    log = (folder / f"doorward-{proxy}.log").read_text()
    tally.check(proxy, ("no credential is in the log", lambda _: none_in(log)), stage)
    if proxy == "nginx":
        tally.check(proxy, ("the reason is in nginx's own log", lambda _: in_log(folder)), stage)
    statuses(proxy, program, folder, tally)
    limit(proxy, program, doorward, folder, tally)
    outage(proxy, program, folder, tally)


def none_in(log: str) -> None:
    assert "eyJ" not in log and "Bearer " not in log and "access_token" not in log, log


def in_log(folder: Path) -> None:
    log = (folder / "access.log").read_text()
    assert " 401 token_expired https://batch.example" in log.replace(" - ", " ") or " 401 token_expired" in log, log


def statuses(proxy: str, program: str, folder: Path, tally: Tally) -> None:
    """Statuses that take a long outage or many failures, as Doorward says them."""

    def says(status: int, outcome: str) -> Callable[[Message], bytes]:
        body = f'{{"status":{status},"outcome":"{outcome}"}}'
        fields = [("Content-Type", "application/json"), ("Retry-After", "7"), ("Content-Length", str(len(body)))]
        if proxy != "nginx":
            return lambda _: write(f"HTTP/1.1 {status} x", fields, body.encode())
        fields += [("X-Doorward-Status", str(status)), ("X-Doorward-Body", body)]
        return lambda _: write("HTTP/1.1 403 Forbidden", fields, body.encode())

    for status, outcome in [(429, "throttled"), (503, "unavailable")]:
        application, auth = Server(echo), Server(says(status, outcome))
        with ExitStack() as stack:
            stack.callback(application.close)
            stack.callback(auth.close)
            port = in_front(proxy, program, auth.port, application, folder, stack)

            def claim(stage: Stage, status: int = status, outcome: str = outcome) -> None:
                got = stage.ask("GET", "/v1/orders/7", [bearer()])
                # Envoy takes every 5xx for a failure to ask, and answers with its `status_on_error` and nothing else.
                if proxy == "envoy" and status == 503:
                    assert (got.status, got.content, stage.passed()) == (503, b"", 0), got
                    return
                assert (got.status, got.one("retry-after")) == (status, "7"), got
                assert got.content == f'{{"status":{status},"outcome":"{outcome}"}}'.encode(), got
                assert stage.passed() == 0

            tally.check(proxy, (f"a {status} arrives as it is", claim), Stage(proxy, port, application, 0))


def limit(proxy: str, program: str, doorward: str, folder: Path, tally: Tally) -> None:
    """Failed attempts are counted by the address that the proxy saw, whatever the caller writes into the field for it."""
    (folder / "policy.toml").write_text(LIMITED)
    application = Server(echo)
    with ExitStack() as stack:
        stack.callback(application.close)
        auth = stack.enter_context(programs.doorward(doorward, proxy, folder))
        port = in_front(proxy, program, auth, application, folder, stack)

        def claim(stage: Stage) -> None:
            def fail(number: int, source: str) -> Message:
                fields = [(bearer()[0], f"{bearer()[1]}{number}"), ("X-Forwarded-For", f"198.51.100.{number}")]
                return ask(stage.port, "GET", "/v1/orders/7", fields, source=source)

            for number in range(FAILURES):
                got = fail(number, "127.0.0.2")
                assert got.status == 401, (number, got)
            got = fail(100, "127.0.0.2")
            assert got.status == 429 and 1 <= int(got.one("retry-after") or 0) <= 3600, got
            # Traefik is imitated, and its imitation sees one caller only.
            if proxy != "traefik":
                assert fail(101, "127.0.0.3").status == 401, "another caller pays for it"
                assert ask(stage.port, "GET", "/v1/orders/7", [bearer()], source="127.0.0.3").status == 200

        tally.check(proxy, ("who fails too often is told to wait, and nobody else", claim), Stage(proxy, port, application, 0))
    (folder / "policy.toml").write_text(POLICY)


def outage(proxy: str, program: str, folder: Path, tally: Tally) -> None:
    """Nobody is let in while nobody can be asked."""
    application = Server(echo)
    with ExitStack() as stack:
        stack.callback(application.close)
        port = in_front(proxy, program, programs.free_port(), application, folder, stack)

        def claim(stage: Stage) -> None:
            for target in ["/v1/orders/7", "/open"]:
                if proxy == "traefik":
                    try:
                        stage.ask("GET", target, [bearer()])
                    except (AssertionError, OSError):
                        continue
                got = stage.ask("GET", target, [bearer()])
                assert got.status in (500, 502, 503), got
            assert stage.passed() == 0, "somebody was let in"

        tally.check(proxy, ("while Doorward is away nobody is let in", claim), Stage(proxy, port, application, 0))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--doorward", required=True, help="the program under test")
    for proxy in ["nginx", "caddy", "envoy"]:
        parser.add_argument(f"--{proxy}", help=f"the program; without it, {proxy} is skipped")
    options = vars(parser.parse_args())
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="doorward-serve-") as name:
        root = Path(name)
        root.chmod(0o755)  # nginx's workers are not root
        (root / "policy.toml").write_text(POLICY)
        with programs.doorward(options["doorward"], "traefik", root) as direct:
            for proxy in ["nginx", "caddy", "envoy", "traefik"]:
                program = options.get(proxy)
                if proxy != "traefik" and program is None:
                    tally.skipped += 1
                    print(f"{proxy}: not installed ... skipped")
                    continue
                folder = root / proxy
                folder.mkdir()
                (folder / "policy.toml").write_text(POLICY)
                try:
                    judge(proxy, program or "", options["doorward"], direct, folder, tally)
                except (AssertionError, OSError) as error:
                    tally.failed += 1
                    print(f"{proxy}: it can be run ... FAILED: {error}")
    verdict = "FAILED" if tally.failed else "ok"
    print(f"test result: {verdict}. {tally.passed} passed; {tally.failed} failed; {tally.skipped} ignored")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
