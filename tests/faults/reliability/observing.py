"""What people see during a fault, and what is true after it."""

import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import psycopg
import requests

from .deployment import INTERVAL, Deployment

# Longer than a request may wait for a lock (DATABASE_LOCK_SECONDS) or for a connection.
PATIENCE = 10
RECOVERY_SECONDS = 120
STORED, NEW = "statistics", "statistics?refresh=true"
WRITE = (
    "INSERT INTO chat_message (id, room_id, sent_at, is_pinned) "
    "SELECT left(md5(random()::text), 17), (SELECT min(id) FROM chat_room), now(), false"
)


class Observer:
    """Threads that ask for the stored and for new statistics, and a chat that writes, until `stop`."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.seen: dict[str, Counter[str]] = {STORED: Counter(), NEW: Counter()}
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(path,)) for path in self.seen]
        self._threads.append(threading.Thread(target=self._write))

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop them."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, path: str) -> None:
        while not self._over.wait(0.2):
            self.seen[path][self._outcome(path)] += 1

    def _outcome(self, path: str) -> str:
        try:
            response = self.deployment.get(path, PATIENCE)
        except requests.Timeout:
            return f"no answer for {PATIENCE} s"
        except requests.ConnectionError:
            return "connection lost"
        if response.status_code == 503 and not _says_when_to_try_again(response):
            return "503 without JSON or `Retry-After`"
        return str(response.status_code)

    def _write(self) -> None:
        while not self._over.wait(0.02):
            # The chat has its own ways with a database that is away; what it wrote must be counted.
            with suppress(psycopg.Error), self.deployment.connect() as connection:
                while not self._over.wait(0.02):
                    connection.execute(WRITE)


def _says_when_to_try_again(response: requests.Response) -> bool:
    is_json = response.headers.get("Content-Type") == "application/json"
    return is_json and response.json()["success"] is False and response.headers.get("Retry-After", "").isdigit()


def recovered(deployment: Deployment, since: float) -> float:
    """Wait until requests are answered and a slot that began after a time has its snapshot; return after how many seconds."""
    began = time.monotonic()
    while time.monotonic() - began < RECOVERY_SECONDS:
        with suppress(psycopg.Error, requests.RequestException):
            statuses = {deployment.get(path, PATIENCE).status_code for path in (STORED, NEW)}
            if statuses == {200} and deployment.newest() > since:
                return time.monotonic() - began
        time.sleep(0.2)
    raise AssertionError(f"no recovery within {RECOVERY_SECONDS} s; see the logs in {deployment.folder}")


def require_nothing_wrong(deployment: Deployment) -> None:
    """Require that each snapshot is of its own slot, no slot has two, and the counts equal the rows."""
    wrong: list[Any] = deployment.select(
        f"SELECT slot, created_at FROM statistics_app_snapshot WHERE slot IS NOT NULL "
        f"AND created_at NOT BETWEEN slot AND slot + interval '{INTERVAL} s'"
    )
    assert wrong == []
    assert (
        deployment.select("SELECT slot FROM statistics_app_snapshot GROUP BY slot HAVING slot IS NOT NULL AND count(*) > 1")
        == []
    )
    [(rows,)] = deployment.select("SELECT count(*) FROM chat_message")
    document = deployment.get(NEW, PATIENCE).json()
    assert document["totalMessages"] == rows
    audit = deployment.programs.manage("audit_tallies")
    assert audit.returncode == 0, audit.stderr
    assert "\n0 differences in " in f"\n{audit.stdout}", audit.stdout
