"""Fixed interleavings with whole tables emptied, which heeds no snapshot."""

from contextlib import ExitStack

from statistics_app.db.transactions import consistent_read

from .comparing import answers_differ, source_of
from .stage import ALIAS, Stage


def truncated_by_one_with_an_old_view(stage: Stage) -> None:
    """Messages are emptied by one who does not see the latest of them."""
    writer, other = stage.session(), stage.session()
    writer.begin("REPEATABLE READ")
    writer.see()
    other.send("a", 4)
    writer.run("TRUNCATE chat_message")
    writer.send("b", 1)
    writer.commit()
    stage.look_fold_look()


def truncated_before_an_old_view(stage: Stage) -> None:
    """Messages are emptied, which one sees whose view is older, and sent again, which they do not see."""
    reader, other = stage.session(), stage.session()
    reader.begin("REPEATABLE READ")
    reader.see()
    other.run("TRUNCATE chat_message")
    other.send("a", 3)
    stage.look(reader)
    reader.commit()
    reader.begin("REPEATABLE READ")
    reader.see()
    stage.fold()
    stage.look(reader)
    reader.commit()
    stage.look_fold_look()


def truncated_in_the_middle(stage: Stage) -> None:
    """Messages are emptied between others of the same transaction, in a savepoint that is undone, and in vain."""
    writer = stage.session()
    writer.begin()
    writer.send("a", 3)
    writer.run("SET CONSTRAINTS ALL IMMEDIATE")
    writer.run("TRUNCATE chat_message")
    writer.send("b", 2)
    writer.commit()
    stage.look_fold_look()
    writer.begin()
    writer.send("c", 1)
    writer.run("SET CONSTRAINTS ALL IMMEDIATE")
    writer.run("SAVEPOINT one")
    writer.run("TRUNCATE chat_message")
    writer.run("ROLLBACK TO one")
    writer.send("a", 1)
    writer.commit()
    stage.look_fold_look()
    writer.begin()
    writer.run("TRUNCATE chat_message, chat_room, chat_upload, chat_subscription")
    writer.run("ROLLBACK")
    stage.look_fold_look()


def rooms_truncated(stage: Stage) -> None:
    """Rooms are emptied with all that is in them, and made again."""
    writer = stage.session()
    writer.rekind("b", "x")
    writer.run("TRUNCATE chat_room CASCADE")
    stage.look_fold_look()
    writer.make_room("a", "p")
    writer.send("a", 3)
    writer.begin("REPEATABLE READ")
    writer.see()
    stage.session().send("a", 2)
    stage.fold()
    writer.run("TRUNCATE chat_room CASCADE")
    writer.make_room("a", "d")
    writer.send("a", 1)
    writer.commit()
    stage.look_fold_look()


def truncated_while_one_reads(stage: Stage) -> None:
    """Messages are emptied while one reads, who has looked up that all stands: one waits for the other, and neither fails."""
    other = stage.session()
    with ExitStack() as later, consistent_read(ALIAS, 60):
        source = source_of(stage.tallies)
        source.ready  # noqa: B018 - looked up once, before the messages go
        emptying = later.enter_context(stage.aside(lambda: other.run("TRUNCATE chat_message")))
        assert not emptying.done()
        stage.differences += answers_differ(source)
    stage.look_fold_look()
