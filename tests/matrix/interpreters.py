"""The versions of Python on this machine, wherever they come from."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

OLDEST = (3, 11)
VERSION = "import sys; print(*sys.version_info[:3])"
# Where pyenv, uv and the system have them; a shim of pyenv that selects no version fails and is passed over.
PLACES = ("~/.pyenv/versions/*/bin/python3", "~/.local/share/uv/python/*/bin/python3", "/opt/python*/bin/python3")


def interpreters() -> dict[str, str]:
    """Return the path of the newest interpreter of each minor version that the app supports, by the version such as 3.12."""
    found: dict[tuple[int, ...], str] = {}
    for path in _candidates():
        version = _version_of(path)
        if version[:2] >= OLDEST:
            found.setdefault(version, path)
    newest = {version[:2]: version for version in sorted(found)}
    return {f"{major}.{minor}": found[version] for (major, minor), version in newest.items()}


def _candidates() -> Iterator[str]:
    for name in ("python3", *(f"python3.{minor}" for minor in range(OLDEST[1], 30))):
        if path := shutil.which(name):
            yield path
    for place in (*PLACES, f"{os.environ.get('PYENV_ROOT', '/nowhere')}/versions/*/bin/python3"):
        base, _, pattern = str(Path(place).expanduser()).partition("*")
        folder = Path(base) if base.endswith("/") else Path(base).parent
        prefix = "" if base.endswith("/") else Path(base).name
        if folder.is_dir():
            yield from map(str, folder.glob(f"{prefix}*{pattern}"))


def _version_of(path: str) -> tuple[int, ...]:
    ended = subprocess.run([path, "-c", VERSION], capture_output=True, text=True, check=False, timeout=20)
    return tuple(map(int, ended.stdout.split())) if ended.returncode == 0 else ()
