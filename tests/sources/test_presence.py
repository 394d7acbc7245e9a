"""Presence that is not a column: a time since which accounts were seen, in any table, and a function of the host's."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from statistics_app.checks import check_source
from statistics_app.exceptions import NotAnswered
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statistics_app.sources.base import Presence, UserType
from statistics_app.sources.declared_presence import Asked, Since
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.presence import GroupsWithoutPresence, present_rows
from statistics_app.sources.tables import UserTable
from statistics_app.tallies.plan import Count
from statistics_app.tallies.source import TalliedSource
from statistics_app.testing.running_counts import installed
from statsproject.chat.models import User
from statsproject.chat.statistics_source import WorkspaceSource
from tests.testing.workspace import WorkspaceContract

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

NOW = timezone.now()
SEEN = {Presence.ONLINE: Since("last_login", minutes=5), Presence.AWAY: Since("last_login", minutes=30)}


def source_with(presence: Any, **changes: Any) -> type[MappedSource]:
    """Return this project's source with another declaration of presence."""
    table = replace(WorkspaceSource.user_table, presence=presence, **changes)
    return type("PresenceSource", (WorkspaceSource,), {"user_table": table})


def make_users(*minutes: float | None, **columns: Any) -> list[User]:
    """Create accounts that logged in so many minutes ago, or never."""
    logins = [None if ago is None else NOW - timedelta(minutes=ago) for ago in minutes]
    return [User.objects.create(username=f"u{User.objects.count()}", last_login=login, **columns) for login in logins]


def presences(source: Any) -> Counter[Any]:
    """Count the accounts by activity, presence and type."""
    return Counter({(group.active, group.presence, group.type): group.count for group in source.users()})


class SeenContract(WorkspaceContract):
    """The contract of presence by a time; the accounts that are not there joined days ago."""

    source = source_with(
        {Presence.ONLINE: Since("date_joined", minutes=60), Presence.AWAY: Since("date_joined", minutes=180)}, created_at=None
    )
    presences = (Presence.ONLINE, Presence.AWAY, Presence.OFFLINE)

    def build_user(self, user: Any) -> User:
        built = super().build_user(user)
        ago = {Presence.ONLINE: timedelta(0), Presence.AWAY: timedelta(minutes=90)}.get(user.presence, timedelta(days=9))
        built.date_joined = timezone.now() - ago
        return built


def test_accounts_seen_in_the_last_minutes_are_there() -> None:
    make_users(1, 4, 20, 90, None)
    make_users(2, is_active=False, type=UserType.BOT)
    expected = {
        (True, Presence.ONLINE, UserType.USER): 2,
        (True, Presence.AWAY, UserType.USER): 1,
        (True, Presence.OFFLINE, UserType.USER): 2,
        (False, Presence.ONLINE, UserType.BOT): 1,
    }
    assert presences(source_with(SEEN)(NOW)) == expected
    assert presences(source_with(SEEN)(NOW + timedelta(minutes=2))) == {
        **expected,
        (True, Presence.ONLINE, UserType.USER): 1,
        (True, Presence.AWAY, UserType.USER): 2,
    }


def test_the_time_of_the_snapshot_decides_and_not_a_write() -> None:
    make_users(1)
    later = source_with(SEEN)(NOW + timedelta(hours=1))
    assert presences(later) == {(True, Presence.OFFLINE, UserType.USER): 1}


@pytest.mark.not_mariadb
def test_the_index_finds_who_is_there() -> None:
    rows = present_rows(source_with(SEEN).user_table, "default", NOW)  # type: ignore[arg-type]
    if connection.vendor == "sqlite":
        assert "chat_user_last_login" in rows.explain()
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            plan = rows.explain()
        assert "chat_user_last_login" in plan


@pytest.mark.needs_triggers
def test_accounts_are_still_counted_by_triggers(tallies: Any) -> None:
    source = source_with(SEEN)
    with installed(source):
        make_users(1, 20, 90)
        tallied = TalliedSource(source(NOW))
        assert Count.USERS in tallied.ready
        assert presences(tallied) == presences(source(NOW)) != {}
        assert {presence for _, presence, _ in presences(tallied)} == {Presence.ONLINE, Presence.AWAY, Presence.OFFLINE}


def test_a_condition_and_a_time_can_be_combined() -> None:
    make_users(1, 90, presence="busy")
    make_users(1, 90)
    found = presences(source_with({Presence.BUSY: Q(presence="busy"), Presence.ONLINE: Since("last_login", minutes=5)})(NOW))
    assert {presence: number for (_, presence, _), number in found.items()} == {
        Presence.BUSY: 2,
        Presence.ONLINE: 1,
        Presence.OFFLINE: 1,
    }


def test_the_rest_can_be_away() -> None:
    make_users(1, 90, None)
    found = presences(source_with({Presence.ONLINE: Since("last_login", minutes=5), Presence.AWAY: Q()})(NOW))
    assert {presence: number for (_, presence, _), number in found.items()} == {Presence.ONLINE: 1, Presence.AWAY: 2}


@pytest.mark.not_mariadb
def test_a_time_can_be_in_another_table(anychat: None) -> None:
    from tests.anychat.models import Person, Team

    recent, old = (Team.objects.create(moment=NOW - timedelta(minutes=ago)) for ago in (1, 90))
    for number, team in enumerate([recent, recent, old, None]):
        Person.objects.create(pk=str(number), team=team)
    table = UserTable(model="anychat.Person", presence={Presence.ONLINE: Since("team__moment", minutes=5)})
    source = type("PathSource", (MappedSource,), {"user_table": table})
    assert source.check() == []
    assert presences(source(NOW)) == {(True, Presence.ONLINE, None): 2, (True, Presence.OFFLINE, None): 2}
    [warning] = check_presence(source)
    assert warning.id == "statistics_app.W006"
    assert 'models.Index(fields=["moment"]) to the Meta.indexes of anychat.Team' in (warning.hint or "")


def check_presence(source: type[MappedSource]) -> list[Any]:
    """Return the messages of the system check about presence."""
    from statistics_app.sources.presence_checks import presence_messages

    return list(presence_messages(source))


def test_a_column_without_an_index_is_reported_and_one_with_an_index_is_not(settings: Settings) -> None:
    assert check_presence(source_with(SEEN)) == []
    [warning] = check_presence(source_with({Presence.ONLINE: Since("date_joined", minutes=5)}))
    assert (warning.id, "'date_joined' has no index" in warning.msg) == ("statistics_app.W006", True)
    [error] = check_presence(source_with({Presence.ONLINE: Since("username", minutes=5)}))
    assert (error.id, "a DateTimeField is needed" in error.msg) == ("statistics_app.E003", True)
    [unknown] = check_presence(source_with(Asked(dict, key="nothing")))
    assert unknown.id == "statistics_app.E003"
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{__name__}.UnindexedSource"}
    assert [message.id for message in check_source()] == ["statistics_app.W006"]


UnindexedSource = source_with({Presence.ONLINE: Since("date_joined", minutes=5)})


def test_a_time_is_needed() -> None:
    with pytest.raises(ValueError, match="minutes=5"):
        Since("last_login")


def in_the_cache() -> Any:
    """Return who is there, as the host keeps it in its cache."""
    return {presence: cache.get(f"presence-{presence}", []) for presence in (Presence.BUSY, Presence.ONLINE)}


def test_a_function_knows_who_is_there(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    users = make_users(*[None] * 2000)
    cache.set("presence-online", [user.pk for user in users[:1500]] + ["nobody"])
    cache.set("presence-busy", [users[0].pk, users[0].pk, users[1999].pk])
    with django_assert_max_num_queries(5):
        found = presences(source_with(Asked(in_the_cache))(NOW))
    assert {presence: number for (_, presence, _), number in found.items()} == {
        Presence.BUSY: 2,
        Presence.ONLINE: 1499,
        Presence.OFFLINE: 499,
    }


def test_the_keys_can_be_those_of_another_column() -> None:
    make_users(None, None)
    found = presences(source_with(Asked(lambda: {Presence.AWAY: ["u0"]}, key="username"))(NOW))
    assert {presence: number for (_, presence, _), number in found.items()} == {Presence.AWAY: 1, Presence.OFFLINE: 1}


def failing() -> Any:
    """Fail as a cache does that cannot be reached."""
    raise ConnectionError("no cache")


def unanswered() -> Any:
    """Say why nobody knows."""
    raise NotAnswered("The cache is being moved.")


def endless() -> Iterator[int]:
    """Yield keys without an end."""
    number = 0
    while True:
        yield number
        number += 1


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Asked(failing), "Who is there is not known: ConnectionError, see the log for details."),
        (Asked(unanswered), "The cache is being moved."),
        (Asked(lambda: {Presence.ONLINE: endless()}, most=50), "More than 50 accounts were said to be there."),
        (Asked(lambda: {"somewhere": []}), "Who is there is not known: ValueError, see the log for details."),
        (Asked(lambda: None), "Who is there is not known: AttributeError, see the log for details."),
    ],
    ids=["error", "not answered", "too many", "no presence", "nothing"],
)
def test_what_is_not_known_has_a_reason_and_the_accounts_are_counted(asked: Asked, reason: str) -> None:
    make_users(1, 2)
    groups = source_with(asked)(NOW).users()
    assert isinstance(groups, GroupsWithoutPresence)
    assert (groups.reason, sum(group.count for group in groups)) == (reason, 2)


def test_a_function_that_hangs_is_abandoned_and_not_called_again_meanwhile() -> None:
    released, calls = threading.Event(), []

    def hanging() -> Any:
        calls.append(1)
        released.wait(60)
        return {}

    source = source_with(Asked(hanging, seconds=0.05))(NOW)
    reasons = [source.users().reason for _ in range(2)]  # type: ignore[attr-defined]
    released.set()
    assert reasons == [
        "Who is there was not answered within 0.05 s.",
        "Who is there was asked before, and is still not answered.",
    ]
    assert len(calls) == 1


FailingSource = source_with(Asked(failing))


def test_a_snapshot_has_all_but_the_presence(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{__name__}.FailingSource"}
    make_users(1, 2)
    snapshot = generation.generate(Origin.COMMAND)
    assert (snapshot.document["totalUsers"], snapshot.document["onlineUsers"]) == (2, None)
    assert snapshot.problems["onlineUsers"].startswith("Who is there is not known: ConnectionError")
    assert "totalUsers" not in snapshot.problems


class TestSeen(SeenContract):
    """Presence by a time is exact whatever is written, with running counts as well."""
