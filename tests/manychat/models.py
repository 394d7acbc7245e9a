"""Two tables of rooms and of files, five of messages: rows of different tables have the same keys."""

from django.db import models


class Unmanaged(models.Model):
    """A table that neither migrations nor `flush` know."""

    class Meta:
        abstract = True
        managed = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pk}"


class Person(Unmanaged):
    """An account."""

    is_robot = models.BooleanField(default=False)


class Hall(Unmanaged):
    """A public room, a closed one if it is not listed; or a part of another."""

    opened_at = models.DateTimeField()
    is_listed = models.BooleanField(default=True)
    is_ruin = models.BooleanField(default=False)
    part_of = models.ForeignKey("self", models.SET_NULL, null=True)


class Booth(Unmanaged):
    """A private room."""

    opened_at = models.DateTimeField()


class Topic(Unmanaged):
    """A subject of a hall, which is no room."""

    hall = models.ForeignKey(Hall, models.CASCADE)


class Sent(Unmanaged):
    """What all messages have."""

    author = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    is_pinned = models.BooleanField(default=False)

    class Meta(Unmanaged.Meta):
        abstract = True


class Speech(Sent):
    """A message in a hall, perhaps a reply, and hidden if it was deleted."""

    hall = models.ForeignKey(Hall, models.CASCADE)
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True)
    is_hidden = models.BooleanField(default=False)


class Comment(Sent):
    """A comment on a speech, which is in a hall as well, and a reply to it."""

    hall = models.ForeignKey(Hall, models.CASCADE, null=True)
    speech = models.ForeignKey(Speech, models.SET_NULL, null=True)


class Post(Sent):
    """A message on a topic: its hall is found by a path."""

    topic = models.ForeignKey(Topic, models.CASCADE)


class Whisper(Sent):
    """A message in a booth."""

    booth = models.ForeignKey(Booth, models.CASCADE)


class Letter(Sent):
    """A message from one account to another, without a room; its author may be gone."""

    recipient = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")


class Telegram(Unmanaged):
    """A message of another table between accounts who may have exchanged letters."""

    sender = models.ForeignKey(Person, models.CASCADE, related_name="+")
    receiver = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField()


class Picture(Unmanaged):
    """A file in a hall."""

    hall = models.ForeignKey(Hall, models.CASCADE)
    size = models.IntegerField()
    at = models.DateTimeField()


class Scan(Unmanaged):
    """A file in a booth."""

    booth = models.ForeignKey(Booth, models.CASCADE)
    size = models.IntegerField()
    at = models.DateTimeField()


MODELS = (Person, Hall, Booth, Topic, Speech, Comment, Post, Whisper, Letter, Telegram, Picture, Scan)
"""All tables, each after those that it refers to."""
