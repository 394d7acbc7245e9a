"""How the running counts stand, in lines for a person."""

from collections.abc import Iterator

from django.db import connections

from .ledgers import holder, ledger_bytes
from .machinery import Machinery, faults, recorded


def lines(machinery: Machinery) -> Iterator[str]:
    """Yield a line for each count, then how large the ledgers are and who keeps them so."""
    if not machinery.definitions and not machinery.reasons:
        yield "Nothing is counted by triggers here; every count is made live."
        return
    known = recorded(connections[machinery.using])
    for name, fault in faults(machinery).items():
        standing = known.get(name)
        yield (
            f"{name}: {fault}"
            if fault or standing is None
            else f"{name}: running since {standing.counted_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    for name, reason in machinery.reasons.items():
        yield f"{name}: counted live. {reason}"
    if any(definition.ledgers for definition in machinery.definitions):
        yield f"ledgers: {ledger_bytes(machinery):,} bytes"
        if found := holder(machinery):
            yield f"ledgers: {found}, so that they cannot be emptied for good"
