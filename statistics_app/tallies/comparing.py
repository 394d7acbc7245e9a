"""Hold sums against counts: SELECTs of (key, expected, found) for whatever differs, in the SQL that all databases know."""

from .plan import Additive, PerRoom


def compare_additive(count: Additive, found: str) -> str:
    """Compare (key, n, amount) of the sums with the rows; `found` is a SELECT of these."""
    counted = (
        f"SELECT key_ AS key, count(*) AS n, coalesce(sum(amount_), 0) AS amount FROM ({count.rows.select}) r GROUP BY key_"
    )
    return _differing(
        f"SELECT key, n AS e, 0 AS f FROM ({counted}) c",
        f"SELECT key, 0, n FROM ({found}) s",
        f"SELECT key || ' amount', amount, 0 FROM ({counted}) c",
        f"SELECT key || ' amount', 0, amount FROM ({found}) s",
    )


def compare_messages(count: PerRoom, *, rooms: str, classes: str, replies: str, threads: str) -> str:
    """Compare everything that is kept of messages.

    The arguments are SELECTs of what is found: (room, class, n, pinned), (class, n, pinned), (root, room, n) and (n). Rooms are
    compared with the class that they stand under: two that stand under each other's would make right totals, until they change.
    """
    room = "'room ' || room || ' (' || coalesce(class, 'not counted') || ')"
    messages = count.messages.select
    return f"""
WITH counted AS (SELECT room_ AS room, count(*) AS n, sum(pinned_) AS pinned FROM ({messages}) m GROUP BY room_),
answered AS (SELECT root_ AS root, room_ AS room, count(*) AS n FROM ({messages}) m WHERE root_ IS NOT NULL GROUP BY 1, 2),
classes AS (SELECT room_ AS room, class_ AS class FROM ({count.rooms.select}) c WHERE class_ IS NOT NULL),
found_rooms AS ({rooms}),
found_classes AS ({classes})
""" + _differing(
        f"SELECT {room} messages' AS key, n AS e, 0 AS f FROM counted LEFT JOIN classes USING (room)",
        f"SELECT {room} messages', 0, n FROM found_rooms",
        f"SELECT {room} pinned', pinned, 0 FROM counted LEFT JOIN classes USING (room)",
        f"SELECT {room} pinned', 0, pinned FROM found_rooms",
        "SELECT 'class ' || class || ' messages', n, 0 FROM counted JOIN classes USING (room)",
        "SELECT 'class ' || class || ' messages', 0, n FROM found_classes WHERE class IS NOT NULL",
        "SELECT 'class ' || class || ' pinned', pinned, 0 FROM counted JOIN classes USING (room)",
        "SELECT 'class ' || class || ' pinned', 0, pinned FROM found_classes WHERE class IS NOT NULL",
        "SELECT 'thread ' || root || ' in ' || room, n, 0 FROM answered",
        f"SELECT 'thread ' || root || ' in ' || room, 0, n FROM ({replies}) r",
        "SELECT 'threads', count(DISTINCT root), 0 FROM answered JOIN classes USING (room)",
        f"SELECT 'threads', 0, n FROM ({threads}) t",
    )


def _differing(*parts: str) -> str:
    """Add up (key, expected, found); a full join would be shorter, but old SQLites have none."""
    return f"SELECT key, sum(e), sum(f) FROM ({' UNION ALL '.join(parts)}) d GROUP BY key HAVING sum(e) <> sum(f)"
