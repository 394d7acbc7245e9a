"""What is installed is pinned: every requirement has one version, and the digests of its files."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "requirements").rglob("*.txt"))
PINNED = re.compile(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+( ; [^\\]+)?( --hash=sha256:[0-9a-f]{64})+")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_requirement_is_pinned_with_hashes(path: Path) -> None:
    lines = path.read_text().replace("\\\n", " ").splitlines()
    requirements = [" ".join(line.split()) for line in lines if line.strip()]
    assert requirements
    assert [requirement for requirement in requirements if not PINNED.fullmatch(requirement)] == []


def test_every_npm_package_is_pinned_with_its_digest() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    # Two packages that clients need for their types only are replaced by a folder of ours.
    installed = {
        name: package for name, package in packages.items() if name.startswith("node_modules/") and "link" not in package
    }
    assert installed
    assert [name for name, package in installed.items() if not package.get("integrity", "").startswith("sha512-")] == []


def test_pip_always_requires_the_hashes() -> None:
    commands = re.findall(r"-m pip .*install .*-r .*", (ROOT / "Makefile").read_text())
    assert len(commands) >= 4
    assert [command for command in commands if "--require-hashes" not in command] == []
