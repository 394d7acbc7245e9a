"""The secret key outside production: generated once and stored in a file that only its owner can read."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def load_or_create_secret_key(path: Path) -> str:
    """Return the secret key stored in a file. Create the file, with mode 0600, if it does not exist.

    Processes that start at the same time get the same key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(get_random_secret_key())
        try:
            os.link(temporary, path)  # fails if another process created the file first; its key is used then
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_text()
