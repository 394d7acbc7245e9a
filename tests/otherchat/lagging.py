"""`python -m tests.otherchat.lagging`: write and count while the replica that reads come from has stopped following."""

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - models can be imported only after setup()
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.db.models import F, Sum  # noqa: E402
from django.utils import timezone  # noqa: E402

from statistics_app.accounts import tokens  # noqa: E402
from statistics_app.models import AccessToken, EventRollup  # noqa: E402
from statistics_app.snapshots import generation  # noqa: E402
from tests.otherchat.change import change  # noqa: E402
from tests.otherchat.models import Post  # noqa: E402


def on_replica(statement: str) -> None:
    """Run a statement on the replica."""
    with connections["replica"].cursor() as cursor:
        cursor.execute(statement)


def main() -> None:
    """Do what must not depend on the replica."""
    call_command("backfill_history", verbosity=0)
    call_command("roll_up_history", verbosity=0)
    on_replica("SELECT pg_wal_replay_pause()")
    try:
        user = User.objects.using("default").get(username="ada")
        token, now = tokens.issue_personal_token(user, "new"), timezone.now()
        assert AccessToken.objects.find(token, now, of_user=str(user.pk))
        tokens.remove_personal_token(user, "new")
        assert AccessToken.objects.find(token, now) is None
        before = Post.objects.using("default").count()
        change()
        first, second = generation.refresh(), generation.refresh()
        assert (first.number or 0) < (second.number or 0)
        assert generation.generate_for_slot(now)
        assert generation.generate_for_slot(now) is None
        call_command("roll_up_history", verbosity=0)
    finally:
        on_replica("SELECT pg_wal_replay_resume()")
    rows = Sum(F("number") - F("removed") + F("moved"))
    events = EventRollup.objects.using("default").filter(key__startswith="messages").aggregate(there=rows)["there"]
    assert events == Post.objects.using("default").filter(conversation__isnull=False).count()
    assert before < Post.objects.using("default").count()


if __name__ == "__main__":
    main()
