"""The wheel and the source distribution: nothing missing, nothing extra, and they work elsewhere."""

import os
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import doorward
import pytest

HERE = Path(__file__).parents[1]
PROJECT = HERE.parents[1]
VERSION = doorward.__version__
INFO = f"doorward-{VERSION}.dist-info"

WHEEL = {
    "doorward/__init__.py",
    "doorward/_caller.py",
    "doorward/_content.py",
    "doorward/_diagnosis.py",
    "doorward/_doorward.abi3.so",
    "doorward/_doorward.pyi",
    "doorward/_errors.py",
    "doorward/_exchange.py",
    "doorward/_flow.py",
    "doorward/_hosts.py",
    "doorward/_source.py",
    "doorward/_status.py",
    "doorward/_vocabulary.py",
    "doorward/_waiting.py",
    "doorward/asgi.py",
    "doorward/django.py",
    "doorward/fastapi.py",
    "doorward/httpx.py",
    "doorward/httpx2.py",
    "doorward/py.typed",
    "doorward/requests.py",
    "doorward/wsgi.py",
    f"{INFO}/METADATA",
    f"{INFO}/RECORD",
    f"{INFO}/WHEEL",
    f"{INFO}/licenses/LICENSE-APACHE",
    f"{INFO}/licenses/LICENSE-MIT",
}

SMOKE = """
import doorward, sys
engine = doorward.Engine.from_policy({"routes": [{"path": "/healthz", "accept": "anyone"}]})
assert engine.decide(method="GET", url="/healthz", headers=[]).allowed
refused = engine.decide(method="GET", url="/v1", headers=[("Authorization", "Bearer x")])
assert refused.reason is doorward.Reason.ROUTE_UNMATCHED, refused
assert "asyncio" not in sys.modules
from doorward.asgi import DoorwardMiddleware
from doorward.wsgi import DoorwardMiddleware
assert doorward.diagnose(401, []).reason is doorward.Reason.CREDENTIAL_MISSING
doorward.Caller({"environment": "TOKEN"})
heavy = {"django", "fastapi", "asgiref", "flask", "httpx", "requests"}
assert not heavy & {name.partition(".")[0] for name in sys.modules}
print(doorward.__version__, doorward.__file__)
"""


@pytest.fixture(scope="module")
def built() -> Path:
    folder = os.environ.get("DOORWARD_DIST")
    if folder is None:
        pytest.skip("DOORWARD_DIST names no folder with a wheel: run `cargo xtask test --only python`")
    return Path(folder)


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (wheel,) = built.glob("*.whl")
    return wheel


def test_the_wheel_is_for_every_cpython_from_3_10_on(wheel: Path) -> None:
    assert wheel.name.startswith(f"doorward-{VERSION}-cp310-abi3-")


def test_the_wheel_has_exactly_its_files(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert sorted(archive.namelist()) == sorted(WHEEL)
        for name in WHEEL:
            if name.startswith("doorward/") and name.endswith((".py", ".pyi", ".typed")):
                assert archive.read(name) == (HERE / "python" / name).read_bytes(), name
            if not name.endswith(".so"):
                assert str(PROJECT).encode() not in archive.read(name), name


def test_the_installed_package_is_that_of_the_wheel(wheel: Path) -> None:
    folder = Path(doorward.__file__).parents[1]
    with zipfile.ZipFile(wheel) as archive:
        for name in WHEEL - {f"{INFO}/RECORD"}:
            assert archive.read(name) == (folder / name).read_bytes(), name


def test_the_metadata_is_whole(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = Parser().parsestr(archive.read(f"{INFO}/METADATA").decode())
    assert (metadata["Name"], metadata["Version"]) == ("doorward", VERSION)
    assert metadata["License-Expression"] == "Apache-2.0 OR MIT"
    assert metadata.get_all("License-File") == ["LICENSE-APACHE", "LICENSE-MIT"]
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata.get_all("Requires-Dist") is None
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    assert str(metadata.get_payload()).strip() == (HERE / "README.md").read_text(encoding="utf-8").strip()
    assert f'version = "{VERSION}"' in (PROJECT / "Cargo.toml").read_text(encoding="utf-8")


def test_the_wheel_works_in_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    def run(*command: str | Path) -> str:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        done = subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=50)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "clean")
    python = tmp_path / "clean/bin/python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--quiet", wheel)
    printed = run(python, "-I", "-c", SMOKE).split()
    assert printed[0] == VERSION and printed[1].startswith(str(tmp_path))


def test_the_source_distribution_has_what_it_is_built_from(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    top = f"doorward-{VERSION}/"
    with tarfile.open(sdist) as archive:
        members = {member.name.removeprefix(top): member for member in archive.getmembers()}
    assert all(member.isfile() for member in members.values())
    sources = [path for path in (HERE / "src").rglob("*.rs")]
    for crate in ("doorward", "doorward-core", "doorward-graviola", "doorward-ring"):
        sources += (PROJECT / "crates" / crate / "src").rglob("*.rs")
    needed = {str(path.relative_to(PROJECT)) for path in sources}
    needed |= {f"python/{name}" for name in WHEEL if name.endswith((".py", ".pyi", ".typed"))}
    needed |= {"Cargo.toml", "Cargo.lock", "pyproject.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT"}
    assert needed <= set(members)
    strange = [name for name in members if "target" in name.split("/") or name.endswith((".so", ".pyc"))]
    assert not strange
