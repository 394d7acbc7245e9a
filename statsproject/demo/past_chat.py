"""The answers to the questions to the chat as of past times, from the rows that there are now."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Any

from django.db.models import Count, Max, Sum

from statistics_app.sources.base import Presence, RoomKind, Tally, UserGroup, UserType
from statistics_app.sources.labels import by_language
from statsproject.chat.models import Message, Room, Team, Upload, User

from .rhythm import present_at

BOTS = (UserType.BOT, UserType.APP)
NOISE = 0.08
# When a row was created, the method that counts it, and what that needs of it.
_Creation = tuple[datetime, Callable[..., None], tuple[Any, ...]]


class PastChat:
    """The chat at a time that only moves forward.

    Accounts, rooms, messages and files that are there now count from the time at which they were created, as they are now: what
    was deleted, disabled or unpinned since is not known. Who was present, signed in and read is made up.
    """

    def __init__(self, since: datetime, rng: Random) -> None:
        self._rng = rng
        self._accounts: Counter[tuple[bool, UserType]] = Counter()
        self._languages: Counter[str] = Counter()
        self._rooms: list[Room] = []
        self._teams = Team.objects.count()
        self._messages: Counter[str] = Counter()
        self._threads: set[str] = set()
        self._pinned: Counter[str] = Counter()
        self._last_message: datetime | None = None
        self._files, self._bytes = 0, 0
        self._count_before(since)
        self._to_come = sorted(self._creations(since), key=itemgetter(0), reverse=True)

    def answers_at(self, moment: datetime, *, are_bots_online: bool) -> dict[str, Any]:
        """Return the answers by question at a time, which must not be before that of the last call."""
        while self._to_come and self._to_come[-1][0] < moment:
            _, add, row = self._to_come.pop()
            add(*row)
        rooms, in_teams = self._rooms, [room for room in self._rooms if room.team_id]
        discussions = [room for room in rooms if room.parent_id]
        return {
            "users": self._groups(moment, are_bots_online=are_bots_online),
            "user_languages": by_language(self._languages.items()),
            "rooms": Counter(RoomKind(room.type) for room in rooms),
            "messages": self._messages_by_kind(),
            "threads": len(self._threads),
            "discussions": Tally(len(discussions), sum(self._messages[room.pk] for room in discussions)),
            "rooms_with_pinned": len(self._pinned),
            "pinned": self._pinned.total(),
            "uploads": Tally(self._files, self._bytes),
            "teams": Tally(self._teams, len(in_teams)),
            "default_team_rooms": sum(room.is_team_default for room in in_teams),
            "last_login": moment - timedelta(seconds=self._rng.expovariate(1 / 600)),
            "last_message": self._last_message,
            "last_seen": moment - timedelta(seconds=self._rng.expovariate(1 / 60)),
        }

    def _groups(self, moment: datetime, *, are_bots_online: bool) -> list[UserGroup]:
        noise = 1 + NOISE * self._rng.uniform(-1, 1)
        groups = []
        for (is_active, type_), number in self._accounts.items():
            present = present_at(moment, number, noise) if is_active and type_ not in BOTS else {}
            if is_active and type_ is UserType.BOT and are_bots_online:
                present = {Presence.ONLINE: number}
            present = {**present, Presence.OFFLINE: number - sum(present.values())}
            groups += [UserGroup(is_active, presence, type_, count) for presence, count in present.items() if count]
        return groups

    def _messages_by_kind(self) -> Counter[RoomKind]:
        counts: Counter[RoomKind] = Counter()
        for room in self._rooms:
            counts[RoomKind(room.type)] += self._messages[room.pk]
        return counts

    def _count_before(self, since: datetime) -> None:
        """Count the messages and files up to the first time at once, since there are many."""
        messages = Message.objects.filter(sent_at__lt=since)
        self._messages.update(dict(messages.order_by().values_list("room").annotate(Count("pk"))))
        self._pinned.update(messages.filter(is_pinned=True).values_list("room", flat=True))
        roots = messages.filter(thread_root__isnull=False).values_list("thread_root", flat=True).distinct()
        self._threads.update(root for root in roots if root)
        self._last_message = messages.aggregate(last=Max("sent_at"))["last"]
        files = Upload.objects.filter(uploaded_at__lt=since).aggregate(number=Count("pk"), size=Sum("size", default=0))
        self._files, self._bytes = files["number"], files["size"]

    def _creations(self, since: datetime) -> Iterator[_Creation]:
        """Yield the creations of all accounts and rooms, and of messages and files from a time on, in no order."""
        for joined, *account in User.objects.values_list("date_joined", "is_active", "type", "language"):
            yield joined or since, self._add_account, tuple(account)
        for room in Room.objects.all():
            yield room.created_at or since, self._add_room, (room,)
        messages = Message.objects.filter(sent_at__gte=since)
        for sent_at, *message in messages.values_list("sent_at", "room", "thread_root", "is_pinned").iterator():
            yield sent_at or since, self._add_message, (sent_at, *message)
        for uploaded_at, size in Upload.objects.filter(uploaded_at__gte=since).values_list("uploaded_at", "size"):
            yield uploaded_at or since, self._add_upload, (size,)

    def _add_account(self, is_active: bool, type_: str, language: str) -> None:
        self._accounts[is_active, UserType(type_)] += 1
        self._languages[language] += 1

    def _add_room(self, room: Room) -> None:
        self._rooms.append(room)

    def _add_message(self, sent_at: datetime, room: str, thread_root: str | None, is_pinned: bool) -> None:
        self._messages[room] += 1
        self._last_message = sent_at
        if thread_root:
            self._threads.add(thread_root)
        if is_pinned:
            self._pinned[room] += 1

    def _add_upload(self, size: int) -> None:
        self._files += 1
        self._bytes += size
