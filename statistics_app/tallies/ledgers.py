"""The size of the ledgers, and the sessions that prevent their folded rows from being vacuumed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from .declared import TallySet

# Under steady load, the ledgers take a tenth of a megabyte.
LARGE_BYTES = 4_000_000
_BYTES = "SELECT coalesce(sum(pg_relation_size(to_regclass(name))), 0) FROM unnest(%s::text[]) name"
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
