"""The first account of a new deployment."""

import json
import os
import secrets
from pathlib import Path

from statsproject.chat.models import User

USERNAME = "admin"


def ensure_administrator(file: Path) -> None:
    """Create an administrator in a new database, and write the password to a file that only its owner can read."""
    if User.objects.filter(is_superuser=True).exists():
        return
    password = secrets.token_urlsafe(12)
    User.objects.create_superuser(USERNAME, password=password)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        json.dump({"username": USERNAME, "password": password}, target)
