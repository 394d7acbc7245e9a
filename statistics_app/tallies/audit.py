"""The audit of the running counts: compare them with a count of the rows, in one view of the data, and repair differences."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from ..models import TallyAudit
from ..models.tally_audit import MAX_FINDINGS
from .declared import TallySet
from .definitions import TallyDefinition
from .folding import fold
from .installed import needs_installation, tally_defects
from .installer import Installer
from .settling import partitioned
from .transactions import counting_transaction

logger = logging.getLogger(__name__)

# The number of findings of a count that are listed individually.
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A wrong number, with its expected and its found value, or a defect of the triggers of a count."""

    count: str
    key: str
    expected: Any
    found: Any


def summed_up(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """Yield for each count what was wrong: some examples, and of many findings the number and the sums."""
    by_count: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_count[finding.count].append(finding)
    for count, found in by_count.items():
        examples = "; ".join(f"{one.key} was {one.found}, not {one.expected}" for one in found[:EXAMPLES])
        yield count, examples + (_rest(found) if len(found) > EXAMPLES else "")


def _rest(found: Sequence[Finding]) -> str:
    excesses = [one.found - one.expected for one in found if isinstance(one.found, int) and isinstance(one.expected, int)]
    high, low = sum(each for each in excesses if each > 0), -sum(each for each in excesses if each < 0)
    return f"; and {len(found) - EXAMPLES:,} more. In all, {high:,} too many and {low:,} too few"


def audit(tallies: TallySet, report: Callable[[str], Any] = str) -> TallyAudit:
    """Audit all counts of a source while writes go on, repair those that differ, and store the findings.

    `report` is called with a line for each count. Errors: NotInstalled when a repair does not get its locks in time.
    """
    began_at, began = timezone.now(), time.monotonic()
    findings: list[Finding] = []
    if partitioned(tallies):
        fold(tallies)  # which settles partitions
    for name, defect in tally_defects(tallies).items():
        definition = tallies.of(name)
        assert definition is not None  # noqa: S101 - for the type checker only
        if defect and not needs_installation(defect):
            report(f"{name}: not compared, since it {defect}")
            continue
        differences = list(_findings(tallies, definition, defect))
        report(f"{name}: {len(differences) or 'no'} difference{'' if len(differences) == 1 else 's'}")
        findings += differences
    for count, what in summed_up(findings):
        logger.warning("The running count of %s was wrong: %s.", count, what)
    if wrong := {finding.count for finding in findings}:
        Installer(tallies, report=report).install(recount=wrong)
    return TallyAudit.objects.create(
        began_at=began_at,
        took_ms=round((time.monotonic() - began) * 1000),
        counts=[str(definition.name) for definition in tallies.definitions],
        differences=len(findings),
        findings=[asdict(finding) for finding in findings[:MAX_FINDINGS]],
        repaired=bool(findings),
    )


def _findings(tallies: TallySet, definition: TallyDefinition, defect: str) -> Iterator[Finding]:
    """Yield the defect, if there is one, and every difference, compared in one transaction."""
    if defect:
        yield Finding(str(definition.name), "triggers", "in place", defect)
    try:
        with counting_transaction(tallies.using, definition) as cursor:
            cursor.execute(definition.compare)
            rows = cursor.fetchall()
    except DatabaseError:
        # With a defect, the tables to compare with may be missing.
        if not defect:
            raise
        return
    yield from (Finding(str(definition.name), key, int(expected), int(found)) for key, expected, found in rows)
