"""The status of the running counts, for the command `tallies`."""

from collections.abc import Iterator, Mapping

from django.db import connections

from .declared import NO_TRIGGERS, VENDORS, TallySet
from .installed import InstalledTally, installed_tallies, needs_installation, tally_defects
from .ledgers import ledger_size, oldest_transaction


def status_lines(tallies: TallySet) -> Iterator[str]:
    """Yield a line for each count, then the size of the ledgers and the session that prevents their vacuuming."""
    installed = installed_tallies(connections[tallies.using])
    if connections[tallies.using].vendor not in VENDORS:
        yield f"{NO_TRIGGERS} Live counts are as exact, but slower."
        return
    if not tallies.definitions and not tallies.reasons and not tallies.unread:
        yield "Nothing is counted by triggers here; all rows are counted live."
        if installed:
            yield f"{', '.join(sorted(installed))}: installed and not used; `manage.py tallies uninstall` removes the triggers."
        return
    yield from _count_lines(tallies, installed)
    if tallies.overridden:
        yield f"answered by the source's own methods: {', '.join(tallies.overridden)}"
    if any(definition.ledgers for definition in tallies.definitions):
        yield f"ledgers: {ledger_size(tallies):,} bytes"
        if transaction := oldest_transaction(tallies):
            yield f"ledgers: {transaction}, so folded rows stay on disk"


def _count_lines(tallies: TallySet, installed: Mapping[str, InstalledTally]) -> Iterator[str]:
    """Yield how each count is made: by triggers and since when, live and why, or not at all since nothing would read it."""
    defects = tally_defects(tallies)
    for name, defect in defects.items():
        tally = installed.get(name)
        yield (
            f"{name}: {defect}"
            if defect or tally is None
            else f"{name}: running since {tally.counted_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    if any(map(needs_installation, defects.values())):
        yield "`manage.py tallies install` installs what is not running, and recounts the rows."
    for name, reason in tallies.reasons.items():
        yield f"{name}: counted live. {reason}"
    for name, reason in tallies.unread.items():
        yield f"{name}: not counted by triggers. {reason}"
