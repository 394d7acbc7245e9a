"""Running counts that are installed during an import equal counting the rows afterwards."""

import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.overrides import QUESTIONS
from statistics_app.tallies.source import TalliedSource
from statsproject.chat.models import Message
from tests.services.programs import Programs
from tests.tallies.conftest import differences, normalized, tallies

from .test_faults import large, start_import

__all__ = ["tallies"]  # a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.slow]


def test_counts_installed_during_an_import_are_exact_and_do_not_stop_it(
    tallies: TallySet, running: Programs, tmp_path: Path
) -> None:
    importing = start_import(running, large(tmp_path / "export", 60_000), "import")
    while not Message.objects.exists():
        importing.require_running()
        time.sleep(0.05)
    call_command("tallies", "install", verbosity=0)
    importing.require_running()
    assert importing.process.wait(200) == 3
    live, tallied = chat_source(timezone.now()), TalliedSource(chat_source(timezone.now()))
    assert len(tallied.ready) == 5
    for question in QUESTIONS:
        assert normalized(getattr(tallied, question)()) == normalized(getattr(live, question)()), question
    assert differences(tallies) == []
