"""Virtual environments with the app as a host installs it: from its wheel, and without this checkout."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.services.programs import ROOT

SOURCES = ("pyproject.toml", "README.md", "LICENSE.md", ".gitignore", "statistics_app", "templates", "translations")
_PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?(==[^\s;]+(?: ; .+)?)")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
DJANGO = "django"


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    folder: Path

    @property
    def python(self) -> str:
        """The path of its interpreter."""
        return str(self.folder / "bin" / "python")

    @property
    def path(self) -> str:
        """The folder of its programs."""
        return str(self.folder / "bin")

    def install(self, *requirements: str, unpinned: Sequence[str] = ()) -> None:
        """Install requirements in the versions that this project pins, except some packages."""
        pins = self.folder / "pins.txt"
        pins.write_text("\n".join(pins_of(unpinned)))
        run(*PIP, "--python", self.python, "install", "--quiet", "--constraint", str(pins), *requirements)

    def installed(self) -> set[str]:
        """Return the names of all distributions in it."""
        lines = run(*PIP, "--python", self.python, "list", "--format", "freeze").splitlines()
        return {line.partition("==")[0].lower().replace("_", "-") for line in lines}


def new_environment(folder: Path, python: str = sys.executable) -> Environment:
    """Create an empty environment."""
    run(python, "-m", "venv", "--without-pip", str(folder))
    return Environment(folder)


def build_wheel(folder: Path) -> Path:
    """Build the wheel from a copy of the sources."""
    sources = folder / "sources"
    sources.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, sources / name)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(sources))
    shutil.rmtree(sources)
    return next(folder.glob("*.whl"))


def pins_of(unpinned: Sequence[str] = ()) -> list[str]:
    """Return what the requirements pin, without the digests, which pip would ask for of the wheel as well."""
    lines = (ROOT / "requirements" / "dev.txt").read_text().replace("\\\n", " ").splitlines()
    pins = [match for line in lines if (match := _PIN.fullmatch(line.partition(" --hash")[0].strip()))]
    return [f"{name}{version}" for name, version in (match.groups() for match in pins) if name.lower() not in unpinned]


def run(*command: str) -> str:
    """Run a command that must succeed, and return its output."""
    own = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}  # pip takes what is there for installed
    ended = subprocess.run(command, env=own, capture_output=True, text=True, check=False, timeout=280)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
