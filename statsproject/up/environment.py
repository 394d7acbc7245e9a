"""The settings of the deployment, as environment variables of all its programs."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from statsproject.secret_key import load_or_create_secret_key


def set_environment(folder: Path, database_url: str, redis_url: str, proxies: int) -> dict[str, str]:
    """Set the environment variables of a production deployment in this process, and return them.

    The only thing that is not as in production: there is no TLS on this machine's own address. A redirect to HTTPS would lead
    to a port where nobody speaks it, so there are none.
    """
    variables = {
        "DJANGO_SETTINGS_MODULE": "statsproject.settings",
        "PRODUCTION": "true",
        "SECURE_SSL_REDIRECT": "false",
        "SECRET_KEY": load_or_create_secret_key(folder / "secret_key"),
        "VAR_DIR": str(folder),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "STATISTICS_TRUSTED_PROXIES": str(proxies),
    }
    os.environ.update(variables)
    return variables


def write_environment(path: Path, variables: Mapping[str, str]) -> None:
    """Write the variables to a file that a shell can read, and only its owner."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
