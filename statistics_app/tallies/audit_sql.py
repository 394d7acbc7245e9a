"""SELECTs of (key, expected, found) that compare the sums with a count of the rows, in SQL that all databases support."""

from .plan import KeyedCount, MessageCount


def keyed_differences(count: KeyedCount, found: str) -> str:
    """Return a SELECT that compares the sums of a count by key with its rows; `found` selects (key, n, amount) of the sums."""
    return _differing(
        f"SELECT key, n AS e, 0 AS f FROM ({count.counted}) c",
        f"SELECT key, 0, n FROM ({found}) s",
        f"SELECT key || ' amount', amount, 0 FROM ({count.counted}) c",
        f"SELECT key || ' amount', 0, amount FROM ({found}) s",
    )


def message_differences(count: MessageCount, *, rooms: str, classes: str, replies: str, threads: str) -> str:
    """Return a SELECT that compares all sums of messages with the rows.

    The arguments are SELECTs of the sums: (room, class, n, amounts), (class, n, amounts), (root, room, n) and (n). Rooms are
    compared together with the class that they are booked under, since two rooms with swapped classes would give correct totals
    until one of them changes.
    """
    room = "'room ' || room || ' (' || coalesce(class, 'not counted') || ')"
    messages, sums = count.messages.select, count.each(", sum($_) AS $")
    return f"""
WITH counted AS (SELECT room_ AS room, count(*) AS n{sums} FROM ({messages}) m GROUP BY room_),
answered AS (SELECT root_ AS root, room_ AS room, count(*) AS n FROM ({messages}) m WHERE root_ IS NOT NULL GROUP BY 1, 2),
classes AS ({count.classes_of("counted")}),
found_rooms AS ({rooms}),
found_classes AS ({classes})
""" + _differing(
        f"SELECT {room} messages' AS key, n AS e, 0 AS f FROM counted LEFT JOIN classes USING (room)",
        f"SELECT {room} messages', 0, n FROM found_rooms",
        *(
            part
            for name in count.amounts
            for part in (
                f"SELECT {room} {name}', {name}, 0 FROM counted LEFT JOIN classes USING (room)",
                f"SELECT {room} {name}', 0, {name} FROM found_rooms",
            )
        ),
        "SELECT 'class ' || class || ' messages', n, 0 FROM counted JOIN classes USING (room)",
        "SELECT 'class ' || class || ' messages', 0, n FROM found_classes WHERE class IS NOT NULL",
        *(
            part
            for name in count.amounts
            for part in (
                f"SELECT 'class ' || class || ' {name}', {name}, 0 FROM counted JOIN classes USING (room)",
                f"SELECT 'class ' || class || ' {name}', 0, {name} FROM found_classes WHERE class IS NOT NULL",
            )
        ),
        "SELECT 'thread ' || root || ' in ' || room, n, 0 FROM answered",
        f"SELECT 'thread ' || root || ' in ' || room, 0, n FROM ({replies}) r",
        "SELECT 'threads', count(DISTINCT root), 0 FROM answered JOIN classes USING (room)",
        f"SELECT 'threads', 0, n FROM ({threads}) t",
    )


def partition_differences(count: MessageCount, counted: str, *, rooms: str, replies: str) -> str:
    """Return a SELECT that compares what each partition contributed with its rows; PostgreSQL only.

    `counted` selects (part, room, root, amounts) of each message; the others are SELECTs of the sums: (part, room, n, amounts)
    and (part, room, root, n).
    """
    room, reply = "'partition ' || part::regclass || ' room ' || room", "' thread ' || root"
    rows = f"(SELECT part_ AS part, room_ AS room, root_ AS root{count.each(', $_ AS $')} FROM ({counted}) m) m"
    return _differing(
        f"SELECT {room} AS key, 1 AS e, 0 AS f FROM {rows}",
        f"SELECT {room}, 0, n FROM ({rooms}) r",
        *(
            part
            for name in count.amounts
            for part in (
                f"SELECT {room} || ' {name}', {name}, 0 FROM {rows}",
                f"SELECT {room} || ' {name}', 0, {name} FROM ({rooms}) r",
            )
        ),
        f"SELECT {room} || {reply}, 1, 0 FROM {rows} WHERE root IS NOT NULL",
        f"SELECT {room} || {reply}, 0, n FROM ({replies}) r",
    )


def _differing(*parts: str) -> str:
    """Add up SELECTs of (key, expected, found); a full join would be shorter, but old versions of SQLite have none."""
    return f"SELECT key, sum(e), sum(f) FROM ({' UNION ALL '.join(parts)}) d GROUP BY key HAVING sum(e) <> sum(f)"
