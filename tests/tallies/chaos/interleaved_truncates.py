"""Fixed interleavings with TRUNCATE, which is not MVCC-safe: it affects transactions with older snapshots too."""

from contextlib import ExitStack

from statistics_app.db.transactions import consistent_read

from .comparing import compare_answers, make_source
from .harness import ALIAS, Harness


def truncate_with_an_old_snapshot(harness: Harness) -> None:
    """Truncate the messages in a transaction whose snapshot does not contain the latest of them."""
    writer, other = harness.session(), harness.session()
    writer.begin("REPEATABLE READ")
    writer.take_snapshot()
    other.send("a", 4)
    writer.run("TRUNCATE chat_message")
    writer.send("b", 1)
    writer.commit()
    harness.check_fold_check()


def truncate_before_an_old_snapshot_reads(harness: Harness) -> None:
    """Truncate the messages and insert new ones; a reader with an older snapshot sees the first, but not the second."""
    reader, other = harness.session(), harness.session()
    reader.begin("REPEATABLE READ")
    reader.take_snapshot()
    other.run("TRUNCATE chat_message")
    other.send("a", 3)
    harness.check(reader)
    reader.commit()
    reader.begin("REPEATABLE READ")
    reader.take_snapshot()
    harness.fold()
    harness.check(reader)
    reader.commit()
    harness.check_fold_check()


def truncate_within_a_transaction(harness: Harness) -> None:
    """Truncate the messages between inserts, in a savepoint that is rolled back, and in a transaction that is rolled back."""
    writer = harness.session()
    writer.begin()
    writer.send("a", 3)
    writer.run("SET CONSTRAINTS ALL IMMEDIATE")
    writer.run("TRUNCATE chat_message")
    writer.send("b", 2)
    writer.commit()
    harness.check_fold_check()
    writer.begin()
    writer.send("c", 1)
    writer.run("SET CONSTRAINTS ALL IMMEDIATE")
    writer.run("SAVEPOINT one")
    writer.run("TRUNCATE chat_message")
    writer.run("ROLLBACK TO one")
    writer.send("a", 1)
    writer.commit()
    harness.check_fold_check()
    writer.begin()
    writer.run("TRUNCATE chat_message, chat_room, chat_upload, chat_subscription")
    writer.run("ROLLBACK")
    harness.check_fold_check()


def truncate_rooms(harness: Harness) -> None:
    """Truncate the rooms with everything in them, and create them again."""
    writer = harness.session()
    writer.change_type("b", "x")
    writer.run("TRUNCATE chat_room CASCADE")
    harness.check_fold_check()
    writer.create_room("a", "p")
    writer.send("a", 3)
    writer.begin("REPEATABLE READ")
    writer.take_snapshot()
    harness.session().send("a", 2)
    harness.fold()
    writer.run("TRUNCATE chat_room CASCADE")
    writer.create_room("a", "d")
    writer.send("a", 1)
    writer.commit()
    harness.check_fold_check()


def truncate_during_a_read(harness: Harness) -> None:
    """Truncate the messages while a reader that has checked readiness reads: one waits for the other, and neither fails."""
    other = harness.session()
    with ExitStack() as stack, consistent_read(ALIAS, 60):
        source = make_source(harness.tallies)
        source.ready  # noqa: B018 - checked once, before the messages are truncated
        truncating = stack.enter_context(harness.in_background(lambda: other.run("TRUNCATE chat_message")))
        assert not truncating.done()
        harness.differences += compare_answers(source)
    harness.check_fold_check()
