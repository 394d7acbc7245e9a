"""Fixed interleavings of those who write and read."""

from .stage import Stage

LEVELS = ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")


def insert_open_over_a_kind_change(stage: Stage, level: str = LEVELS[0]) -> None:
    """A message is sent, the room changes its kind and is folded, and only then the message is committed."""
    writer, other = stage.session(), stage.session()
    writer.begin(level)
    writer.send("a", 3)
    other.rekind("a", "p")
    stage.look_fold_look()
    other.rekind("a", "x")
    writer.commit()
    stage.look_fold_look()


def writer_with_an_old_view(stage: Stage) -> None:
    """One writes who still sees the rooms of yesterday."""
    writer, other = stage.session(), stage.session()
    writer.begin("REPEATABLE READ")
    writer.see()
    other.rekind("a", "d")
    other.run("UPDATE chat_message SET room_id = 'a' WHERE room_id = 'b'")
    stage.fold()
    writer.send("a", 3)
    writer.run("DELETE FROM chat_message WHERE room_id = 'c'")
    stage.look()
    writer.commit()
    stage.look_fold_look()


def reader_with_an_old_view(stage: Stage) -> None:
    """One reads who saw nothing of two folds and of a room that ended between them."""
    reader, other = stage.session(), stage.session()
    reader.begin("REPEATABLE READ")
    reader.see()
    other.send("b", 4)
    stage.fold()
    other.end_room("a")
    other.rekind("c", "x")
    stage.look(reader)
    stage.fold()
    stage.look(reader)
    reader.commit()
    stage.look_fold_look()


def id_used_again(stage: Stage) -> None:
    """A room ends and another gets its id, with and without a fold between."""
    other = stage.session()
    other.end_room("a")
    stage.look_fold_look()
    other.make_room("a", "d")
    other.send("a", 2)
    stage.look_fold_look()
    other.begin()
    other.end_room("a")
    other.make_room("a", "l")
    other.send("a", 1)
    other.commit()
    stage.look_fold_look()


def ended_while_somebody_writes(stage: Stage) -> None:
    """The messages of a room are moved away by one whose transaction is open while the room's kind goes."""
    writer, other = stage.session(), stage.session()
    writer.begin()
    writer.run("UPDATE chat_message SET room_id = 'b' WHERE room_id = 'a'")
    other.rekind("a", "x")
    stage.look_fold_look()
    writer.run("DELETE FROM chat_room WHERE id = 'a'")
    writer.commit()
    stage.look_fold_look()


def six_kinds_in_one_transaction(stage: Stage) -> None:
    """A room changes its kind six times before anybody sees it, with messages between and a fold in the middle."""
    writer = stage.session()
    writer.begin()
    for number, type_ in enumerate("pdlxcp"):
        writer.rekind("a", type_)
        writer.send("a", 1)
        if number == 3:
            stage.look_fold_look()
    writer.commit()
    stage.look_fold_look()


def counts_no_more_and_again(stage: Stage) -> None:
    """A room that shares a thread with others ceases to count, empties, and counts again."""
    other = stage.session()
    for room in ("a", "b", "c"):
        other.rekind(room, "x")
        stage.look_fold_look()
    other.run("DELETE FROM chat_message WHERE room_id = 'b'")
    for room in ("uncounted", "b", "a"):
        other.rekind(room, "l")
        stage.look_fold_look()


def trigger_that_moves(stage: Stage) -> None:
    """The host's own trigger moves every message that is edited."""
    writer = stage.session()
    writer.run(
        "CREATE OR REPLACE FUNCTION moved_when_edited() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.room_id := 'b'; RETURN NEW; END $$"
    )
    writer.run("CREATE TRIGGER moved BEFORE UPDATE ON chat_message FOR EACH ROW EXECUTE FUNCTION moved_when_edited()")
    try:
        writer.run("UPDATE chat_message SET edited_at = now() WHERE room_id = 'a'")
        stage.look_fold_look()
    finally:
        writer.run("DROP FUNCTION moved_when_edited() CASCADE")


def replica(stage: Stage) -> None:
    """A session that plays a replica writes: ordinary triggers do not fire for it."""
    writer = stage.session()
    writer.run("SET session_replication_role = replica")
    writer.send("a", 3)
    writer.run("UPDATE chat_message SET room_id = 'c' WHERE room_id = 'b'")
    writer.rekind("c", "l")
    stage.look_fold_look()
    writer.run("DELETE FROM chat_room WHERE id = 'uncounted'")
    writer.run("DELETE FROM chat_message WHERE room_id = 'uncounted'")
    writer.run("DELETE FROM chat_message WHERE room_id = 'a'")
    stage.look_fold_look()
