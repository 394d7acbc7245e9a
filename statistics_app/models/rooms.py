"""How much was written in each room, and by whom: a row for each room and day (UTC), and for each author in it."""

import json
from collections import Counter
from collections.abc import Sequence

from django.db import connections, models

from ..db.sql import INTEGER, POSTGRESQL, TEXT, json_rows, replacing
from .active_query import PER_DAY
from .activity import ActiveDay, Subject, parts, table_of


class Room(Subject):
    """A room that had messages or files, under a number; `key` is its key in the chat, where its kind and name are looked up.

    `files` and `bytes` are the number and the size of its files when the coverage says that files were counted last.
    """

    key_name = "key"

    key = models.CharField(max_length=255, unique=True)
    files = models.PositiveIntegerField(default=0, db_default=0)
    bytes = models.BigIntegerField(default=0, db_default=0)

    class Meta(Subject.Meta):
        permissions = [("view_room_names", "Can see the names of rooms that are not public")]
        indexes = [
            models.Index(fields=["last_quarter"], name="statistics_room_last"),
            models.Index(fields=["bytes"], name="statistics_room_bytes", condition=models.Q(files__gt=0)),
        ]

    def __str__(self) -> str:
        return f"room {self.pk}"


class RoomDayQuerySet(models.QuerySet["RoomDay"]):
    """Writes of days of rooms, and sums of messages by room."""

    def store(self, rows: Sequence["RoomDay"]) -> None:
        """Insert or replace rows, faster than Django makes statements for as many as a back-fill has."""
        with connections[self.db].cursor() as cursor:
            vendor = cursor.db.vendor
            values = _UNNEST if vendor == POSTGRESQL else json_rows(vendor, _COLUMNS)
            for some in parts(rows):
                stored = [(row.day, row.room, row.number, json.dumps(row.quarters)) for row in some]
                columns = [list(column) for column in zip(*stored, strict=True)]
                cursor.execute(
                    f"INSERT INTO {table_of(self.model)} (day, room, number, quarters) {values} "
                    f"{replacing(vendor, ('day', 'room'), ('number', 'quarters'))}",
                    columns if vendor == POSTGRESQL else [json.dumps(stored)],
                )

    def sent(self, first: int, end: int) -> Counter[int]:
        """Return how many messages were sent in each room from one quarter of an hour until another, given by their numbers."""
        numbers: Counter[int] = Counter()
        whole = range(-(-first // PER_DAY), end // PER_DAY)
        days = self.filter(day__gte=whole.start, day__lt=whole.stop).order_by().values_list("room")
        numbers.update(dict(days.annotate(sent=models.Sum("number"))))
        for row in self.filter(day__in={day for day in (first // PER_DAY, (end - 1) // PER_DAY) if day not in whole}):
            start = row.day * PER_DAY
            numbers[row.room] += sum(sent for part, (sent, _) in row.quarters.items() if first <= start + int(part) < end)
        return numbers


# The values of rows: of an array for each column, or of one JSON array.
_UNNEST = "SELECT * FROM unnest(%s::integer[], %s::integer[], %s::bigint[], %s::jsonb[])"
_COLUMNS = {"day": INTEGER, "room": INTEGER, "number": INTEGER, "quarters": TEXT}


class RoomDay(models.Model):
    """The messages of a room on a day (UTC, by its number since 1970).

    `quarters` has, for each quarter of an hour of the day with messages, by its number as a text, how many were sent in it and
    how many of these were removed since. `number` is the sum of what was sent, which never falls because rows are removed.
    """

    pk = models.CompositePrimaryKey("day", "room")
    day = models.IntegerField()
    room = models.IntegerField()
    number = models.BigIntegerField(default=0)
    quarters = models.JSONField(default=dict)

    objects = RoomDayQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"room {self.room}, day {self.day}"

    def add(self, quarter: int, number: int = 0, removed: int = 0) -> None:
        """Add to a quarter of an hour of the day."""
        sent, gone = self.in_quarter(quarter)
        self.quarters[str(quarter)] = [sent + number, gone + removed]
        self.number += number

    @property
    def quarters_with_messages(self) -> list[int]:
        """The numbers since 1970 of the quarters of an hour of the day in which messages were sent."""
        return [self.day * PER_DAY + int(part) for part, (sent, _) in self.quarters.items() if sent > 0]

    def has_lost(self, quarter: int | None) -> bool:
        """Return whether a quarter of an hour, by its number since 1970, is one of this day in which no message was sent."""
        return quarter is not None and quarter // PER_DAY == self.day and quarter not in self.quarters_with_messages

    def in_quarter(self, quarter: int) -> tuple[int, int]:
        """Return how many messages were sent in a quarter of an hour of the day, and how many of them were removed since."""
        sent, removed = self.quarters.get(str(quarter), (0, 0))
        return sent, removed


class RoomAuthorDay(ActiveDay):
    """A day on which a person wrote in a room."""

    key_columns = ("room", "day", "person")

    pk = models.CompositePrimaryKey("room", "day", "person")
    room = models.IntegerField()

    class Meta(ActiveDay.Meta):
        pass

    def __str__(self) -> str:
        return f"person {self.person} in room {self.room}, day {self.day}"
