"""`python -m tests.otherchat.everything`: use what the app can do, and compare its numbers with plain counts."""

from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402 - models can be imported only after setup()
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import F, Sum  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from statistics_app.accounts import tokens  # noqa: E402
from statistics_app.models import AccessToken, EventRollup, GaugeRollup, Instance, Snapshot, TallyAudit  # noqa: E402
from statistics_app.models.snapshot import Counting, Origin  # noqa: E402
from statistics_app.probes.heartbeat import Heartbeat, count_instances  # noqa: E402
from statistics_app.snapshots import generation  # noqa: E402
from statistics_app.tallies.folding import fold  # noqa: E402
from statistics_app.tallies.source import tallied_source  # noqa: E402
from tests.otherchat.change import change  # noqa: E402
from tests.otherchat.models import Conversation, Post  # noqa: E402


def compare(snapshot: Snapshot) -> None:
    """Compare a snapshot with plain counts."""
    document = snapshot.document
    assert document["totalMessages"] == Post.objects.filter(conversation__isnull=False).count()
    assert document["totalRooms"] == Conversation.objects.count()
    assert document["totalThreads"] == Post.objects.exclude(reply_to=None).values("reply_to").distinct().count()
    assert snapshot.counting == Counting.MIXED, snapshot.counted_live
    assert set(snapshot.counted_live) == {"users", "uploads"}
    assert document["migration"]["locked"] is False


def take_snapshots() -> None:
    """Take snapshots before and after the chat changes, folded and not."""
    compare(generation.generate(Origin.COMMAND))
    change()
    first = generation.refresh()
    compare(first)
    change()
    fold(tallied_source(timezone.now()).tallies)
    second = generation.refresh()
    compare(second)
    assert (second.number or 0) > (first.number or 0)
    now = timezone.now()
    assert generation.generate_for_slot(now)
    assert generation.generate_for_slot(now) is None


def roll_up() -> None:
    """Roll up, back-fill and rebuild, and compare the events with plain counts."""
    for command in ("roll_up_history", "backfill_history", "rebuild_rollups", "prune_statistics"):
        call_command(command, verbosity=0)
        assert GaugeRollup.objects.exists()
    change()
    call_command("roll_up_history", verbosity=0)
    rows = Sum(F("number") - F("removed") + F("moved"))
    events = EventRollup.objects.filter(key__startswith="messages").aggregate(there=rows)["there"]
    assert events == Post.objects.filter(conversation__isnull=False).count()


def use_tokens() -> None:
    """Issue, find, regenerate and remove tokens, and delete a user."""
    user = User.objects.create_user("short-lived")
    now = timezone.now()
    with transaction.atomic():
        token = tokens.issue_personal_token(user, "one")
    found = AccessToken.objects.find(token, now, of_user=str(user.pk))
    assert found is not None
    assert found.user == user
    found.record_use(now)
    renewed = tokens.regenerate_personal_token(user, "one")
    assert AccessToken.objects.find(token, now) is None
    assert AccessToken.objects.find(renewed, now)
    tokens.remove_personal_token(user, "one")
    assert AccessToken.objects.find(renewed, now) is None
    for _ in range(settings.STATISTICS.get("LOGIN_TOKENS_PER_USER", 50) + 1):
        login = tokens.issue_login_token(user)
    assert tokens.purge_expired_tokens(now + timedelta(days=40000)) == settings.STATISTICS.get("LOGIN_TOKENS_PER_USER", 50)
    login = tokens.issue_login_token(user)
    user.delete()
    assert AccessToken.objects.find(login, now) is None
    assert not AccessToken.objects.exists()


def beat() -> None:
    """Send the heartbeat of one process."""
    Instance.objects.all().beat("here", host="here", pid=1, responses={})
    assert count_instances() == 1
    Heartbeat().stop()
    Instance.objects.all().delete()


def use_pages() -> None:
    """Get the admin's lists, the pages and the API."""
    root = User.objects.create_superuser("root")
    token = tokens.issue_personal_token(root, "of root")
    client = Client()
    client.force_login(root)
    admin = [f"/admin/statistics_app/{name}/" for name in ("snapshot", "accesstoken", "accesstoken/?q=root", "tallyaudit")]
    for path in (*admin, "/inside/numbers/", "/inside/numbers/tokens/", "/inside/numbers/history/", "/admin/auth/user/"):
        assert client.get(path).status_code == 200, path
    assert "root" in client.get("/admin/statistics_app/accesstoken/").content.decode()
    assert client.post(f"/admin/auth/user/{root.pk}/delete/").status_code == 200
    headers = {"X-User-Id": str(root.pk), "X-Auth-Token": token}
    for path in ("statistics", "statistics?refresh=true", "statistics.list", "me"):
        assert client.get(f"/chat-api/v1/{path}", headers=headers).status_code == 200, path
    call_command("export_statistics", verbosity=0, output="exported")


def main() -> None:
    """Do all of it."""
    take_snapshots()
    roll_up()
    use_tokens()
    beat()
    call_command("audit_tallies")
    assert TallyAudit.objects.get().differences == 0
    call_command("check", databases=list(settings.DATABASES))
    call_command("tallies", "status")
    use_pages()


if __name__ == "__main__":
    main()
