"""Running counts for the time of a test, whatever the settings of the tests are."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from ..conf import COUNTED_BY_TALLIES, DICT_NAME
from ..sources.base import ChatSource
from ..sources.loading import chat_source
from ..tallies.declared import TallySet
from ..tallies.installed import installed_tallies
from ..tallies.installer import Installer
from ..tallies.source import TalliedSource, can_install, tallies_in_use


@contextmanager
def counting_by_triggers() -> Iterator[None]:
    """Let sources use running counts, also where the settings of the tests turn them off."""
    given = getattr(settings, DICT_NAME, {})
    with override_settings(**{DICT_NAME: {**given, "COUNTING": COUNTED_BY_TALLIES}}):
        yield


@contextmanager
def installed(source: type[ChatSource]) -> Iterator[None]:
    """Install the running counts of a source unless they are, and leave the database as it was.

    Errors: AssertionError within a transaction, in which they cannot be installed.
    """
    with counting_by_triggers():
        tallied = TalliedSource(source(timezone.now()))
        tallies = tallied.tallies
        if not can_install(tallied) or not any(tallied.defects.values()):
            yield
            return
        if connections[tallies.using].in_atomic_block:
            raise AssertionError(
                "The running counts are not installed, and cannot be while a transaction is open. Use Django's TestCase or "
                "TransactionTestCase, or pytest.mark.django_db(transaction=True)."
            )
        before = installed_tallies(connections[tallies.using])
        Installer(tallies, report=str).install()
    try:
        yield
    finally:
        _restore(tallies, had_some=bool(before))


def _restore(tallies: TallySet, *, had_some: bool) -> None:
    """Remove what was installed; what was there before was that of the project's source."""
    Installer(tallies, report=str).uninstall()
    if had_some:
        Installer(tallies_in_use(chat_source(timezone.now())), report=str).install()
