"""Trigger functions that cannot make the host's write fail.

They run with the rights of their owner (SECURITY DEFINER), so that writers need no grant, and with the owner's search path, so
that a writer's own functions are not called. If their body fails, because a column was renamed or a table of the app dropped,
the write succeeds and the failure is recorded: from then on the count is not used, until it is installed again. The table of
failures keeps a page for this, in case that the disk is full. Only if that is full as well does the write fail, as others of
the chat do then.

To catch an error takes a subtransaction, and many of them in one transaction slow everybody down. So a transaction that is not
very short remembers that one succeeded: this shows that everything is in place, and the locks that it took keep it so for all
others. Its following statements in the same schema do without, until the transaction itself changes a table or a column. What
remains could only fail because of a row's values, and `row_values` admits no expression that does.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

from ..definitions import FAILURES, PREFIX
from ..row_select import RowSelect

# How many rows of pg_class and pg_attribute the transaction has changed. PostgreSQL counts them anyway; asking costs no query.
_CHANGED = (
    "(pg_stat_get_xact_tuples_updated('pg_catalog.pg_class'::regclass) "
    "+ pg_stat_get_xact_tuples_deleted('pg_catalog.pg_class'::regclass) "
    "+ pg_stat_get_xact_tuples_updated('pg_catalog.pg_attribute'::regclass))::text"
)
# Single inserts are over by then, and need not pay for remembering; more than a few dozen of them do not fit into it.
_SHORT = "clock_timestamp() < now() + interval '1 millisecond'"


class Schema(NamedTuple):
    """The schema of the app's objects, and the search path of their functions; both are quoted."""

    name: str
    search_path: str

    def __str__(self) -> str:
        return self.name


def function_statements(base: str, schema: Schema, bodies: Mapping[str, str], count: str) -> Iterable[str]:
    """Yield the statements that create a trigger function for each body, by event."""
    handler = _handler(schema, count)
    flag = f"{PREFIX}.{base}_{crc32(schema.name.encode()):x}"
    for event, body in bodies.items():
        # A TRUNCATE needs a lock that earlier statements did not take.
        guarded = f"BEGIN {body} {handler} END;" if event == "emptied" else _guarded_once(body, handler, flag)
        source = f" DECLARE guarded text; BEGIN {guarded} RETURN NULL; END "
        quote = _dollar_quote(source)
        yield (
            f'CREATE OR REPLACE FUNCTION {schema}."{base}_{event}"() RETURNS trigger LANGUAGE plpgsql '
            f"SECURITY DEFINER SET search_path = {schema.search_path} AS {quote}{source}{quote}"
        )


def row_of(rows: RowSelect, row: str) -> str:
    """Return the SELECT over one row of a row-level trigger, OLD or NEW, whose cached plan a change of the table invalidates.

    A cached plan need not evaluate every column, so one from before a column was renamed can succeed. A plan that refers to the
    table is invalidated by its changes. `WHERE false` is removed by the planner, so that the reference costs nothing.
    """
    of_row = ", ".join(f"{row}.{column} AS {column}" for column in rows.columns)
    return rows.over(f"(SELECT {of_row} UNION ALL SELECT {', '.join(rows.columns)} FROM ONLY {rows.table} WHERE false)")


def _dollar_quote(source: str) -> str:
    """Return a quote that the source does not contain; it may contain any value of a declaration."""
    name = "tally"
    while f"${name}$" in source:
        name += "_"
    return f"${name}$"


def _guarded_once(body: str, handler: str, flag: str) -> str:
    """Catch errors until a statement of the transaction has succeeded, and again after the transaction has changed a table.

    A savepoint that is undone takes the flag back too.
    """
    remember = f"guarded := set_config('{flag}', {_CHANGED}, true);"
    return (
        f"IF {_SHORT} THEN BEGIN {body} {handler} END; "
        f"ELSIF current_setting('{flag}', true) = {_CHANGED} THEN {body} "
        f"ELSE BEGIN {body} {remember} {handler} END; END IF;"
    )


def _handler(schema: Schema, count: str) -> str:
    return (
        f"EXCEPTION WHEN OTHERS THEN BEGIN INSERT INTO {schema}.{FAILURES} (name, failed_at, error) "
        f"VALUES ('{count}', clock_timestamp(), SQLERRM); "
        # To delete a row needs no room, but an entry in the ledger may: deletions could be missed in silence.
        f"EXCEPTION WHEN disk_full THEN RAISE; "
        f"WHEN OTHERS THEN RAISE WARNING 'A failure of the count of {count} was not recorded: %', SQLERRM; END;"
    )
