"""What a host's source answers in its own way is used everywhere, and no trigger counts what nobody reads."""

from collections.abc import Iterator
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.models import EventRollup
from statistics_app.models.activity import WrittenDay
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statistics_app.sources.active_days import AccountDay
from statistics_app.sources.base import RoomKind, Tally
from statistics_app.sources.event_kinds import EventCount
from statistics_app.sources.loading import chat_source
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.quarters import QUARTER
from statistics_app.tallies.declared import TallySet, clear_declared_tallies, declared_tallies
from statistics_app.tallies.source import tallied_source
from statsproject.chat.statistics_source import WorkspaceSource
from tests.factories import make_messages, make_room

from .sql import value

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

NOON = datetime.fromisoformat("2026-03-02T12:00:00+00:00")


class OwnEvents(WorkspaceSource):
    """A host that knows its events by itself, as from an archive."""

    def first_event(self) -> datetime:
        return NOON

    def events(self, since: datetime, until: datetime) -> Iterator[EventCount]:
        if since <= NOON < until:
            yield EventCount("messages:c", NOON, 500)


class OwnAuthors(WorkspaceSource):
    """A host that knows by itself who wrote."""

    def active_accounts(self, since: datetime, until: datetime) -> Iterator[AccountDay]:
        if since <= NOON < until:
            yield AccountDay("the archive's author", 20514, 1, 0)


class OwnTeams(WorkspaceSource):
    """A host that counts its teams by itself; only they read the table of teams."""

    def teams(self) -> Tally:
        return Tally(7, 70)


class MoreRooms(WorkspaceSource):
    """A host that adds to what is counted."""

    def rooms(self) -> dict[RoomKind, int]:
        counted = super().rooms()
        return {**counted, RoomKind.LIVECHAT: counted[RoomKind.LIVECHAT] + 100}


def use(settings: Settings, source: type[MappedSource]) -> TallySet:
    """Configure another source, and install what it declares."""
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{source.__module__}.{source.__name__}"}
    clear_declared_tallies()
    call_command("migrate", verbosity=0)
    return declared_tallies(source(timezone.now()))


def roll_up() -> None:
    source, now = chat_source(timezone.now()), timezone.now()
    roll_up_events(source, now)
    backfill_history(source, now)


def test_overridden_events_are_the_history(tallies: TallySet, settings: Settings) -> None:
    make_messages(make_room("c"), 3, sent_at=NOON)
    use(settings, OwnEvents)
    roll_up()
    rows = EventRollup.objects.filter(key__startswith="messages")
    assert [(row.key, row.quarter, row.number) for row in rows] == [("messages:c", NOON, 500)]
    make_messages(make_room("c"), 3, sent_at=NOON + QUARTER)
    roll_up()
    assert sum(row.number for row in EventRollup.objects.filter(key__startswith="messages")) == 500


def test_what_triggers_record_for_a_history_of_its_own_does_not_pile_up(tallies: TallySet, settings: Settings) -> None:
    counts = use(settings, OwnEvents)
    make_messages(make_room("c"), 3, sent_at=NOON)
    roll_up()
    assert value(f"SELECT count(*) FROM {counts.messages.changes}") == 0


def test_overridden_authors_are_the_active_people(tallies: TallySet, settings: Settings) -> None:
    use(settings, OwnAuthors)
    make_messages(make_room("c"), 3, sent_at=NOON)
    roll_up()
    assert [(day.day, day.am) for day in WrittenDay.objects.all()] == [(20514, 1)]


def test_a_count_that_nothing_reads_has_no_triggers(tallies: TallySet, settings: Settings) -> None:
    counts = use(settings, OwnTeams)
    assert counts.of("teams") is None
    assert counts.unread == {"teams": "OwnTeams overrides what would read it: teams."}
    assert {definition.name for definition in counts.definitions} == {"users", "rooms", "messages", "uploads"}
    taken = generation.generate(Origin.COMMAND)
    assert 7 in taken.document["teams"].values()


def test_an_override_may_add_to_what_triggers_count(tallies: TallySet, settings: Settings) -> None:
    use(settings, MoreRooms)
    make_room("l")
    source = tallied_source(timezone.now())
    assert source.rooms()[RoomKind.LIVECHAT] == 101
    assert "rooms" in source.ready


def test_the_status_tells_what_is_read_how(tallies: TallySet, settings: Settings) -> None:
    use(settings, OwnTeams)
    output = StringIO()
    call_command("tallies", "status", stdout=output)
    assert "rooms: running since" in output.getvalue()
    assert "teams: not counted by triggers. OwnTeams overrides what would read it: teams." in output.getvalue()
    assert "answered by the source's own methods: teams" in output.getvalue()
