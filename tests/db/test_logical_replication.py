"""A count whose rows come by logical replication is counted live, and recounted before it is trusted again."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.tallies.chaos import cluster
from tests.tallies.chaos.cluster import Cluster

ROOT = Path(__file__).resolve().parents[2]
ANSWER = """
from django.utils import timezone
from statistics_app.tallies.source import tallied_source
source = tallied_source(timezone.now())
print(source.messages()["c"], "messages" in source.ready, source.how_counted()[1].get("messages", ""))
"""

pytestmark = [pytest.mark.slow, pytest.mark.only_sqlite]  # the test has servers of its own


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Cluster, Cluster]]:
    """Two servers, the first of which can publish."""
    monkeypatch.setitem(cluster.SETTINGS, "wal_level", "logical")
    publisher, subscriber = Cluster(), Cluster()
    try:
        publisher.start()
        subscriber.start()
        yield publisher, subscriber
    finally:
        publisher.remove()
        subscriber.remove()


def test_replicated_messages_are_counted_live(servers: tuple[Cluster, Cluster], tmp_path: Path) -> None:
    publisher, subscriber = servers

    def manage(server: Cluster, *arguments: str, counting: str = "tallies") -> str:
        environment = {"DATABASE_URL": server.url, "VAR_DIR": str(tmp_path), "STATISTICS_COUNTING": counting, "REDIS_URL": ""}
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(
            command, env={**os.environ, **environment}, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.strip()

    manage(publisher, "migrate", "-v0", counting="live")
    manage(subscriber, "migrate", "-v0")
    with (
        psycopg.connect(publisher.url, autocommit=True) as there,
        psycopg.connect(subscriber.url, autocommit=True) as here,
    ):
        there.execute("INSERT INTO chat_room (id, type, name, is_archived, created_at) VALUES ('r', 'c', '', false, now())")
        there.execute("CREATE PUBLICATION chat FOR TABLE chat_room, chat_message")
        here.execute(f"CREATE SUBSCRIPTION chat CONNECTION '{publisher.url}' PUBLICATION chat")

        def send(number: int, total: int) -> None:
            there.execute(
                "INSERT INTO chat_message (id, room_id, sent_at, is_pinned) "
                "SELECT gen_random_uuid(), 'r', now(), false FROM generate_series(1, %s)",
                [number],
            )
            until = time.monotonic() + 60
            while here.execute("SELECT count(*) FROM chat_message").fetchone() != (total,):
                assert time.monotonic() < until
                time.sleep(0.1)

        send(5, 5)
        answer = "5 False is filled by logical replication, which fires no triggers"
        assert manage(subscriber, "shell", "-c", ANSWER).splitlines()[-1] == answer
        manage(subscriber, "generate_statistics")
        send(2, 7)
        here.execute("DROP SUBSCRIPTION chat")
        assert manage(subscriber, "shell", "-c", ANSWER).splitlines()[-1].startswith("7 False missed a change")
        manage(subscriber, "tallies", "install")
        assert manage(subscriber, "shell", "-c", ANSWER).splitlines()[-1] == "7 True"
