"""Tables with a column of every type and keys of every kind; none is managed, so neither migrations nor `flush` know them."""

from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Lower

# Not the database's default; for SQLite's, "a" equals "A".
COLLATION = "NOCASE" if connection.vendor == "sqlite" else "C"


class Row(models.Model):
    """A row with a column of every type, each of which may be NULL."""

    boolean = models.BooleanField(null=True)
    char = models.CharField(max_length=60, null=True)  # noqa: DJ001 - a host may have such columns
    text = models.TextField(null=True)  # noqa: DJ001
    slug = models.SlugField(null=True)  # noqa: DJ001
    email = models.EmailField(null=True)  # noqa: DJ001
    file = models.FileField(null=True)
    odd = models.CharField(max_length=60, null=True, db_column="select FROM")  # noqa: DJ001
    collated = models.CharField(max_length=60, null=True, db_collation=COLLATION)  # noqa: DJ001
    day = models.DateField(null=True)
    moment = models.DateTimeField(null=True)
    later = models.DateTimeField(null=True)
    clock = models.TimeField(null=True)
    span = models.DurationField(null=True)
    decimal = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    real = models.FloatField(null=True)
    small = models.SmallIntegerField(null=True)
    number = models.IntegerField(null=True)
    positive = models.PositiveIntegerField(null=True)
    big = models.BigIntegerField(null=True)
    uuid = models.UUIDField(null=True)
    blob = models.BinaryField(null=True)
    data = models.JSONField(null=True)
    address = models.GenericIPAddressField(null=True)
    twice = models.GeneratedField(expression=F("small") * 2, output_field=models.IntegerField(), db_persist=True, null=True)
    lower = models.GeneratedField(
        expression=Lower("char"), output_field=models.CharField(max_length=60), db_persist=True, null=True
    )

    class Meta:
        abstract = True
        managed = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pk}"


class Team(Row):
    """A team, with a number for a key."""


class Person(Row):
    """An account, with a text for a key."""

    id = models.CharField(primary_key=True, max_length=20)
    team = models.ForeignKey(Team, models.SET_NULL, null=True)


class Room(Row):
    """A room, with a text for a key and another, unique and perhaps NULL."""

    id = models.CharField(primary_key=True, max_length=20)
    code = models.CharField(max_length=20, unique=True, null=True)  # noqa: DJ001
    parent = models.ForeignKey("self", models.DO_NOTHING, null=True, db_constraint=False)
    team = models.ForeignKey(Team, models.SET_NULL, null=True)
    members = models.ManyToManyField(Person)


class Hall(Room):
    """A room with a table of its own besides its parent's."""

    floor = models.IntegerField(null=True)

    class Meta(Row.Meta):
        abstract = False


class Lounge(Room):
    """A proxy of the room."""

    class Meta:
        proxy = True
        default_permissions = ()


class Message(Row):
    """A message, with foreign keys to rooms: required, optional, to another key, to a hall, without a constraint."""

    room = models.ForeignKey(Room, models.CASCADE)
    other = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="others")
    coded = models.ForeignKey(Room, models.SET_NULL, null=True, to_field="code", related_name="coded")
    hall = models.ForeignKey(Hall, models.SET_NULL, null=True, related_name="halls")
    free = models.ForeignKey(Room, models.DO_NOTHING, db_constraint=False, related_name="free")
    author = models.ForeignKey(Person, models.DO_NOTHING, null=True, db_constraint=False)
    parent = models.ForeignKey("self", models.DO_NOTHING, null=True, db_constraint=False)


class Upload(Row):
    """A file of a message."""

    id = models.UUIDField(primary_key=True)
    message = models.ForeignKey(Message, models.DO_NOTHING, null=True, db_constraint=False)


MODELS = (Team, Person, Room, Hall, Message, Upload)
"""The models with tables, each after those that it refers to."""
