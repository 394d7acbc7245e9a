"""Fixed interleavings of writers and readers."""

from .harness import Harness

LEVELS = ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")


def insert_open_during_a_type_change(harness: Harness, level: str = LEVELS[0]) -> None:
    """Insert messages, change the type of their room and fold, and only then commit the messages."""
    writer, other = harness.session(), harness.session()
    writer.begin(level)
    writer.send("a", 3)
    other.change_type("a", "p")
    harness.check_fold_check()
    other.change_type("a", "x")
    writer.commit()
    harness.check_fold_check()


def writer_with_an_old_snapshot(harness: Harness) -> None:
    """Write in a transaction with an old snapshot, in which the rooms have their former types."""
    writer, other = harness.session(), harness.session()
    writer.begin("REPEATABLE READ")
    writer.take_snapshot()
    other.change_type("a", "d")
    other.run("UPDATE chat_message SET room_id = 'a' WHERE room_id = 'b'")
    harness.fold()
    writer.send("a", 3)
    writer.run("DELETE FROM chat_message WHERE room_id = 'c'")
    harness.check()
    writer.commit()
    harness.check_fold_check()


def reader_with_an_old_snapshot(harness: Harness) -> None:
    """Read in a snapshot from before two folds and the deletion of a room between them."""
    reader, other = harness.session(), harness.session()
    reader.begin("REPEATABLE READ")
    reader.take_snapshot()
    other.send("b", 4)
    harness.fold()
    other.delete_room("a")
    other.change_type("c", "x")
    harness.check(reader)
    harness.fold()
    harness.check(reader)
    reader.commit()
    harness.check_fold_check()


def room_id_reused(harness: Harness) -> None:
    """Delete a room and create another one with its id, with and without a fold in between."""
    other = harness.session()
    other.delete_room("a")
    harness.check_fold_check()
    other.create_room("a", "d")
    other.send("a", 2)
    harness.check_fold_check()
    other.begin()
    other.delete_room("a")
    other.create_room("a", "l")
    other.send("a", 1)
    other.commit()
    harness.check_fold_check()


def room_deleted_during_a_write(harness: Harness) -> None:
    """Move the messages out of a room and delete it, in a transaction during which the room becomes uncounted."""
    writer, other = harness.session(), harness.session()
    writer.begin()
    writer.run("UPDATE chat_message SET room_id = 'b' WHERE room_id = 'a'")
    other.change_type("a", "x")
    harness.check_fold_check()
    writer.run("DELETE FROM chat_room WHERE id = 'a'")
    writer.commit()
    harness.check_fold_check()


def six_types_in_one_transaction(harness: Harness) -> None:
    """Change the type of a room six times in one transaction, with messages in between, while the tallies are folded."""
    writer = harness.session()
    writer.begin()
    for number, type_ in enumerate("pdlxcp"):
        writer.change_type("a", type_)
        writer.send("a", 1)
        if number == 3:
            harness.check_fold_check()
    writer.commit()
    harness.check_fold_check()


def uncounted_and_counted_again(harness: Harness) -> None:
    """Make rooms that share a thread uncounted, delete the messages of one of them, and make rooms counted again."""
    other = harness.session()
    for room in ("a", "b", "c"):
        other.change_type(room, "x")
        harness.check_fold_check()
    other.run("DELETE FROM chat_message WHERE room_id = 'b'")
    for room in ("uncounted", "b", "a"):
        other.change_type(room, "l")
        harness.check_fold_check()


def trigger_that_moves_messages(harness: Harness) -> None:
    """Edit messages while a trigger of the host moves every edited message to another room."""
    writer = harness.session()
    writer.run(
        "CREATE OR REPLACE FUNCTION moved_when_edited() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.room_id := 'b'; RETURN NEW; END $$"
    )
    writer.run("CREATE TRIGGER moved BEFORE UPDATE ON chat_message FOR EACH ROW EXECUTE FUNCTION moved_when_edited()")
    try:
        writer.run("UPDATE chat_message SET edited_at = now() WHERE room_id = 'a'")
        harness.check_fold_check()
    finally:
        writer.run("DROP FUNCTION moved_when_edited() CASCADE")


def replica_session(harness: Harness) -> None:
    """Write in a session with the replication role `replica`, in which ordinary triggers do not fire."""
    writer = harness.session()
    writer.run("SET session_replication_role = replica")
    writer.send("a", 3)
    writer.run("UPDATE chat_message SET room_id = 'c' WHERE room_id = 'b'")
    writer.change_type("c", "l")
    harness.check_fold_check()
    writer.run("DELETE FROM chat_room WHERE id = 'uncounted'")
    writer.run("DELETE FROM chat_message WHERE room_id = 'uncounted'")
    writer.run("DELETE FROM chat_message WHERE room_id = 'a'")
    harness.check_fold_check()
