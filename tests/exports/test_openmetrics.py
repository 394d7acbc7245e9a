"""The OpenMetrics export: the names that Prometheus scrapes, the conventions, and a database made of it by Prometheus."""

import subprocess
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from statistics_app.catalogue.gauges import GAUGES
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.monitoring.exposition import exposition
from statistics_app.snapshots import generation
from tests.factories import make_messages, make_room, make_user
from tests.history.conftest import at
from tests.services.prometheus import promtool

pytestmark = pytest.mark.django_db(transaction=True)

NOON = at(2026, 3, 10, 12)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An export of three snapshots, the last of which was just taken."""
    make_messages(make_room(), 5, author=make_user())
    for hour in (0, 2):
        taken = generation.generate(Origin.COMMAND)
        Snapshot.objects.filter(pk=taken.pk).update(created_at=NOON + timedelta(hours=hour))
    generation.generate(Origin.COMMAND)
    path = tmp_path / "history.om.txt"
    call_command("export_statistics", "--format", "openmetrics", "--output", str(path))
    return path


def described(text: str) -> dict[str, tuple[str, str, str, frozenset[str]]]:
    """Return the type, unit and definition of each family of the workspace's gauges, and the labels of its samples."""
    return {
        family.name: (family.type, family.unit, family.documentation, frozenset(str(one.labels) for one in family.samples))
        for family in text_string_to_metric_families(text)
        if family.name in {gauge.full_name for gauge in GAUGES}
    }


def test_it_has_the_names_labels_and_units_that_are_scraped(path: Path) -> None:
    exported, scraped = described(path.read_text()), described(exposition("application/openmetrics-text")[0].decode())
    known = {name: family for name, family in scraped.items() if family[3]}
    assert exported == known
    assert {"statistics_host_memory_size_bytes", "statistics_host_load", "statistics_instances"} <= set(known)


def test_the_samples_of_one_series_follow_each_other(path: Path) -> None:
    series = [line.rsplit(" ", 2)[0] for line in path.read_text().splitlines() if not line.startswith("#")]
    assert set(Counter(series).values()) == {3}
    assert series == sorted(series, key=list(dict.fromkeys(series)).index)


@pytest.mark.usefixtures("with_prometheus")
def test_it_follows_the_conventions_of_prometheus(path: Path) -> None:
    # What is scraped, and what the tool checks, has one sample of a series and no time.
    lines: dict[str, str] = {}
    for line in path.read_text().splitlines():
        series, *_, value = line.rsplit(" ", 2)[:2] if not line.startswith("#") else (line, "")
        lines[series] = f"{series} {value}".rstrip()
    text = "\n".join(line for line in lines.values() if line != "# EOF")
    assert promtool("check", "metrics", given=f"{text}\n") == ""


@pytest.mark.usefixtures("with_prometheus")
def test_prometheus_makes_a_database_of_it(path: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert promtool("tsdb", "create-blocks-from", "openmetrics", str(path), str(data)) == ""
    (data / "wal").mkdir()  # which reading needs, and importing does not make
    command = ["promtool", "tsdb", "dump", str(data)]
    dumped = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    messages = [line for line in dumped if '"statistics_messages"' in line and 'kind="channel"' in line]
    assert [line.split()[-2:] for line in messages[:2]] == [
        ["5", str(int((NOON + timedelta(hours=hour)).timestamp() * 1000))] for hour in (0, 2)
    ]
    assert len(dumped) == sum(not line.startswith("#") for line in path.read_text().splitlines())
