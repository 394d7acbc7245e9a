"""The files of rooms: counted by the roll-up, at most once an hour."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from statistics_app.history.event_rollup import roll_up_events
from statistics_app.models import EventCoverage
from statistics_app.models import Room as KnownRoom
from statistics_app.sources.base import RoomFiles
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Room, Upload
from statsproject.chat.statistics_source import WorkspaceSource
from tests.factories import make_messages, make_room

from .test_rooms import backfill, shown

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


class NoRoomsOfFiles(WorkspaceSource):
    """The source of the chat, which does not tell in which room files are."""

    assert WorkspaceSource.upload_table is not None
    upload_table = replace(WorkspaceSource.upload_table, room=None)


def roll_up_after(**time: float) -> None:
    now = timezone.now() + timedelta(**time)
    roll_up_events(chat_source(now), now)


def files() -> list[tuple[str, int | None, int | None]]:
    now = timezone.now()
    rooms = shown(now - timedelta(days=30), now + timedelta(days=1)).largest(0, 10, with_names=True)
    return [(room.title, room.files, room.bytes) for room in rooms]


@pytest.fixture(autouse=True)
def rooms() -> list[Room]:
    """Two rooms with files, one with messages only, and one that does not count."""
    kinds = {"general": "c", "plans": "p", "quiet": "c", "odd": "x"}
    general, plans, quiet, odd = (make_room(kind, name=name) for name, kind in kinds.items())
    make_messages(general, 3, sent_at=timezone.now() - timedelta(hours=1))
    make_messages(quiet, 2, sent_at=timezone.now() - timedelta(hours=1))
    for room, sizes in ((general, (100, 200)), (plans, (5_000,)), (odd, (7,)), (None, (8,))):
        for size in sizes:
            Upload.objects.create(room=room, size=size)
    return [general, plans]


def test_rooms_are_listed_by_the_size_of_their_files(rooms: list[Room]) -> None:
    backfill()
    assert files() == [("plans", 1, 5_000), ("general", 2, 300)]
    busy = shown(timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)).busiest(0, 10, with_names=True)
    assert [(room.title, room.files, room.bytes) for room in busy] == [("general", 2, 300), ("quiet", 0, 0)]


def test_they_are_counted_again_after_an_hour_and_only_then(rooms: list[Room]) -> None:
    backfill()
    first = EventCoverage.objects.get().files_at
    Upload.objects.filter(room=rooms[1]).delete()
    Upload.objects.create(room=rooms[0], size=50)
    roll_up_after(minutes=59)
    assert files() == [("plans", 1, 5_000), ("general", 2, 300)]
    assert EventCoverage.objects.get().files_at == first
    roll_up_after(minutes=61)
    assert files() == [("general", 3, 350)]


def test_a_count_that_finds_the_same_writes_no_room(rooms: list[Room]) -> None:
    backfill()
    with CaptureQueriesContext(connection) as queries:
        roll_up_after(minutes=61)
    assert not [query for query in queries if 'UPDATE "statistics_app_room"' in query["sql"]]


def test_a_room_that_is_gone_keeps_no_files(rooms: list[Room]) -> None:
    backfill()
    rooms[0].delete()
    roll_up_after(minutes=61)
    assert files() == [("plans", 1, 5_000)]


def test_without_rooms_of_files_nothing_is_known(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": "tests.history.test_room_files.NoRoomsOfFiles"}
    backfill()
    now = timezone.now()
    rooms = shown(now - timedelta(days=1), now + timedelta(days=1))
    assert rooms.files_at is None
    assert rooms.largest(0, 10, with_names=True) == []
    assert {(room.files, room.bytes) for room in rooms.busiest(0, 10, with_names=True)} == {(None, None)}


@contextmanager
def few_parameters() -> Iterator[None]:
    """Let statements have as few parameters as in the oldest versions of SQLite."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    usual = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)
    try:
        yield
    finally:
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, usual)


class ManyRoomsOfFiles(WorkspaceSource):
    """A source with more rooms with files than SQLite takes parameters, of which the last one changes."""

    size = 10

    def room_files(self) -> Iterator[RoomFiles]:
        """Return as many rooms as there are, each with a file."""
        return (RoomFiles(f"room-{n}", 1, self.size if n == 0 else 10) for n in range(2_500))


def test_many_rooms_have_files(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{__name__}.ManyRoomsOfFiles"}
    with few_parameters():
        roll_up_after()
        monkeypatch.setattr(ManyRoomsOfFiles, "size", 30)
        roll_up_after(hours=2)
    rooms = KnownRoom.objects.filter(files=1)
    assert (rooms.count(), rooms.filter(bytes=30).count()) == (2_500, 1)
