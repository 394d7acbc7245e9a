"""How the running counts stand, in lines for a person."""

from collections.abc import Iterator

from django.db import connections

from .declared import TallySet
from .installed import installed_tallies, tally_defects
from .ledgers import ledger_size, oldest_transaction


def status_lines(tallies: TallySet) -> Iterator[str]:
    """Yield a line for each count, then how large the ledgers are and who keeps them so."""
    if not tallies.definitions and not tallies.reasons:
        yield "Nothing is counted by triggers here; every count is made live."
        return
    known = installed_tallies(connections[tallies.using])
    for name, fault in tally_defects(tallies).items():
        standing = known.get(name)
        yield (
            f"{name}: {fault}"
            if fault or standing is None
            else f"{name}: running since {standing.counted_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    for name, reason in tallies.reasons.items():
        yield f"{name}: counted live. {reason}"
    if any(definition.ledgers for definition in tallies.definitions):
        yield f"ledgers: {ledger_size(tallies):,} bytes"
        if found := oldest_transaction(tallies):
            yield f"ledgers: {found}, so that they cannot be emptied for good"
