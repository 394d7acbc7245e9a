"""Compare every running count with counting, in one view of the data, while writes go on; repair what differs."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from ..models import TallyAudit
from ..models.tally_audit import MOST_FINDINGS
from .declared import TallySet
from .definitions import TallyDefinition
from .installed import tally_defects
from .installer import Installer
from .transactions import counting_transaction

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """One number that was wrong; of triggers that do not stand, what is wrong with them."""

    count: str
    key: str
    expected: Any
    found: Any


def audit(tallies: TallySet, say: Callable[[str], Any] = str) -> TallyAudit:
    """Audit all counts of a source, repair them, and keep what was found; errors: NotInstalled when a repair had to give up."""
    began_at, began = timezone.now(), time.monotonic()
    findings: list[Finding] = []
    for name, fault in tally_defects(tallies).items():
        definition = tallies.of(name)
        assert definition is not None
        found = list(_findings(tallies, definition, fault))
        say(f"{name}: {len(found) or 'no'} difference{'' if len(found) == 1 else 's'}")
        findings += found
    for finding in findings[:MOST_FINDINGS]:
        logger.warning("The running count of %(count)s was wrong: %(key)s was %(found)s, not %(expected)s.", asdict(finding))
    if wrong := {finding.count for finding in findings}:
        Installer(tallies, say=say).install(recount=wrong)
    return TallyAudit.objects.create(
        began_at=began_at,
        took_ms=round((time.monotonic() - began) * 1000),
        counts=[str(definition.name) for definition in tallies.definitions],
        differences=len(findings),
        findings=[asdict(finding) for finding in findings[:MOST_FINDINGS]],
        repaired=bool(findings),
    )


def _findings(tallies: TallySet, definition: TallyDefinition, fault: str) -> Iterator[Finding]:
    """Compare in one snapshot; where the machinery does not stand, there may be nothing to compare with."""
    if fault:
        yield Finding(str(definition.name), "triggers", "in place", fault)
    try:
        with counting_transaction(tallies.using, definition) as cursor:
            cursor.execute(definition.compare)
            rows = cursor.fetchall()
    except DatabaseError:
        if not fault:
            raise
        return
    yield from (Finding(str(definition.name), key, int(expected), int(found)) for key, expected, found in rows)
