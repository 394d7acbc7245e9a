"""The size and the age of the ledgers, and the sessions that prevent their folded rows from being vacuumed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from .declared import TallySet
from .definitions import TallyDefinition
from .installed import installed_tallies
from .transactions import existing_tables

# Under steady load, the ledgers take a tenth of a megabyte.
LARGE_BYTES = 4_000_000
_BYTES = "SELECT coalesce(sum(pg_relation_size(to_regclass(name))), 0) FROM unnest(%s::text[]) name"
# Counting further would take time, and tells no more: a fold is needed.
MOST_ROWS = 100_000
# A fold that moved rows vacuums the ledger.
_FOLDED_AT = "SELECT coalesce(last_vacuum, last_autovacuum) FROM pg_stat_user_tables WHERE relid = to_regclass(%s)"
_HOLDER = """
SELECT pid::text, coalesce(nullif(application_name, ''), backend_type), xact_start FROM pg_stat_activity
WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL)
  AND xact_start < now() - interval '10 seconds'
UNION ALL SELECT 'prepared ' || gid, owner, prepared FROM pg_prepared_xacts WHERE database = current_database()
UNION ALL SELECT 'slot ' || slot_name, slot_type, NULL FROM pg_replication_slots WHERE xmin IS NOT NULL
ORDER BY 3 NULLS LAST LIMIT 1"""


@dataclass(frozen=True, slots=True)
class OldestTransaction:
    """A session, a prepared transaction or a replication slot that may still see deleted rows and prevents their vacuuming."""

    holder: str
    program: str
    since: datetime | None

    def __str__(self) -> str:
        began = f" since {self.since:%Y-%m-%d %H:%M:%S} UTC" if self.since else ""
        return f"{self.program} (process {self.holder}) holds an old view of the data{began}"


@dataclass(frozen=True, slots=True)
class Unfolded:
    """The rows of a count's ledgers, MOST_ROWS at most of each, and when rows of them were last folded, as far as is known."""

    rows: int
    folded_at: datetime | None


def unfolded(tallies: TallySet) -> dict[str, Unfolded]:
    """Return what is in the ledgers of each installed count; nothing where triggers add to the sums themselves."""
    connection = connections[tallies.using]
    installed = installed_tallies(connection)
    existing = existing_tables(connection, tallies.tables)
    return {
        definition.name: Unfolded(*_unfolded(tallies.using, definition, installed[definition.name].counted_at))
        for definition in tallies.definitions
        if definition.ledgers and definition.name in installed and existing.issuperset(definition.ledgers)
    }


def _unfolded(using: str, definition: TallyDefinition, counted_at: datetime | None) -> tuple[int, datetime | None]:
    rows, times = 0, [counted_at]
    with connections[using].cursor() as cursor:
        for ledger in definition.ledgers:
            cursor.execute(f"SELECT count(*) FROM (SELECT FROM {ledger} LIMIT {MOST_ROWS}) rows")
            rows += cursor.fetchone()[0]
            cursor.execute(_FOLDED_AT, [ledger])
            times += cursor.fetchone() or ()
    return rows, max(filter(None, times), default=None)


def ledger_size(tallies: TallySet) -> int:
    """Return the size of all ledgers together, in bytes on disk; 0 if there are none."""
    tables = [table for definition in tallies.definitions for table in definition.ledgers]
    if not tables:
        return 0
    with connections[tallies.using].cursor() as cursor:
        cursor.execute(_BYTES, [tables])
        return int(cursor.fetchone()[0])


def oldest_transaction(tallies: TallySet) -> OldestTransaction | None:
    """Return the holder of the oldest view of the data if it is older than ten seconds, otherwise None."""
    if not any(definition.ledgers for definition in tallies.definitions):
        return None
    with connections[tallies.using].cursor() as cursor:
        cursor.execute(_HOLDER)
        row = cursor.fetchone()
    return OldestTransaction(*row) if row else None


def shrink_ledgers(tallies: TallySet) -> None:
    """Return the disk space of removed rows to the operating system."""
    tables = ", ".join(table for definition in tallies.definitions for table in definition.ledgers)
    with connections[tallies.using].cursor() as cursor:
        cursor.execute(f"VACUUM (SKIP_LOCKED, TRUNCATE true) {tables}")
