"""The server to watch: its address and credentials, from the environment or from whoever sits at the terminal."""

import os
import re
import sys
from getpass import getpass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from statistics_app.conf import value_error
from statsproject.programs.processes import ProcessError

URL, USER_ID, TOKEN = (f"STATISTICS_REMOTE_{name}" for name in ("URL", "USER_ID", "TOKEN"))
HOW = "In Rocket.Chat, Account > Personal Access Tokens creates a token and shows it once, with the user id."


def address() -> str:
    """Return the address of the server. Errors: ProcessError if there is none, or if it is not one."""
    url = os.environ.get("STATISTICS_REMOTE_URL", "")
    if not url:
        raise ProcessError("URL has to be the address of a server: make watch URL=https://chat.example.com")
    _require_usable("REMOTE_URL", url, f"URL={url}" if "@" not in url else "URL")
    return url


def folder_of(url: str, parent: Path) -> Path:
    """Return the folder of the installation that watches a server: each has its own, whose name ends with a hash.

    Errors: ProcessError if the address has nothing that a folder can be called by.
    """
    parts = urlsplit(url)
    place = f"{parts.netloc.lower()}{parts.path.rstrip('/')}"
    name = re.sub(r"[^a-z0-9.]+", "-", place.lower()).strip("-.")
    if not name:
        raise ProcessError(f"URL={url} cannot be used. It must name a server.")
    return parent / f"{name}-{sha256(place.encode()).hexdigest()[:8]}"


def require_credentials(database: Path) -> None:
    """See that both credentials are in the environment, or that they may be in the database, or be asked for at a terminal.

    Errors: ProcessError, also if those of the environment cannot be used.
    """
    missing = [name for name in (USER_ID, TOKEN) if not os.environ.get(name)]
    if len(missing) == 1 or (missing and not database.exists() and not sys.stdin.isatty()):
        raise ProcessError(f"{' and '.join(missing)} must be in the environment. {HOW}")
    if not missing:
        for name in (USER_ID, TOKEN):
            _require_usable(name.removeprefix("STATISTICS_"), os.environ[name], name)


def ask_for_credentials() -> tuple[str, str]:
    """Ask for the user id and the token of an account. Errors: ProcessError if they cannot be used."""
    print(f"  {HOW}", flush=True)
    user_id, token = input("  User id: ").strip(), getpass("  Token (not shown): ").strip()
    _require_usable("REMOTE_USER_ID", user_id, "The user id")
    _require_usable("REMOTE_TOKEN", token, "The token")
    return user_id, token


def _require_usable(setting: str, value: str, what: str) -> None:
    if error := value_error(setting, value):
        raise ProcessError(f"{what} cannot be used. {error[1]}")
