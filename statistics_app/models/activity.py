"""Who was active when: a row for each account and day (UTC), with a mask of the quarters of an hour."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connections, models


class PersonQuerySet(models.QuerySet["Person"]):
    """Look-ups of accounts, and the times of their first and last activity."""

    def of_accounts(self, accounts: Collection[str]) -> dict[str, "Person"]:
        """Return the persons of accounts by the accounts' keys; those that have none yet get one."""
        persons: dict[str, Person] = {}
        for some in _parts(sorted(accounts)):
            known = {str(person.account): person for person in self.filter(account__in=some)}
            if missing := [Person(account=account) for account in some if account not in known]:
                Person.objects.using(self.db).bulk_create(missing, ignore_conflicts=True)
                known = {str(person.account): person for person in self.filter(account__in=some)}
            persons |= known
        return persons

    def set_quarters(self, quarters: Iterable[tuple[int, int, int]]) -> None:
        """Store (person, first quarter, last quarter)."""
        with connections[self.db].cursor() as cursor:
            for some in _parts(list(quarters)):
                source, parameters = integer_rows(some, ("id", "first", "last"), cursor.db.vendor)
                cursor.execute(
                    f"UPDATE {table_of(Person)} SET first_quarter = v.first, last_quarter = v.last "
                    f"FROM ({source}) v WHERE {table_of(Person)}.id = v.id",
                    parameters,
                )


class Person(models.Model):
    """An account that was active, under a number; `account` is its key in the chat, NULL once it is forgotten.

    `type` is what the chat says of it now, NULL if it says nothing. `first_quarter` and `last_quarter` are the numbers of the
    quarters of an hour, since 1970, of the first and the last message.
    """

    id = models.AutoField(primary_key=True)
    account = models.CharField(max_length=255, unique=True, null=True)  # noqa: DJ001 - NULL is no key
    type = models.CharField(max_length=8, null=True)  # noqa: DJ001 - NULL is not known
    first_quarter = models.BigIntegerField(null=True)
    last_quarter = models.BigIntegerField(null=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["last_quarter"], name="statistics_person_last")]

    def __str__(self) -> str:
        return f"person {self.pk}"


class ActiveDayQuerySet(models.QuerySet[Any]):
    """Writes of days on which accounts were active."""

    def add(self, days: Iterable[tuple[int, int, int, int]]) -> int:
        """Add the quarters of an hour of (day, person, am, pm), and return how many rows this made or changed."""
        # PostgreSQL changes no row twice in one statement.
        merged: dict[tuple[int, int], tuple[int, int]] = {}
        for day, person, am, pm in days:
            known = merged.get((day, person), (0, 0))
            merged[day, person] = known[0] | am, known[1] | pm
        rows = sorted((*key, *masks) for key, masks in merged.items())
        changed = 0
        with connections[self.db].cursor() as cursor:
            for some in _parts(rows):
                source, parameters = integer_rows(some, ("day", "person", "am", "pm"), cursor.db.vendor)
                cursor.execute(
                    f"INSERT INTO {table_of(self.model)} AS t (day, person, am, pm) {source} "
                    "ON CONFLICT (day, person) DO UPDATE SET am = t.am | excluded.am, pm = t.pm | excluded.pm "
                    "WHERE t.am | excluded.am <> t.am OR t.pm | excluded.pm <> t.pm",
                    parameters,
                )
                changed += cursor.rowcount
        return changed


class ActiveDay(models.Model):
    """A day (UTC, by its number since 1970) on which a person was active, with its quarters of an hour; no bit is ever removed.

    Bit n of `am` stands for the quarter of an hour n of the day, bit n of `pm` for that of its second half.
    """

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


def table_of(model: type[models.Model]) -> str:
    """Return the quoted name of a model's table."""
    return f'"{model._meta.db_table}"'


def _parts(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Divide rows into as many as one statement takes: SQLite is limited in parameters, and so in the keys of a look-up."""
    return (rows[start : start + 900] for start in range(0, len(rows), 900))


def integer_rows(rows: Sequence[Sequence[int]], names: Sequence[str], vendor: str) -> tuple[str, list[Any]]:
    """Return a SELECT of rows of integers with named columns, and its parameters."""
    if vendor == "postgresql":
        columns = [list(column) for column in zip(*rows, strict=True)]
        arrays = ", ".join("%s::bigint[]" for _ in names)
        return f"SELECT {', '.join(names)} FROM unnest({arrays}) v ({', '.join(names)})", columns
    # Without a type, SQLite would not use an index to compare them with columns.
    parts = ", ".join(f"CAST(json_extract(value, '$[{n}]') AS integer) AS {name}" for n, name in enumerate(names))
    return f"SELECT {parts} FROM json_each(%s) WHERE true", [json.dumps(rows)]
