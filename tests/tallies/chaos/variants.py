"""The right machinery, and wrong ones that the chaos has to find: each is the right SQL with one thing changed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import connections, transaction

from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.definitions import TallyDefinition
from statistics_app.tallies.folding import fold
from statistics_app.tallies.plan import Count
from statistics_app.tallies.transactions import lock_for_counting

# Whoever holds this advisory lock makes a fold wait that works in two statements, between the two.
BETWEEN = 42
_CLASS_OF = re.compile(r"\(SELECT c\.class_ FROM \((?P<rooms>[^;]*?)\) c WHERE c\.room_ = (?P<key>\w+\.room)\)")


@dataclass(frozen=True)
class Variant:
    """What is changed of the definition of messages, or of the fold; `favoured` are the deeds that show it."""

    name: str
    change: Callable[[TallyDefinition], TallyDefinition] = lambda definition: definition
    fold: Callable[[TallySet], int] = fold
    favoured: tuple[str, ...] = ()

    def of(self, tallies: TallySet) -> TallySet:
        """Change the machinery."""
        return replace(
            tallies,
            definitions=tuple(
                self.change(definition) if definition.name is Count.MESSAGES else definition
                for definition in tallies.definitions
            ),
        )


def exchanged(text: str, old: str, new: str) -> str:
    """Exchange a part of a text. Errors: LookupError where it is not, so that no variant is the right one by mistake."""
    if old not in text:
        raise LookupError(f"{old!r} is not in the definition any more: {text}")
    return text.replace(old, new)


def inner_join_in_the_read(definition: TallyDefinition) -> TallyDefinition:
    """Join the dirty rooms to the rooms: one that is gone stays booked."""
    moved = "CROSS JOIN LATERAL (VALUES (b.class"
    read = exchanged(definition.classes, moved, f"JOIN chat_room alive ON alive.id = d.room {moved}")
    return replace(definition, classes=read)


def inner_join_in_the_fold(definition: TallyDefinition) -> TallyDefinition:
    """Join the touched rooms to the rooms: what was in one that is gone stays booked."""
    return replace(
        definition,
        fold=exchanged(definition.fold, "FROM touched t ", "FROM touched t JOIN chat_room alive ON alive.id = t.room "),
    )


def tail_alone(definition: TallyDefinition) -> TallyDefinition:
    """Count the tail by the present class, and leave what is booked under the old one."""
    read = definition.classes
    start, end = read.index("  UNION ALL SELECT v.class"), read.index(") t (class, n, pinned)")
    return replace(definition, classes=read[:start] + read[end:])


def classes_first(definition: TallyDefinition) -> TallyDefinition:
    """Look the classes up in a statement before the one that empties the ledger."""
    found = _CLASS_OF.search(definition.fold)
    if found is None:
        raise LookupError("The fold looks no class up.")
    folded = _CLASS_OF.sub(lambda match: f"($1 ->> {match['key']})", definition.fold)
    return _in_two_statements(
        definition,
        f"SELECT jsonb_object_agg(room_, class_) INTO classes FROM ({found['rooms']}) c; {_PAUSE} "
        f"EXECUTE $fold${folded}$fold$ INTO folded USING classes;",
    )


def select_then_delete(definition: TallyDefinition) -> TallyDefinition:
    """Fold what a SELECT returns, and empty the ledger afterwards."""
    ledger, dirty = definition.ledgers
    folded = exchanged(
        definition.fold, f"DELETE FROM {ledger} RETURNING room, root, n, pinned, quarter", f"SELECT * FROM {ledger}"
    )
    folded = exchanged(folded, f"DELETE FROM {dirty} RETURNING room", f"SELECT room FROM {dirty}")
    return _in_two_statements(
        definition, f"EXECUTE $fold${folded}$fold$ INTO folded; {_PAUSE} DELETE FROM {ledger}; DELETE FROM {dirty};"
    )


def deleting_where_it_should_truncate(definition: TallyDefinition) -> TallyDefinition:
    """Empty the sums row by row when the messages are truncated."""
    ledger, _, booked, thread, total, _ = definition.tables
    emptied = (ledger, booked, thread, total)
    deletions = "".join(f"DELETE FROM {table};" for table in emptied)
    return _in_create(definition, f"TRUNCATE {', '.join(emptied)};", deletions)


def columns_listed(definition: TallyDefinition) -> TallyDefinition:
    """Let the trigger fire for the columns that the statement names."""
    old, new = 'AFTER UPDATE ON "chat_message"', 'AFTER UPDATE OF room_id, thread_root_id, is_pinned ON "chat_message"'
    exchanged("".join(definition.attach), old, new)
    return replace(definition, attach=tuple(statement.replace(old, new) for statement in definition.attach))


def ordinary_triggers(definition: TallyDefinition) -> TallyDefinition:
    """Let the triggers fire only for sessions in their usual role."""
    exchanged("".join(definition.attach), "ENABLE ALWAYS TRIGGER", "")
    return replace(
        definition,
        attach=tuple(statement.replace("ENABLE ALWAYS TRIGGER", "ENABLE TRIGGER") for statement in definition.attach),
    )


def rooms_unwatched(definition: TallyDefinition) -> TallyDefinition:
    """On SQLite: let the trigger do nothing that is there for rooms that change."""
    attached = [
        f"{statement[: statement.index(' BEGIN ')]} BEGIN SELECT 1; END"
        if statement.startswith("CREATE TRIGGER ") and "_rooms_changed" in statement
        else statement
        for statement in definition.attach
    ]
    assert tuple(attached) != definition.attach
    return replace(definition, attach=tuple(attached))


def fold_without_lock(tallies: TallySet) -> int:
    """Fold whoever else is at it."""
    folded = 0
    for definition in tallies.definitions:
        with transaction.atomic(using=tallies.using), connections[tallies.using].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 700")
            lock_for_counting(cursor, definition)
            cursor.execute(definition.fold)
            folded += cursor.fetchone()[0]
    return folded


_PAUSE = f"PERFORM pg_sleep(0.01); PERFORM pg_advisory_xact_lock({BETWEEN});"


def _in_two_statements(definition: TallyDefinition, body: str) -> TallyDefinition:
    # Under another name than ours: what is ours and not known is removed by an installation.
    function = definition.tables[0].replace("statistics_tally_messages_ledger", "chaos_in_two")
    made = f"$two$ DECLARE classes jsonb; folded bigint; BEGIN {body} RETURN folded; END $two$"
    return replace(
        definition,
        create=(*definition.create, f"CREATE OR REPLACE FUNCTION {function}() RETURNS bigint LANGUAGE plpgsql AS {made}"),
        drop=(f"DROP FUNCTION IF EXISTS {function}()", *definition.drop),
        fold=f"SELECT {function}()",
    )


def _in_create(definition: TallyDefinition, old: str, new: str) -> TallyDefinition:
    exchanged("".join(definition.create), old, new)
    return replace(definition, create=tuple(statement.replace(old, new) for statement in definition.create))


ENDINGS = ("end_room_in_the_database", "end_room_by_the_orm", "use_id_again", "make_rooms")
REKINDS = ("rekind", "rekind_many", "write_around_a_rekind")
WRITES = ("insert_one", "insert_many", "move")

VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("right"),
        Variant("inner-join-in-the-read", inner_join_in_the_read, favoured=ENDINGS),
        Variant("inner-join-in-the-fold", inner_join_in_the_fold, favoured=ENDINGS),
        Variant("tail-alone", tail_alone, favoured=REKINDS),
        Variant("classes-first", classes_first, favoured=REKINDS),
        Variant("select-then-delete", select_then_delete, favoured=WRITES),
        Variant("without-lock", fold=fold_without_lock, favoured=WRITES),
        Variant("deleting-where-it-should-truncate", deleting_where_it_should_truncate, favoured=("truncate_messages",)),
        Variant("columns-listed", columns_listed),
        Variant("ordinary-triggers", ordinary_triggers),
        Variant("rooms-unwatched", rooms_unwatched, favoured=REKINDS),
    )
}
