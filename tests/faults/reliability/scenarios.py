"""The faults: each is brought about for as long as its context lasts."""

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass

import psutil
import psycopg
import redis

from .deployment import INTERVAL, Deployment
from .disk import filled

LOG_ENTRY = "SELECT pg_logical_emit_message(true, 'filler', %s)"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by its name in the table, how it is brought about, and for how many seconds it lasts."""

    name: str
    happening: Callable[[Deployment], AbstractContextManager[None]]
    seconds: float
    is_short: bool = False
    needs_small_disk: bool = False


@contextmanager
def redis_killed(deployment: Deployment) -> Iterator[None]:
    """Kill Redis; it comes back empty."""
    deployment.redis.process.kill()
    deployment.redis.process.wait()
    yield
    deployment.restart_redis()


@contextmanager
def redis_stopped(deployment: Deployment) -> Iterator[None]:
    """Stop Redis, so that it takes connections and answers nothing."""
    with stopped([psutil.Process(deployment.redis.process.pid)]):
        yield


@contextmanager
def redis_full(deployment: Deployment) -> Iterator[None]:
    """Let Redis refuse all writes, as one does that is full."""
    with redis.Redis.from_url(deployment.redis_url) as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        yield
        client.config_set("maxmemory", "0")


@contextmanager
def postgresql_restarted(deployment: Deployment) -> Iterator[None]:
    """Shut PostgreSQL down, and start it again."""
    deployment.postgresql.shut_down()
    yield
    deployment.postgresql.launch()


@contextmanager
def postgresql_killed(deployment: Deployment) -> Iterator[None]:
    """Kill all of PostgreSQL's processes; it starts again with a recovery."""
    for process in deployment.postgresql.processes():
        with suppress(psutil.NoSuchProcess):
            process.kill()
    yield
    deployment.postgresql.launch()


@contextmanager
def postgresql_stopped(deployment: Deployment) -> Iterator[None]:
    """Stop PostgreSQL's processes, so that it takes connections and answers nothing."""
    with stopped(deployment.postgresql.processes()):
        yield


@contextmanager
def out_of_connections(deployment: Deployment) -> Iterator[None]:
    """Open connections until there are no more, and take up those that become free."""
    with ExitStack() as stack:
        with suppress(psycopg.OperationalError):
            while True:
                stack.enter_context(deployment.connect())
        yield


@contextmanager
def read_only(deployment: Deployment) -> Iterator[None]:
    """Make all sessions read-only, as those of a standby are."""
    with deployment.connect() as connection:
        connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        connection.execute("SELECT pg_reload_conf()")
        yield
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def tables_locked(deployment: Deployment) -> Iterator[None]:
    """Lock the tables of the snapshots and of the messages against everybody."""
    with deployment.connect() as connection, connection.transaction():
        connection.execute("LOCK TABLE statistics_app_snapshot, chat_message")
        yield


@contextmanager
def disk_full(deployment: Deployment) -> Iterator[None]:
    """Fill the disk of PostgreSQL, on which the chat deletes messages, since that needs no room of its own."""
    with deployment.connect() as connection:
        # A server that has run for some time has files for the next entries of its write-ahead log.
        for _ in range(4):
            connection.execute(LOG_ENTRY, ["x"])
            connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")
        with filled(deployment.disk):
            for _ in range(300):
                with suppress(psycopg.errors.DiskFull):
                    connection.execute("DELETE FROM chat_message WHERE id = (SELECT min(id) FROM chat_message)")
            yield


@contextmanager
def disk_full_of_log(deployment: Deployment) -> Iterator[None]:
    """Fill the disk, and let the write-ahead log need more room, which ends PostgreSQL; it starts again when there is room."""
    with deployment.connect() as connection, filled(deployment.disk):
        while not connection.closed:
            with suppress(psycopg.OperationalError):
                connection.execute(LOG_ENTRY, ["x" * 1_000_000])
        yield
    deployment.postgresql.launch()


@contextmanager
def worker_killed(deployment: Deployment) -> Iterator[None]:
    """Kill the worker at any moment, ten times."""
    for number in range(10):
        deployment.programs.kill(deployment.worker)
        time.sleep(5 + number * 0.17)
    yield


@contextmanager
def beat_away(deployment: Deployment) -> Iterator[None]:
    """Stop beat, and start it again."""
    deployment.is_beat_wanted = False
    deployment.beat.stop()
    yield
    deployment.is_beat_wanted = True


@contextmanager
def two_beats(deployment: Deployment) -> Iterator[None]:
    """Run a second beat."""
    second = deployment.programs.beat("beat-2")
    yield
    deployment.programs.running.remove(second)
    second.stop()


@contextmanager
def web_killed(deployment: Deployment) -> Iterator[None]:
    """Kill a process of the web server."""
    [*children] = psutil.Process(deployment.web.process.pid).children()
    next(child for child in children if "resource_tracker" not in " ".join(child.cmdline())).kill()
    yield


@contextmanager
def idle_connections(deployment: Deployment) -> Iterator[None]:
    """Open 1,000 connections to the web server that send nothing, and 1,000 that send a request without its end."""
    with ExitStack() as stack:
        for number in range(2000):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", deployment.port), 10))
            if number % 2:
                client.sendall(b"GET /api/v1/info HTTP/1.1\r\nHost: localhost\r\n")
        yield


@contextmanager
def unread_exports(deployment: Deployment) -> Iterator[None]:
    """Ask for 20 exports, and read none."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in deployment.headers.items())
    request = f"GET /api/v1/statistics.export?format=json HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"
    with ExitStack() as stack:
        for _ in range(20):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", deployment.port), 10))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.sendall(request.encode())
        yield


@contextmanager
def migrated(deployment: Deployment) -> Iterator[None]:
    """Remove all triggers, and migrate, which counts all rows again."""
    for command in (["tallies", "uninstall"], ["migrate"]):
        done = deployment.programs.manage(*command)
        assert done.returncode == 0, done.stderr
    yield


@contextmanager
def stopped(processes: list[psutil.Process]) -> Iterator[None]:
    """Stop some processes, as SIGSTOP does."""
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(processes):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


FAULTS = (
    Fault("Redis is killed, and back after 5 s", redis_killed, 5),
    Fault("Redis is killed, and back after 2 min", redis_killed, 120),
    Fault("Redis hangs for 30 s", redis_stopped, 30),
    Fault("Redis is full for 20 s", redis_full, 20),
    Fault("PostgreSQL is restarted", postgresql_restarted, 0, is_short=True),
    Fault("PostgreSQL is killed, and back after 5 s", postgresql_killed, 5),
    Fault("PostgreSQL hangs for 20 s", postgresql_stopped, 20),
    Fault("PostgreSQL has no connections left for 20 s", out_of_connections, 20),
    Fault("PostgreSQL is read-only for 20 s", read_only, 20),
    Fault("Tables are locked for 60 s", tables_locked, 60),
    Fault("The worker is killed ten times", worker_killed, 0),
    Fault("Beat is away for five slots", beat_away, 5 * INTERVAL),
    Fault("Two beats run for five slots", two_beats, 5 * INTERVAL),
    Fault("A process of the web server is killed", web_killed, 10),
    Fault("2,000 clients are connected and send nothing, or half a request", idle_connections, 15),
    Fault("20 clients ask for files and read nothing", unread_exports, 15),
    Fault("All counts are installed again under requests", migrated, 0),
    Fault("PostgreSQL's disk is full for 30 s", disk_full, 30, needs_small_disk=True),
    Fault("PostgreSQL ends as its disk is full, and is back after 20 s", disk_full_of_log, 20, needs_small_disk=True),
)
