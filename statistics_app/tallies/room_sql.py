"""SELECTs over single rooms; `by_room` is a SELECT of (room, n) for every room with messages."""

from .plan import MessageCount


def top_rooms(by_room: str, count: MessageCount) -> str:
    """Return a SELECT of (room, class, n) of the counted rooms, the busiest first; a LIMIT may be appended."""
    return (
        f"SELECT r.room, c.class_, r.n FROM ({by_room}) r JOIN ({count.rooms.select}) c ON c.room_ = r.room "
        "WHERE c.class_ IS NOT NULL ORDER BY r.n DESC, r.room"
    )


def rooms_with(amounts: str, count: MessageCount) -> str:
    """Return a SELECT of the number of counted rooms with an amount; `amounts` selects (room) of every room with any."""
    return (
        f"SELECT count(*) AS n FROM ({amounts}) r JOIN ({count.rooms.select}) c ON c.room_ = r.room WHERE c.class_ IS NOT NULL"
    )


def room_use(by_room: str, count: MessageCount) -> str:
    """Return a SELECT of the numbers of counted rooms, of those without a message, and of messages in all of them."""
    return (
        f"SELECT count(*), count(*) - count(r.n), coalesce(sum(r.n), 0) FROM ({count.rooms.select}) c "
        f"LEFT JOIN ({by_room}) r ON r.room = c.room_ WHERE c.class_ IS NOT NULL"
    )
