"""The secret key of a workspace that is not in production: made once, kept to its owner."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def load_or_create_secret_key(path: Path) -> str:
    """Return the secret in a file, made now with mode 0600 if there is none; two that start at once get the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(get_random_secret_key())
        try:
            os.link(mine, path)  # fails when another process was first: its secret is the one
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text()
