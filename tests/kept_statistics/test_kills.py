"""An import of statistics that is killed at any moment is simply run again."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from statistics_app.models import GaugeRollup, ImportedDocument, Snapshot
from tests.foreign.eras import in_2021
from tests.services.programs import ROOT, Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.slow]

HOURS = 1200


def test_an_import_that_was_killed_is_run_again_with_the_same_result(running: Programs, tmp_path: Path) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    documents = [
        in_2021(_id=f"{number:024x}", createdAt={"$date": (start + timedelta(hours=number)).isoformat()}, totalUsers=number)
        for number in range(HOURS)
    ]
    file = tmp_path / "kept.jsonl"
    file.write_text("\n".join(map(json.dumps, documents)))
    rejects = tmp_path / "rejects.jsonl"
    command = [sys.executable, str(ROOT / "manage.py"), "import_statistics", str(file), "--rejects", str(rejects)]
    killed = running.start_command("killed", *command)
    while not Snapshot.objects.exists():
        killed.require_running()
        time.sleep(0.01)
    running.kill(killed)
    assert Snapshot.objects.count() == ImportedDocument.objects.count()
    call_command("import_statistics", str(file), rejects=rejects, stdout=StringIO())
    assert Snapshot.objects.filter(is_rolled_up=True).count() == HOURS
    assert GaugeRollup.objects.filter(key="totalUsers", count=1).count() == HOURS
