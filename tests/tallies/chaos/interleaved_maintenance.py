"""Fixed interleavings of maintenance of the tallies: folds, recounts and reinstallations."""

from contextlib import ExitStack

from django.db import connections, transaction

from statistics_app.db.locks import try_exclusive_lock
from statistics_app.db.transactions import consistent_read
from statistics_app.tallies.folding import LOCK_NAME
from statistics_app.tallies.transactions import counting_transaction

from .comparing import compare_answers, make_source
from .harness import ALIAS, Harness
from .variants import PAUSE_LOCK


def second_fold_before_the_first_ends(harness: Harness) -> None:
    """Start a second fold, with a new message, when the first has folded but not committed yet."""
    chat, first = harness.session(), harness.session()
    chat.send("a", 3)
    with try_exclusive_lock(LOCK_NAME, ALIAS) as acquired:
        assert acquired
        first.begin()
        first.run(harness.definition.fold)
        chat.send("a", 1)
        with harness.in_background(harness.fold):
            first.commit()
    harness.check_fold_check()


def change_during_a_fold(harness: Harness) -> None:
    """Change the type of a room, and insert and delete messages, while a fold waits for a row lock."""
    chat, holder = harness.session(), harness.session()
    chat.send("a", 2)
    holder.begin()
    holder.run("SELECT pg_advisory_xact_lock(%s)", PAUSE_LOCK)
    holder.run(f"SELECT * FROM {harness.definition.ledgers[0]} FOR UPDATE")
    with harness.in_background(harness.fold) as folding:
        assert not folding.done()
        chat.change_type("a", "p")
        chat.send("b", 2)
        chat.run("DELETE FROM chat_message WHERE room_id = 'c'")
        harness.check()
        holder.commit()
    harness.check_fold_check()


def recount_during_writes(harness: Harness) -> None:
    """Recount while one transaction is open, another has an old snapshot, and others commit."""
    writer, old, other = harness.session(), harness.session(), harness.session()
    writer.begin()
    writer.send("a", 3)
    writer.change_type("b", "l")
    old.begin("REPEATABLE READ")
    old.take_snapshot()
    other.send("c", 2)
    with counting_transaction(ALIAS, harness.definition) as cursor:
        other.send("c", 1)
        for statement in harness.definition.populate:
            cursor.execute(statement)
        other.delete_room("uncounted")
    harness.check(old)
    harness.check()
    writer.commit()
    old.send("a", 1)
    harness.check(old)
    old.commit()
    harness.check_fold_check()


def fold_inside_a_transaction(harness: Harness) -> None:
    """Fold inside a longer transaction, while another process folds."""
    chat = harness.session()
    chat.send("a", 3)
    with ExitStack() as stack, transaction.atomic(using=ALIAS):
        harness.fold()
        chat.send("a", 1)
        stack.enter_context(harness.in_background(harness.fold))
    harness.check_fold_check()


def reinstall_under_an_old_snapshot(harness: Harness) -> None:
    """Reinstall the tallies while a reader with an older snapshot, which has already checked their readiness, reads them."""
    with ExitStack() as stack, consistent_read(ALIAS, 60):
        source = make_source(harness.tallies)
        source.ready  # noqa: B018 - checked once, before the tables are dropped
        stack.enter_context(harness.in_background(harness.reinstall))
        harness.differences += compare_answers(source)
    harness.check_fold_check()


def reinstall_before_the_readiness_check(harness: Harness) -> None:
    """Reinstall the tallies after a reader has taken its snapshot, but before it checks their readiness."""
    with consistent_read(ALIAS, 60):
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
        with harness.in_background(harness.reinstall) as reinstalling:
            assert reinstalling.done()
        source = make_source(harness.tallies)
        harness.differences += [difference for difference in compare_answers(source) if difference.question != "ready"]
    harness.check_fold_check()
