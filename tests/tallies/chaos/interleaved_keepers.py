"""Fixed interleavings of those who keep the tallies: who fold, count anew, and install."""

from contextlib import ExitStack

from django.db import connections, transaction

from statistics_app.db.locks import try_exclusive_lock
from statistics_app.db.transactions import consistent_read
from statistics_app.tallies.folding import LOCK_NAME
from statistics_app.tallies.transactions import counting_transaction

from .comparing import answers_differ, source_of
from .stage import ALIAS, Stage
from .variants import BETWEEN


def second_fold_before_the_first_ends(stage: Stage) -> None:
    """A second compactor comes while the first has folded and not yet committed, and another message is there."""
    chat, first = stage.session(), stage.session()
    chat.send("a", 3)
    with try_exclusive_lock(LOCK_NAME, ALIAS) as alone:
        assert alone
        first.begin()
        first.run(stage.definition.fold)
        chat.send("a", 1)
        with stage.aside(stage.fold):
            first.commit()
    stage.look_fold_look()


def change_in_the_middle_of_a_fold(stage: Stage) -> None:
    """While a fold waits for a row, a room changes its kind and messages come and go."""
    chat, holder = stage.session(), stage.session()
    chat.send("a", 2)
    holder.begin()
    holder.run("SELECT pg_advisory_xact_lock(%s)", BETWEEN)
    holder.run(f"SELECT * FROM {stage.definition.ledgers[0]} FOR UPDATE")
    with stage.aside(stage.fold) as folding:
        assert not folding.done()
        chat.rekind("a", "p")
        chat.send("b", 2)
        chat.run("DELETE FROM chat_message WHERE room_id = 'c'")
        stage.look()
        holder.commit()
    stage.look_fold_look()


def counted_anew_while_somebody_writes(stage: Stage) -> None:
    """All is counted anew while a transaction is open, another has an old view, and what is committed is folded before."""
    writer, old, other = stage.session(), stage.session(), stage.session()
    writer.begin()
    writer.send("a", 3)
    writer.rekind("b", "l")
    old.begin("REPEATABLE READ")
    old.see()
    other.send("c", 2)
    with counting_transaction(ALIAS, stage.definition) as cursor:
        other.send("c", 1)
        for statement in stage.definition.populate:
            cursor.execute(statement)
        other.end_room("uncounted")
    stage.look(old)
    stage.look()
    writer.commit()
    old.send("a", 1)
    stage.look(old)
    old.commit()
    stage.look_fold_look()


def fold_inside_a_transaction(stage: Stage) -> None:
    """Somebody folds inside a transaction of theirs that goes on, while another folds."""
    chat = stage.session()
    chat.send("a", 3)
    with ExitStack() as later, transaction.atomic(using=ALIAS):
        stage.fold()
        chat.send("a", 1)
        later.enter_context(stage.aside(stage.fold))
    stage.look_fold_look()


def made_anew_under_an_old_view(stage: Stage) -> None:
    """The tables are made anew while one reads whose view is older, and who found that all stood."""
    with ExitStack() as later, consistent_read(ALIAS, 60):
        source = source_of(stage.tallies)
        source.ready  # noqa: B018 - looked up once, before the tables go
        later.enter_context(stage.aside(stage.make_anew))
        stage.differences += answers_differ(source)
    stage.look_fold_look()


def made_anew_before_an_old_view_looks(stage: Stage) -> None:
    """The tables were made anew since the view of one who only now looks up whether all stands."""
    with consistent_read(ALIAS, 60):
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
        with stage.aside(stage.make_anew) as making:
            assert making.done()
        source = source_of(stage.tallies)
        stage.differences += [difference for difference in answers_differ(source) if difference.question != "ready"]
    stage.look_fold_look()
