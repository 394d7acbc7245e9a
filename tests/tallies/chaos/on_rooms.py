"""Deeds on rooms, most of them in the middle of somebody's writing; each returns how many rows it touched."""

from statsproject.chat.models import Room

from .hand import ROOMS, TEAMS, TYPES, Hand

CREATED = "INSERT INTO chat_room (id, type, name, is_archived, created_at) VALUES (%s, %s, 'room', false, CURRENT_TIMESTAMP)"


def rekind(hand: Hand) -> int:
    """Change a room's type, perhaps to one that does not count."""
    return hand.run("UPDATE chat_room SET type = %s WHERE id = %s", hand.chance.choice(TYPES), hand.room())


def rekind_many(hand: Hand) -> int:
    """Change the type of many with one statement."""
    return hand.change("type = %s", hand.some(ROOMS, 12), hand.chance.choice(TYPES), table="chat_room")


def rekind_again_and_again(hand: Hand) -> int:
    """Change one room's type six times, with messages in between."""
    room = hand.room()
    done = 0
    for type_ in hand.chance.sample("cpdlxy", 6):
        done = hand.run("UPDATE chat_room SET type = %s WHERE id = %s", type_, room)
        if done and hand.chance.random() < 0.5:
            hand.insert(2, room)
    return done


def write_around_a_rekind(hand: Hand) -> int:
    """Write to a room before and after its type is changed, and move some of it away."""
    room, other = hand.some(ROOMS, 2)[0], hand.room()
    done = hand.run("UPDATE chat_room SET name = 'busy' WHERE id = %s", room)
    if not done:
        return 0
    hand.insert(2, room)
    hand.run("UPDATE chat_room SET type = %s WHERE id = %s", hand.chance.choice(TYPES), room)
    hand.insert(1, room)
    return hand.run("UPDATE chat_message SET room_id = %s WHERE room_id = %s AND is_pinned", other, room) + done


def discuss(hand: Hand) -> int:
    """Make a room a discussion, or a room again."""
    return hand.run("UPDATE chat_room SET parent_id = %s WHERE id = %s", hand.chance.choice([None, hand.room()]), hand.room())


def join_team(hand: Hand) -> int:
    """Put a room into a team, or out of it."""
    return hand.run("UPDATE chat_room SET team_id = %s WHERE id = %s", hand.chance.choice([None, *TEAMS[:3]]), hand.room())


def make_rooms(hand: Hand) -> int:
    """Make rooms that are gone under their old ids, with another type."""
    keys = hand.some(ROOMS, 12)
    return sum(hand.run(f"{CREATED} ON CONFLICT (id) DO NOTHING", key, hand.chance.choice(TYPES)) for key in keys)


def end_room_in_the_database(hand: Hand) -> int:
    """Delete a room and let the database delete what is in it; without that, the messages go after their room."""
    room = hand.room()
    hand.run("DELETE FROM chat_upload WHERE room_id = %s", room)
    done = hand.run("DELETE FROM chat_room WHERE id = %s", room)
    if not hand.cascades:
        hand.run("DELETE FROM chat_message WHERE room_id = %s", room)
    return done


def end_room_by_the_orm(hand: Hand) -> int:
    """Delete a room as Django does."""
    return Room.objects.filter(pk=hand.room()).delete()[1].get("chat.Room", 0)


def use_id_again(hand: Hand) -> int:
    """End a room and make another under its id, with messages, in one transaction."""
    room = hand.room()
    done = _end(hand, room)
    hand.run(CREATED, room, hand.chance.choice(TYPES))
    hand.insert(3, room)
    return done


def rename_id(hand: Hand) -> int:
    """Give a room the id of another, which ends, and its messages with it."""
    old, new = hand.chance.sample(ROOMS, 2)
    _end(hand, new)
    hand.run("UPDATE chat_upload SET room_id = NULL WHERE room_id = %s", old)
    done = hand.run("UPDATE chat_room SET id = %s WHERE id = %s", new, old)
    if done and not hand.cascades:
        hand.run("UPDATE chat_message SET room_id = %s WHERE room_id = %s", new, old)
    return done


def _end(hand: Hand, room: str) -> int:
    hand.run("DELETE FROM chat_upload WHERE room_id = %s", room)
    hand.run("DELETE FROM chat_message WHERE room_id = %s", room)
    return hand.run("DELETE FROM chat_room WHERE id = %s", room)


EVERYWHERE = {
    rekind: 8, rekind_many: 3, rekind_again_and_again: 3, write_around_a_rekind: 4, discuss: 4, join_team: 3, make_rooms: 8,
    end_room_in_the_database: 3, end_room_by_the_orm: 3, use_id_again: 3, rename_id: 2,
}  # fmt: skip
