"""Random rows and writes of the chat of several tables, and its numbers counted in Python."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Model

from statistics_app.sources.base import RoomKind, RoomUse, Tally

from .models import MODELS, Booth, Comment, Hall, Letter, Person, Picture, Post, Scan, Speech, Telegram, Topic, Whisper

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SENT = (Speech, Comment, Post, Whisper, Letter, Telegram)


def create_tables() -> None:
    """Create the tables."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)


def drop_tables() -> None:
    """Drop the tables."""
    with connection.schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


class Chat:
    """A chat with random rows, and random writes of them."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        for model, number in ((Person, 5), (Hall, 4), (Booth, 4), (Topic, 4)):
            for _ in range(number):
                self.add(model)
        for _ in range(40):
            self.add(self.rng.choice(SENT))
        for _ in range(5):
            self.add(self.rng.choice((Picture, Scan)))

    def act(self) -> str:
        """Perform one random write, and return its name."""
        operation: Callable[[], Any] = self.rng.choice(
            [self.send, self.send, self.send, self.change, self.change, self.delete, self.delete_room, self.change_room]
            if self.rng.random() < 0.9
            else [self.roll_back]
        )
        operation()
        return operation.__name__

    def add(self, model: type[Model]) -> Model:
        """Add a row of a table."""
        return model._base_manager.create(**self.values(model))

    def send(self) -> None:
        """Add a few rows of any tables."""
        for _ in range(self.rng.randrange(1, 5)):
            self.add(self.rng.choice((*SENT, *SENT, Picture, Scan, Hall, Booth, Topic)))

    def change(self) -> None:
        """Change some of the columns of a few rows."""
        model = self.rng.choice((*SENT, Picture, Scan, Topic))
        values = self.values(model)
        some = self.rng.sample(sorted(values), min(2, len(values)))
        self.few(model).update(**{name: values[name] for name in some})

    def delete(self) -> None:
        """Delete a few rows."""
        self.few(self.rng.choice((*SENT, Picture, Scan))).delete()

    def delete_room(self) -> None:
        """Delete one room with all that is in it."""
        model = self.rng.choice((Hall, Booth))
        if model._base_manager.count() > 1:
            model._base_manager.filter(pk=self.key_of(model)).delete()

    def change_room(self) -> None:
        """Change one hall."""
        Hall.objects.filter(pk=self.key_of(Hall)).update(**self.values(Hall))

    def roll_back(self) -> None:
        """Write, and take it back."""
        with transaction.atomic():
            self.send()
            transaction.set_rollback(True)

    def few(self, model: type[Model]) -> Any:
        """Return a few rows."""
        keys = sorted(model._base_manager.values_list("pk", flat=True))
        return model._base_manager.filter(pk__in=self.rng.sample(keys, min(len(keys), self.rng.randrange(1, 5))))

    def key_of(self, model: type[Model]) -> Any:
        """Return the key of any row; None without one."""
        keys = sorted(model._base_manager.values_list("pk", flat=True))
        return self.rng.choice(keys) if keys else None

    def values(self, model: type[Model]) -> dict[str, Any]:
        """Return random values for the columns of a table."""
        values: dict[str, Any] = {}
        for field in model._meta.concrete_fields:
            if field.primary_key:
                continue
            if field.related_model:
                key = self.key_of(field.related_model)  # type: ignore[arg-type]
                values[field.attname] = None if field.null and self.rng.random() < 0.3 else key
            elif field.get_internal_type() == "DateTimeField":
                values[field.name] = NOON + timedelta(minutes=self.rng.randrange(3000))
            else:
                is_flag = field.get_internal_type() == "BooleanField"
                values[field.name] = self.rng.random() < 0.3 if is_flag else self.rng.randrange(100)
        return values


class Message(NamedTuple):
    """A message that counts: the key and the kind of its room, its author, time, pin and the speech that it replies to."""

    room: str
    kind: RoomKind
    author: int | None
    at: datetime
    is_pinned: bool = False
    root: int | None = None
    in_discussion: bool = False


def messages() -> Iterator[Message]:
    """Yield the messages that count."""
    halls = {hall.pk: hall for hall in Hall.objects.filter(is_ruin=False)}
    in_halls = [
        *((speech, speech.hall_id, speech.reply_to_id, speech.is_pinned) for speech in Speech.objects.filter(is_hidden=False)),
        *((comment, comment.hall_id, comment.speech_id, comment.is_pinned) for comment in Comment.objects.all()),
        *((post, post.topic.hall_id, None, False) for post in Post.objects.select_related("topic")),
    ]
    for sent, key, root, is_pinned in in_halls:
        if hall := halls.get(key):
            yield Message(f"{key}", _kind(hall), sent.author_id, sent.at, is_pinned, root, hall.part_of_id is not None)
    for whisper in Whisper.objects.all():
        room = f"manychat.booth:{whisper.booth_id}"
        yield Message(room, RoomKind.PRIVATE_GROUP, whisper.author_id, whisper.at, whisper.is_pinned)
    for letter in Letter.objects.exclude(author=None).exclude(recipient=None):
        room = pair(letter.author_id, letter.recipient_id)
        yield Message(room, RoomKind.DIRECT, letter.author_id, letter.at, letter.is_pinned)
    for telegram in Telegram.objects.all():
        yield Message(pair(telegram.sender_id, telegram.receiver_id), RoomKind.DIRECT, telegram.sender_id, telegram.at)


def _kind(hall: Hall) -> RoomKind:
    return RoomKind.CHANNEL if hall.is_listed else RoomKind.PRIVATE_GROUP


def pair(one: int, other: int) -> str:
    """Return the key of the room of two accounts."""
    return "pair:" + "/".join(sorted((str(one), str(other))))


def rooms() -> dict[str, RoomKind]:
    """Return the kinds of all rooms."""
    return {
        **{f"{hall.pk}": _kind(hall) for hall in Hall.objects.filter(is_ruin=False)},
        **{f"manychat.booth:{booth.pk}": RoomKind.PRIVATE_GROUP for booth in Booth.objects.all()},
        **{message.room: RoomKind.DIRECT for message in messages() if message.kind is RoomKind.DIRECT},
    }


def answers() -> dict[str, Any]:
    """Return the answers to the questions, counted in Python."""
    sent, places = list(messages()), rooms()
    sizes = [*Picture.objects.values_list("size", flat=True), *Scan.objects.values_list("size", flat=True)]
    per_room = Counter(message.room for message in sent)
    parts = Hall.objects.filter(is_ruin=False, part_of__isnull=False).count()
    return {
        "rooms": _by_kind(places.values()),
        "messages": _by_kind(message.kind for message in sent),
        "threads": len({message.root for message in sent} - {None}),
        "discussions": Tally(parts, sum(message.in_discussion for message in sent)),
        "pinned": sum(message.is_pinned for message in sent),
        "rooms_with_pinned": len({message.room for message in sent if message.is_pinned}),
        "uploads": Tally(len(sizes), sum(sizes)),
        "room_use": RoomUse(len(places), len(places.keys() - per_room.keys()), len(sent)),
        "last_message": max((message.at for message in sent), default=None),
    }


def _by_kind(kinds: Any) -> dict[RoomKind, int]:
    counted = Counter(kinds)
    return {kind: counted[kind] for kind in RoomKind}
