"""Queries about individual rooms, which are known by the texts of their keys, with a prefix that tells tables apart."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import starmap
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Value

from .accounts import MOST_KEYS, as_text, by_key, room_key, selected_rows
from .active_days import RoomQuarter
from .base import RoomFiles, RoomKind, RoomLabel
from .columns import field_at
from .labels import labelled
from .pairs import PREFIX
from .parts import Messages, Rooms
from .quarters import QuarterNumber
from .tables import UploadTable

_PUBLIC = "public"


def room_quarters(rows: "QuerySet[Any]", messages: Messages) -> Iterator[RoomQuarter]:
    """Yield the number of some messages by room and quarter of an hour."""
    at = F(messages.table.sent_at)
    counted = rows.annotate(_room=room_key(messages), _quarter=QuarterNumber(at)).exclude(_quarter=None).order_by()
    grouped = counted.values_list("_room", "_quarter").annotate(_number=Count("pk"))
    statement, parameters = grouped.query.sql_with_params()
    return starmap(RoomQuarter, selected_rows(statement, parameters, rows.db))


def room_files(tables: Iterable[tuple[UploadTable, Rooms]], using: str) -> Iterator[RoomFiles]:
    """Yield the number of files in each room, and their size, in one query for each table with its rooms."""
    for table, rooms in tables:
        column = str(table.room)
        uploads = table.rows(using).filter(**{f"{column}__in": rooms.all})
        grouped = uploads.annotate(_room=as_text(column)).order_by().values_list("_room")
        counted = grouped.annotate(_files=Count("pk"), _bytes=Sum(table.size, default=0))
        for room, files, size in counted.iterator(chunk_size=5000):
            yield RoomFiles(f"{rooms.prefix}{room}", files, size)


def room_labels(rooms: Rooms, messages: Messages, keys: Collection[str]) -> dict[str, RoomLabel]:
    """Return what rooms of a table are known by, by those of some keys that are theirs, to which messages refer."""
    table, prefix = rooms.table, rooms.prefix
    labelled_rooms = rooms.all.annotate(
        _kind=labelled(table.kinds),
        _name=F(table.name) if table.name else Value(""),
        _public=labelled({_PUBLIC: table.public} if table.public is not None else None),
    )
    own = [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]
    found = by_key(labelled_rooms, messages.table, str(messages.table.room), own, "_kind", "_name", "_public")
    return {f"{prefix}{room}": RoomLabel(RoomKind(kind), name or "", public == _PUBLIC) for room, kind, name, public in found}


def pair_labels(tables: Sequence[Messages], keys: Collection[str]) -> dict[str, RoomLabel]:
    """Return what the rooms of pairs are known by, of those keys between whose accounts there are messages."""
    own = sorted(key.removeprefix(PREFIX) for key in keys if key.startswith(PREFIX))
    found: set[str] = set()
    for messages in tables:
        pair: Any = messages.table.room
        key_field = field_at(messages.table.model_class(), pair.first).target_field  # type: ignore[attr-defined] # a relation
        for start in range(0, len(own), MOST_KEYS // 4):
            some = own[start : start + MOST_KEYS // 4]
            among = messages.counted().filter(pair.among(some, key_field)).annotate(_room=messages.room)
            found |= set(among.order_by().values_list("_room", flat=True).distinct()) & set(some)
    return {f"{PREFIX}{key}": RoomLabel(RoomKind.DIRECT, "", public=False) for key in found}
