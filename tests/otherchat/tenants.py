"""`python -m tests.otherchat.tenants SCHEMA …`: one process that sets the schema of its session, as hosts with tenants do."""

import sys
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - models can be imported only after setup()
from django.utils import timezone  # noqa: E402

from statistics_app.models import Snapshot  # noqa: E402
from statistics_app.snapshots import generation  # noqa: E402
from statistics_app.tallies.audit import audit  # noqa: E402
from statistics_app.tallies.folding import fold  # noqa: E402
from statistics_app.tallies.source import tallied_source  # noqa: E402
from tests.otherchat.change import change  # noqa: E402
from tests.otherchat.everything import compare  # noqa: E402
from tests.otherchat.models import Conversation, Post  # noqa: E402


def run(statement: str) -> list[Any]:
    """Run a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def main(tenants: list[str]) -> None:
    """Change the chats of the tenants in turn, each more often than the one before, and compare the numbers of each."""
    totals = set()
    for turn in range(2):
        for number, tenant in enumerate(tenants):
            run(f'SET search_path = "{tenant}"')
            for _ in range(number + 1):
                change()
            snapshot = generation.refresh()
            compare(snapshot)
            assert run("SELECT current_schema()") == [(tenant,)]
            assert Snapshot.objects.count() == turn + 1
            tallies = tallied_source(timezone.now()).tallies
            change()
            assert fold(tallies) > 0
            assert audit(tallies).differences == 0
            totals.add(Post.objects.count())
    assert len(totals) == 2 * len(tenants)
    break_one(*tenants)


def break_one(sound: str, broken: str) -> None:
    """Write to two schemas in one transaction: that the triggers of one work says nothing of the other's."""
    with transaction.atomic():
        run(f'SET LOCAL search_path = "{broken}"')
        run("ALTER TABLE statistics_tally_messages_ledger RENAME TO elsewhere")
        for tenant in (sound, broken):
            run(f'SET LOCAL search_path = "{tenant}"')
            Post.objects.create(conversation=Conversation.objects.first(), author_id=1, posted_at=timezone.now())
    for tenant, is_running in ((sound, True), (broken, False)):
        run(f'SET search_path = "{tenant}"')
        snapshot = generation.refresh()
        assert snapshot.document["totalMessages"] == Post.objects.filter(conversation__isnull=False).count()
        assert ("messages" not in snapshot.counted_live) == is_running


if __name__ == "__main__":
    main(sys.argv[1:])
