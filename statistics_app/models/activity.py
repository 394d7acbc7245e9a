"""Who was active when: a row for each account and day (UTC), with a mask of the quarters of an hour."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, ClassVar

from django.db import connections, models

from ..db.sql import INTEGER, MYSQL, POSTGRESQL, json_rows


class SubjectQuerySet(models.QuerySet[Any]):
    """Look-ups of persons or rooms by their keys in the chat, and the times of their first and last activity."""

    def of_keys(self, keys: Collection[str]) -> dict[str, Any]:
        """Return the subjects by their keys; those that have none yet get one."""
        name, subjects = self.model.key_name, dict[str, Any]()
        for some in parts(sorted(keys)):
            known = self._known(some)
            if missing := [self.model(**{name: key}) for key in some if key not in known]:
                self.model.objects.using(self.db).bulk_create(missing, ignore_conflicts=True)
                known = self._known(some)
            subjects |= known
        return subjects

    def _known(self, keys: Sequence[str]) -> dict[str, Any]:
        name = self.model.key_name
        return {str(getattr(subject, name)): subject for subject in self.filter(**{f"{name}__in": keys})}

    def store_quarters(self, subjects: Iterable["Subject"]) -> None:
        """Store the first and the last quarter of subjects, which may have none."""
        table = table_of(self.model)
        quarters = [(subject.pk, subject.first_quarter or 0, subject.last_quarter or 0) for subject in subjects]
        with connections[self.db].cursor() as cursor:
            for some in parts(quarters):
                source, parameters = integer_rows(some, ("id", "first", "last"), cursor.db.vendor)
                stored = "first_quarter = nullif(v.first, 0), last_quarter = nullif(v.last, 0)"
                is_same = f"{table}.id = v.id"
                if cursor.db.vendor == MYSQL:
                    cursor.execute(f"UPDATE {table} JOIN ({source}) v ON {is_same} SET {stored}", parameters)
                else:
                    cursor.execute(f"UPDATE {table} SET {stored} FROM ({source}) v WHERE {is_same}", parameters)


class Subject(models.Model):
    """What the history knows under a number of its own: a person or a room.

    `first_quarter` and `last_quarter` are the numbers of the quarters of an hour, since 1970, of its first and last message.
    """

    key_name: ClassVar[str]
    """The field of the key in the chat."""

    id = models.AutoField(primary_key=True)
    first_quarter = models.BigIntegerField(null=True)
    last_quarter = models.BigIntegerField(null=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()

    def extend(self, first: int, last: int) -> bool:
        """Extend the time of activity to two quarters, and return whether that changed anything."""
        if self.first_quarter is None or self.last_quarter is None:
            self.first_quarter, self.last_quarter = first, last
        elif self.first_quarter <= first and last <= self.last_quarter:
            return False
        self.first_quarter, self.last_quarter = min(self.first_quarter, first), max(self.last_quarter, last)
        return True


class Person(Subject):
    """An account that was active, under a number; `account` is its key in the chat, NULL once it is forgotten.

    `type` is what the chat says of it now, NULL if it says nothing.
    """

    key_name = "account"

    account = models.CharField(max_length=255, unique=True, null=True)  # noqa: DJ001 - NULL is no key
    type = models.CharField(max_length=8, null=True)  # noqa: DJ001 - NULL is not known

    class Meta(Subject.Meta):
        permissions = [("view_people", "Can see the names and the activity of single people")]
        indexes = [
            models.Index(fields=["last_quarter"], name="statistics_person_last"),
            models.Index(fields=["type"], name="statistics_person_type"),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"


class ActiveDayQuerySet(models.QuerySet[Any]):
    """Writes of days on which accounts were active."""

    def add(self, days: Iterable[tuple[int, ...]]) -> int:
        """Add the quarters of an hour of (key columns, am, pm), and return how many rows this made or changed."""
        # PostgreSQL changes no row twice in one statement.
        merged: dict[tuple[int, ...], tuple[int, int]] = {}
        for *key, am, pm in days:
            known = merged.get(tuple(key), (0, 0))
            merged[tuple(key)] = known[0] | am, known[1] | pm
        rows = sorted((*key, *masks) for key, masks in merged.items())
        changed = 0
        with connections[self.db].cursor() as cursor:
            for some in parts(rows):
                source, parameters = integer_rows(some, (*self.model.key_columns, "am", "pm"), cursor.db.vendor)
                changed += self._merge(cursor, source, parameters)
        return changed

    def _merge(self, cursor: Any, source: str, parameters: list[Any]) -> int:
        table, keys = table_of(self.model), ", ".join(self.model.key_columns)
        if cursor.db.vendor != MYSQL:
            cursor.execute(
                f"INSERT INTO {table} AS t ({keys}, am, pm) {source} "
                f"ON CONFLICT ({keys}) DO UPDATE SET am = t.am | excluded.am, pm = t.pm | excluded.pm "
                "WHERE t.am | excluded.am <> t.am OR t.pm | excluded.pm <> t.pm",
                parameters,
            )
            return int(cursor.rowcount)
        # MySQL tells how many rows were found, not how many were changed.
        is_new = "t.am IS NULL OR t.am | v.am <> t.am OR t.pm | v.pm <> t.pm"
        cursor.execute(f"SELECT count(*) FROM ({source}) v LEFT JOIN {table} t USING ({keys}) WHERE {is_new}", parameters)
        [changed] = cursor.fetchone()
        cursor.execute(
            f"INSERT INTO {table} ({keys}, am, pm) SELECT v.* FROM ({source}) v "
            f"ON DUPLICATE KEY UPDATE am = {table}.am | VALUES(am), pm = {table}.pm | VALUES(pm)",
            parameters,
        )
        return int(changed)


class ActiveDay(models.Model):
    """A day (UTC, by its number since 1970) on which a person was active, with its quarters of an hour; no bit is ever removed.

    Bit n of `am` stands for the quarter of an hour n of the day, bit n of `pm` for that of its second half.
    """

    key_columns: ClassVar[tuple[str, ...]] = ("day", "person")

    pk = models.CompositePrimaryKey("day", "person")
    day = models.IntegerField()
    person = models.IntegerField()
    am = models.BigIntegerField()
    pm = models.BigIntegerField()

    objects = ActiveDayQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"person {self.person}, day {self.day}"


class WrittenDay(ActiveDay):
    """A day on which a person wrote messages."""


class SeenDay(ActiveDay):
    """A day on which a person read a room or signed in, as far as the chat still knew when it was asked."""


class RecentPeople(models.Model):
    """How many people were active in the days before midnight of a day (UTC, by its number since 1970), for monitors.

    `activity` and `days` say in which way, and in how many days. `past` is that of the coverage when they were counted.
    """

    pk = models.CompositePrimaryKey("activity", "days")
    activity = models.CharField(max_length=8)
    days = models.PositiveSmallIntegerField()
    until = models.IntegerField()
    number = models.PositiveIntegerField()
    past = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} people who {self.activity} in {self.days} days"


def table_of(model: type[models.Model]) -> str:
    """Return the name of a model's table."""
    return model._meta.db_table


def parts(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Divide rows into as many as one statement takes: SQLite is limited in parameters, and so in the keys of a look-up."""
    return (rows[start : start + 900] for start in range(0, len(rows), 900))


def integer_rows(rows: Sequence[Sequence[int]], names: Sequence[str], vendor: str) -> tuple[str, list[Any]]:
    """Return a SELECT of rows of integers with named columns, and its parameters."""
    if vendor == POSTGRESQL:
        columns = [list(column) for column in zip(*rows, strict=True)]
        arrays = ", ".join("%s::bigint[]" for _ in names)
        return f"SELECT {', '.join(names)} FROM unnest({arrays}) v ({', '.join(names)})", columns
    return json_rows(vendor, dict.fromkeys(names, INTEGER)), [json.dumps(rows)]
