"""SELECTs over single rooms: `by_room` is a SELECT of (room, n) for every room with messages, `rooms` of (room_, class_).

Without `rooms`, each room with messages is a direct one.
"""

from collections.abc import Iterable

from ..sources.base import RoomKind


def top_rooms(by_room: str, rooms: str) -> str:
    """Return a SELECT of (room, class, n) of the counted rooms, the busiest first; a LIMIT may be appended."""
    if not rooms:
        return f"SELECT r.room, '{RoomKind.DIRECT}' AS class_, r.n FROM ({by_room}) r ORDER BY r.n DESC, r.room"
    return (
        f"SELECT r.room, c.class_, r.n FROM ({by_room}) r JOIN ({rooms}) c ON c.room_ = r.room "
        "WHERE c.class_ IS NOT NULL ORDER BY r.n DESC, r.room"
    )


def rooms_with(amounts: str, rooms: str) -> str:
    """Return a SELECT of the number of counted rooms with an amount; `amounts` selects (room) of every room with any."""
    if not rooms:
        return f"SELECT count(*) AS n FROM ({amounts}) r"
    return f"SELECT count(*) AS n FROM ({amounts}) r JOIN ({rooms}) c ON c.room_ = r.room WHERE c.class_ IS NOT NULL"


def room_use(by_room: str, rooms: str) -> str:
    """Return a SELECT of the numbers of counted rooms, of those without a message, and of messages in all of them."""
    if not rooms:
        return f"SELECT count(*), 0, coalesce(sum(r.n), 0) FROM ({by_room}) r"
    return (
        f"SELECT count(*), count(*) - count(r.n), coalesce(sum(r.n), 0) FROM ({rooms}) c "
        f"LEFT JOIN ({by_room}) r ON r.room = c.room_ WHERE c.class_ IS NOT NULL"
    )


def joint_sums(by_room: Iterable[str]) -> str:
    """Return a SELECT of (room, n) of the rooms that several tables of messages have in common."""
    together = " UNION ALL ".join(f"SELECT room, n FROM ({one}) s" for one in by_room)
    return f"SELECT room, sum(n) AS n FROM ({together}) j GROUP BY room"


def joint_rooms(selects: Iterable[str]) -> str:
    """Return a SELECT of (room) of the rooms that any of several SELECTs has."""
    return " UNION ".join(f"SELECT room FROM ({one}) s" for one in selects)
