"""Actions on rooms, often during writes to the same rooms. Each returns the number of rows that it changed."""

from statsproject.chat.models import Room

from .context import ROOMS, TEAMS, TYPES, Context

INSERT_ROOM = (
    "INSERT INTO chat_room (id, type, name, is_archived, created_at) VALUES (%s, %s, 'room', false, CURRENT_TIMESTAMP)"
)


def change_type(context: Context) -> int:
    """Change the type of a room, possibly to one that is not counted."""
    return context.execute("UPDATE chat_room SET type = %s WHERE id = %s", context.rng.choice(TYPES), context.random_room())


def change_types(context: Context) -> int:
    """Change the type of several rooms with one statement."""
    return context.update("type = %s", context.sample(ROOMS, 12), context.rng.choice(TYPES), table="chat_room")


def change_type_repeatedly(context: Context) -> int:
    """Change the type of a room six times, and insert messages in between."""
    room = context.random_room()
    changed = 0
    for type_ in context.rng.sample("cpdlxy", 6):
        changed = context.execute("UPDATE chat_room SET type = %s WHERE id = %s", type_, room)
        if changed and context.rng.random() < 0.5:
            context.insert(2, room)
    return changed


def write_around_a_type_change(context: Context) -> int:
    """Insert messages into a room before and after a change of its type, and move its pinned messages to another room."""
    room, other = context.sample(ROOMS, 2)[0], context.random_room()
    changed = context.execute("UPDATE chat_room SET name = 'busy' WHERE id = %s", room)
    if not changed:
        return 0
    context.insert(2, room)
    context.execute("UPDATE chat_room SET type = %s WHERE id = %s", context.rng.choice(TYPES), room)
    context.insert(1, room)
    return context.execute("UPDATE chat_message SET room_id = %s WHERE room_id = %s AND is_pinned", other, room) + changed


def set_parent(context: Context) -> int:
    """Make a room a discussion, or an ordinary room again."""
    return context.execute(
        "UPDATE chat_room SET parent_id = %s WHERE id = %s",
        context.rng.choice([None, context.random_room()]),
        context.random_room(),
    )


def set_team(context: Context) -> int:
    """Add a room to a team, or remove it from its team."""
    team, default = context.rng.choice([None, *TEAMS[:3]]), context.rng.choice([False, True])
    return context.execute(
        "UPDATE chat_room SET team_id = %s, is_team_default = %s WHERE id = %s", team, default, context.random_room()
    )


def create_rooms(context: Context) -> int:
    """Recreate deleted rooms with their old ids and random types."""
    keys = context.sample(ROOMS, 12)
    return sum(context.execute(f"{INSERT_ROOM} ON CONFLICT (id) DO NOTHING", key, context.rng.choice(TYPES)) for key in keys)


def delete_room_in_the_database(context: Context) -> int:
    """Delete a room with SQL. Its messages are deleted by the database, or afterwards if it does not cascade."""
    room = context.random_room()
    context.execute("DELETE FROM chat_upload WHERE room_id = %s", room)
    changed = context.execute("DELETE FROM chat_room WHERE id = %s", room)
    if not context.cascades:
        context.execute("DELETE FROM chat_message WHERE room_id = %s", room)
    return changed


def delete_room_with_the_orm(context: Context) -> int:
    """Delete a room with Django's ORM."""
    return Room.objects.filter(pk=context.random_room()).delete()[1].get("chat.Room", 0)


def reuse_room_id(context: Context) -> int:
    """Delete a room and create another one with the same id, with messages, in one transaction."""
    room = context.random_room()
    changed = _delete_room(context, room)
    context.execute(INSERT_ROOM, room, context.rng.choice(TYPES))
    context.insert(3, room)
    return changed


def rename_id(context: Context) -> int:
    """Delete a room with its messages, and give its id to another room."""
    old, new = context.rng.sample(ROOMS, 2)
    _delete_room(context, new)
    context.execute("UPDATE chat_upload SET room_id = NULL WHERE room_id = %s", old)
    changed = context.execute("UPDATE chat_room SET id = %s WHERE id = %s", new, old)
    if changed and not context.cascades:
        context.execute("UPDATE chat_message SET room_id = %s WHERE room_id = %s", new, old)
    return changed


def _delete_room(context: Context, room: str) -> int:
    context.execute("DELETE FROM chat_upload WHERE room_id = %s", room)
    context.execute("DELETE FROM chat_message WHERE room_id = %s", room)
    return context.execute("DELETE FROM chat_room WHERE id = %s", room)


WEIGHTS = {
    change_type: 8, change_types: 3, change_type_repeatedly: 3, write_around_a_type_change: 4, set_parent: 4, set_team: 3,
    create_rooms: 8, delete_room_in_the_database: 3, delete_room_with_the_orm: 3, reuse_room_id: 3, rename_id: 2,
}  # fmt: skip
