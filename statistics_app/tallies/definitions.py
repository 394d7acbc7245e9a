"""The machinery of one count in a database's own SQL."""

import hashlib
from dataclasses import dataclass, field

from .plan import Count

PREFIX = "statistics_tally"
# Stands in a statement of `fill` that can be run slice by slice; as it is, it takes all rows.
SLICE = "/* slice */ true"
# Stands in a table of quarters for all of them.
EVERYTHING = -(1 << 60)


@dataclass(frozen=True, slots=True)
class Definition:
    """What to run to make, fill, fold, read, compare and remove one count; every name begins with PREFIX.

    `host_tables` are the chat's tables that it watches, `tables` its own. `attach` makes the triggers and needs the host's
    tables for itself for a moment; `fill` counts anew and discards what was noted meanwhile, in one snapshot (`sliced` is the
    table whose rows it may take in slices); `fold` moves what was noted into the sums; `reads` are SELECTs by name; `compare`
    gives (key, expected, found) for whatever differs; `quarters` is the table of the quarters of an hour whose events changed.
    """

    name: Count
    host_tables: tuple[str, ...]
    tables: tuple[str, ...]
    create: tuple[str, ...]
    attach: tuple[str, ...]
    fill: tuple[str, ...]
    drop: tuple[str, ...]
    compare: str
    reads: dict[str, str]
    fold: str = ""
    sliced: str = ""
    ledgers: tuple[str, ...] = ()
    quarters: str = ""
    triggers: tuple[str, ...] = field(default=())

    @property
    def fingerprint(self) -> str:
        """Tell this machinery from any other."""
        parts = [*self.create, *self.attach, *self.fill, self.fold, self.compare, *self.reads.values()]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()
