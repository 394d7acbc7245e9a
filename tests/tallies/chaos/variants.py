"""The correct tallies and faulty variants, which the chaos test must detect. Each variant has one change in the SQL."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import connections, transaction

from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.definitions import TallyDefinition
from statistics_app.tallies.folding import fold
from statistics_app.tallies.plan import Count
from statistics_app.tallies.transactions import lock_for_counting

# While this advisory lock is held, a fold that consists of two statements waits between them.
PAUSE_LOCK = 42
_CLASS_OF = re.compile(r"\(SELECT c\.class_ FROM \((?P<rooms>[^;]*?)\) c WHERE c\.room_ = (?P<key>\w+\.room)\)")


CORRECT = "correct"


@dataclass(frozen=True)
class Variant:
    """A change to the tally definition of messages, or to the fold. The `favoured` actions are those that reveal it."""

    name: str
    change: Callable[[TallyDefinition], TallyDefinition] = lambda definition: definition
    fold: Callable[[TallySet], int] = fold
    favoured: tuple[str, ...] = ()

    def of(self, tallies: TallySet) -> TallySet:
        """Return the tallies with the change of this variant."""
        return replace(
            tallies,
            definitions=tuple(
                self.change(definition) if definition.name is Count.MESSAGES else definition
                for definition in tallies.definitions
            ),
        )


def substituted(text: str, old: str, new: str) -> str:
    """Replace a part of a text. Errors: LookupError when it is missing, so that no variant is unchanged by mistake."""
    if old not in text:
        raise LookupError(f"{old!r} is no longer in the definition: {text}")
    return text.replace(old, new)


def inner_join_in_the_read(definition: TallyDefinition) -> TallyDefinition:
    """Inner join the dirty rooms with the rooms: the counts of a deleted room are kept."""
    moved = "CROSS JOIN LATERAL (VALUES (b.class"
    read = substituted(definition.classes, moved, f"JOIN chat_room alive ON alive.id = d.room {moved}")
    return replace(definition, classes=read)


def inner_join_in_the_fold(definition: TallyDefinition) -> TallyDefinition:
    """Inner join the touched rooms with the rooms: the messages of a deleted room stay counted."""
    return replace(
        definition,
        fold=substituted(definition.fold, "FROM touched t ", "FROM touched t JOIN chat_room alive ON alive.id = t.room "),
    )


def tail_alone(definition: TallyDefinition) -> TallyDefinition:
    """Count the tail by the current class of its rooms, and leave the booked messages under the former class."""
    read = definition.classes
    start, end = read.index("  UNION ALL SELECT v.class"), read.index(") t (class, n, pinned)")
    return replace(definition, classes=read[:start] + read[end:])


def classes_first(definition: TallyDefinition) -> TallyDefinition:
    """Look up the classes in a separate statement, before the one that empties the ledger."""
    match = _CLASS_OF.search(definition.fold)
    if match is None:
        raise LookupError("The fold does not look up classes.")
    folded = _CLASS_OF.sub(lambda match: f"($1 ->> {match['key']})", definition.fold)
    return _in_two_statements(
        definition,
        f"SELECT jsonb_object_agg(room_, class_) INTO classes FROM ({match['rooms']}) c; {_PAUSE} "
        f"EXECUTE $fold${folded}$fold$ INTO folded USING classes;",
    )


def select_then_delete(definition: TallyDefinition) -> TallyDefinition:
    """Fold the rows that a SELECT returns, and empty the ledger afterwards."""
    ledger, dirty = definition.ledgers
    folded = substituted(definition.fold, f"DELETE FROM {ledger} RETURNING *", f"SELECT * FROM {ledger}")
    folded = substituted(folded, f"DELETE FROM {dirty} RETURNING room", f"SELECT room FROM {dirty}")
    return _in_two_statements(
        definition, f"EXECUTE $fold${folded}$fold$ INTO folded; {_PAUSE} DELETE FROM {ledger}; DELETE FROM {dirty};"
    )


def deleting_where_it_should_truncate(definition: TallyDefinition) -> TallyDefinition:
    """Empty the sums with DELETE instead of TRUNCATE when the messages are truncated."""
    ledger, _, booked, thread, total, *_ = definition.tables
    emptied = (ledger, booked, thread, total)
    deletions = "".join(f"DELETE FROM {table};" for table in emptied)
    return _in_create(definition, f"TRUNCATE {', '.join(emptied)};", deletions)


def columns_listed(definition: TallyDefinition) -> TallyDefinition:
    """Restrict the update trigger to statements that name one of the counted columns."""
    old, new = 'AFTER UPDATE ON "chat_message"', 'AFTER UPDATE OF room_id, thread_root_id, is_pinned ON "chat_message"'
    substituted("".join(definition.attach), old, new)
    return replace(definition, attach=tuple(statement.replace(old, new) for statement in definition.attach))


def ordinary_triggers(definition: TallyDefinition) -> TallyDefinition:
    """Enable the triggers only for sessions with the replication role `origin`."""
    substituted("".join(definition.attach), "ENABLE ALWAYS TRIGGER", "")
    return replace(
        definition,
        attach=tuple(statement.replace("ENABLE ALWAYS TRIGGER", "ENABLE TRIGGER") for statement in definition.attach),
    )


def rooms_unwatched(definition: TallyDefinition) -> TallyDefinition:
    """On SQLite: make the trigger for changed rooms do nothing."""
    attached = [
        f"{statement[: statement.index(' BEGIN ')]} BEGIN SELECT 1; END"
        if statement.startswith("CREATE TRIGGER ") and "_rooms_changed" in statement
        else statement
        for statement in definition.attach
    ]
    assert tuple(attached) != definition.attach
    return replace(definition, attach=tuple(attached))


def fold_without_lock(tallies: TallySet) -> int:
    """Fold without the lock that prevents concurrent folds."""
    folded = 0
    for definition in tallies.definitions:
        with transaction.atomic(using=tallies.using), connections[tallies.using].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 700")
            lock_for_counting(cursor, definition)
            cursor.execute(definition.fold)
            folded += cursor.fetchone()[0]
    return folded


_PAUSE = f"PERFORM pg_sleep(0.01); PERFORM pg_advisory_xact_lock({PAUSE_LOCK});"


def _in_two_statements(definition: TallyDefinition, body: str) -> TallyDefinition:
    # The name has another prefix than the app's functions, since an installation removes unknown functions with that prefix.
    function = definition.tables[0].replace("statistics_tally_messages_ledger", "chaos_in_two")
    made = f"$two$ DECLARE classes jsonb; folded bigint; BEGIN {body} RETURN folded; END $two$"
    return replace(
        definition,
        create=(*definition.create, f"CREATE OR REPLACE FUNCTION {function}() RETURNS bigint LANGUAGE plpgsql AS {made}"),
        drop=(f"DROP FUNCTION IF EXISTS {function}()", *definition.drop),
        fold=f"SELECT {function}()",
    )


def _in_create(definition: TallyDefinition, old: str, new: str) -> TallyDefinition:
    substituted("".join(definition.create), old, new)
    return replace(definition, create=tuple(statement.replace(old, new) for statement in definition.create))


DELETIONS = ("delete_room_in_the_database", "delete_room_with_the_orm", "reuse_room_id", "create_rooms")
TYPE_CHANGES = ("change_type", "change_types", "write_around_a_type_change")
WRITES = ("insert_one", "insert_many", "move")

VARIANTS = {
    variant.name: variant
    for variant in (
        Variant(CORRECT),
        Variant("inner-join-in-the-read", inner_join_in_the_read, favoured=DELETIONS),
        Variant("inner-join-in-the-fold", inner_join_in_the_fold, favoured=DELETIONS),
        Variant("tail-alone", tail_alone, favoured=TYPE_CHANGES),
        Variant("classes-first", classes_first, favoured=TYPE_CHANGES),
        Variant("select-then-delete", select_then_delete, favoured=WRITES),
        Variant("without-lock", fold=fold_without_lock, favoured=WRITES),
        Variant("deleting-where-it-should-truncate", deleting_where_it_should_truncate, favoured=("truncate_messages",)),
        Variant("columns-listed", columns_listed),
        Variant("ordinary-triggers", ordinary_triggers),
        Variant("rooms-unwatched", rooms_unwatched, favoured=TYPE_CHANGES),
    )
}
