"""Simulated people who write, read, sign in and out, as a chat's own code does: one row at a time, through its models."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet

from statsproject.chat.models import Message, Room, Subscription, Upload, User
from statsproject.chat.seeding.plan import skewed

from .rhythm import AT_MOST, pace_at, present_at

PEOPLE = (User.Type.USER, User.Type.GUEST)
# How often somebody reads, or signs in or out, for each message that is written.
READS, CHANGES = 3.0, 1.5
# The parts of the messages that are replies, that come with a file, and after which another is edited, pinned or deleted.
REPLIES, FILES, EDITS, PINS, DELETIONS = 0.24, 0.024, 0.03, 0.002, 0.005
# Those that are replied to, edited, pinned and deleted are among so many of the newest ones.
RECENT = 50
BATCH = 1000
HOUR = timedelta(hours=1)

Thing = TypeVar("Thing")


class Crowd:
    """The people of a workspace, who write so many messages an hour, averaged over a week.

    Errors: ImproperlyConfigured in production, where everybody is real.
    """

    def __init__(self, messages_per_hour: float, rng: Random) -> None:
        if settings.PRODUCTION:
            raise ImproperlyConfigured("There are simulated people only in the demonstration. Unset PRODUCTION to run it.")
        self._per_second = messages_per_hour / 3600
        self._rng = rng

    def seconds_until_next(self, now: datetime) -> float:
        """Return after how many seconds somebody does something."""
        return self._rng.expovariate((1 + READS + CHANGES) * self._per_second * pace_at(now))

    def act(self, now: datetime) -> None:
        """Let somebody do something."""
        [action] = self._rng.choices((self._write, self._read, self._change_presence), (1, READS, CHANGES))
        action(now)

    def settle(self, now: datetime) -> None:
        """Let as many people be present as usually are at a time, and no bots."""
        User.objects.exclude(presence=User.Presence.OFFLINE).update(presence=User.Presence.OFFLINE)
        people = list(participants().values_list("pk", flat=True))
        self._rng.shuffle(people)
        for presence, number in present_at(now, len(people)).items():
            User.objects.filter(pk__in=people[:number]).update(presence=presence)
            del people[:number]

    def catch_up(self, since: datetime, until: datetime) -> int:
        """Write the messages of a time range, and return their number."""
        rooms = list(Room.objects.order_by("created_at", "pk").values_list("pk", flat=True))
        people = list(participants().values_list("pk", flat=True))
        moments = self.moments(since, until) if rooms and people else iter(())
        number = 0
        while batch := list(islice(moments, BATCH)):
            Message.objects.bulk_create(
                Message(room_id=self._one_of(rooms), author_id=self._one_of(people), sent_at=sent_at) for sent_at in batch
            )
            number += len(batch)
        return number

    def moments(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Yield times at which messages are written; the pace is looked up again each hour."""
        moment = since
        while self._per_second:
            wait = timedelta(seconds=self._rng.expovariate(self._per_second * pace_at(moment)))
            moment += min(wait, HOUR)
            if moment >= until:
                return
            if wait < HOUR:
                yield moment

    def _write(self, now: datetime) -> None:
        seat = self._seat()
        if seat is None:
            return
        recent = list(seat.room.messages.order_by("-sent_at", "-pk")[:RECENT])
        root = self._rng.choice(recent) if recent and self._rng.random() < REPLIES else None
        thread = (root.thread_root_id or root.pk) if root else None
        Message.objects.create(room=seat.room, author_id=seat.user_id, sent_at=now, thread_root_id=thread)
        if self._rng.random() < FILES:
            size = int(self._rng.lognormvariate(12.2, 1.9))
            Upload.objects.create(room=seat.room, user_id=seat.user_id, name="file", size=size, uploaded_at=now)
        if recent:
            self._change(self._rng.choice(recent), now)
        self._mark_read(seat, now)

    def _change(self, message: Message, now: datetime) -> None:
        """Edit, pin or delete a message, but mostly leave it."""
        chance = self._rng.random()
        if chance < EDITS:
            message.edited_at = now
            message.save(update_fields=["edited_at"])
        elif chance < EDITS + PINS:
            message.is_pinned = True
            message.save(update_fields=["is_pinned"])
        elif chance < EDITS + PINS + DELETIONS and not message.replies.exists():
            message.delete()

    def _read(self, now: datetime) -> None:
        if seat := self._seat():
            self._mark_read(seat, now)

    def _mark_read(self, seat: Subscription, now: datetime) -> None:
        seat.last_seen_at = now
        seat.save(update_fields=["last_seen_at"])

    def _change_presence(self, now: datetime) -> None:
        """Let somebody come if fewer people than usual have a presence, and leave if more have."""
        people = list(participants())
        usual = present_at(now, len(people))
        [presence] = self._rng.choices(tuple(usual), tuple(AT_MOST.values()))
        present = [person for person in people if person.presence == presence]
        comes = len(present) + self._rng.choice((0, 1)) <= usual[presence]
        candidates = [person for person in people if person.presence == User.Presence.OFFLINE] if comes else present
        if not candidates:
            return
        person = self._rng.choice(candidates)
        person.presence = presence if comes else User.Presence.OFFLINE
        person.last_login = now if comes else person.last_login
        person.save(update_fields=["presence", "last_login"])

    def _seat(self) -> Subscription | None:
        """Return a subscription of somebody who is online, of whom some do more than others; None if nobody has one."""
        online = list(participants().filter(presence=User.Presence.ONLINE).values_list("pk", flat=True))
        if not online:
            return None
        seats = list(Subscription.objects.filter(user_id=self._one_of(online)).select_related("room").order_by("room_id"))
        return self._one_of(seats) if seats else None

    def _one_of(self, things: Sequence[Thing]) -> Thing:
        return things[skewed(self._rng, len(things))]


def participants() -> QuerySet[User]:
    """Return the accounts that take part: those of people who can sign in."""
    return User.objects.filter(is_active=True, type__in=PEOPLE).order_by("pk")
