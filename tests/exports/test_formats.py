"""Every export format contains the same numbers and is streamed."""

import ast
import csv
import io
import json
import re
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from statistics_app.catalogue.gauges import GAUGES as EXPOSED
from statistics_app.catalogue.statistic import Unit
from statistics_app.catalogue.statistics import CATALOGUE
from statistics_app.exports.csv_format import csv_row
from statistics_app.exports.formats import DEFAULT, FORMATS
from statistics_app.exports.openmetrics import sample_names
from statistics_app.history.metrics import GAUGES
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from tests.conftest import Person
from tests.factories import make_messages, make_room, make_user
from tests.history.conftest import Store, at, store

__all__ = ["store"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# Prometheus adds up the samples that these are the sums of.
ADDED_UP = {"totalUsers", "totalConnectedUsers", "totalRooms", "totalMessages"}
NOON = at(2026, 3, 10, 12)


def exported(name: str, rows: Any) -> str:
    """Return snapshots in the format of a given name."""
    return b"".join(FORMATS[name].write_snapshots(rows)).decode()


def samples(text: str) -> dict[str, list[tuple[float, float]]]:
    """Parse OpenMetrics text with Prometheus's own parser, and return the (time, value) pairs by name and labels."""
    found: dict[str, list[tuple[float, float]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sample.labels.items())
            name = f"{sample.name}{{{labels}}}" if labels else sample.name
            found.setdefault(name, []).append((sample.timestamp.__float__(), sample.value))
    return found


@pytest.mark.django_db(transaction=True)
def test_page_json_csv_and_metrics_of_a_moment_agree(viewer: Person, admin_person: Person) -> None:
    make_messages(make_room("c"), 1234)
    make_messages(make_room("d"), 5)
    make_user("ada", presence="online")
    taken = generation.generate(Origin.COMMAND)
    document = taken.document
    api = viewer.get("statistics").json()
    assert {**document, "success": True} == api
    [from_json] = json.loads(exported("json", [taken]))
    [from_lines] = [json.loads(line) for line in exported("jsonl", [taken]).splitlines()]
    assert from_json == from_lines == document
    [row] = csv.DictReader(io.StringIO(exported("csv", [taken])))
    for statistic in CATALOGUE:
        if statistic.unit is not Unit.OBJECT:
            assert row[statistic.key] == ("" if document[statistic.key] is None else str(document[statistic.key]))
    metrics = samples(exported("openmetrics", [taken]))
    exposed = {path: name for gauge in EXPOSED for path, name in sample_names(gauge).items()}
    for metric in GAUGES:
        value = metric.value_in(document)
        expected = None if value is None else [(pytest.approx(taken.created_at.timestamp()), value)]
        assert metrics.get(exposed[metric.key]) == expected if metric.key in exposed else metric.key in ADDED_UP
        assert metric.key not in row or row[metric.key] == "" or float(row[metric.key]) == value
    page = viewer.browser().get(f"/statistics/snapshots/{taken.pk}/").content.decode()
    listed = admin_person.browser().get("/admin/statistics_app/snapshot/").content.decode()
    for text in (page, listed):
        assert f"{document['totalMessages']:,}" == "1,239"
        assert "1,239" in text


def test_a_range_is_exported_oldest_first(store: Store) -> None:
    for hour in (3, 1, 2):
        store(NOON + timedelta(hours=hour), totalMessages=hour, totalDirectMessages=hour, uploadsTotalSize=10**12)
    rows = list(Snapshot.objects.all().streamed())
    assert [one["totalMessages"] for one in json.loads(exported("json", rows))] == [1, 2, 3]
    assert [json.loads(line)["totalMessages"] for line in exported("jsonl", rows).splitlines()] == [1, 2, 3]
    assert [row["totalMessages"] for row in csv.DictReader(io.StringIO(exported("csv", rows)))] == ["1", "2", "3"]
    found = samples(exported("openmetrics", rows))
    assert [value for _, value in found['statistics_messages{kind="direct"}']] == [1, 2, 3]
    assert [value for _, value in found["statistics_uploads_size_bytes"]] == [10**12] * 3


def test_openmetrics_has_all_digits_and_no_truth_values(store: Store) -> None:
    store(NOON, totalPinned=10**15 + 1, totalThreads=True, lastLogin="7", os={"loadavg": [0.25, 1, None]})
    text = exported("openmetrics", list(Snapshot.objects.all()))
    assert f"statistics_pinned_messages {10**15 + 1} " in text
    found = samples(text)
    assert [found[f'statistics_host_load{{over="{time}"}}'][0][1] for time in ("1m", "5m")] == [0.25, 1]
    names = {"statistics_threads", "statistics_last_login_timestamp_seconds", 'statistics_host_load{over="15m"}'}
    assert not names & set(found)


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_without_snapshots_is_a_valid_file(name: str) -> None:
    empty_files = {"json": "[]\n", "jsonl": "", "openmetrics": "# EOF\n"}
    text = exported(name, [])
    assert text == empty_files.get(name, text)
    assert name != "csv" or (text.startswith("_id,uniqueId,") and text.count("\r\n") == 1)


def test_csv_keeps_commas_quotes_and_line_ends(store: Store) -> None:
    store(NOON, version='1,"2"\r\n3', userLanguages={"en": 2, "d,e": 1})
    [row] = csv.DictReader(io.StringIO(exported("csv", Snapshot.objects.all()), newline=""))
    assert row["version"] == '1,"2"\r\n3'
    assert json.loads(row["userLanguages"]) == {"en": 2, "d,e": 1}


@pytest.mark.parametrize("name", FORMATS)
def test_memory_does_not_grow_with_the_number_of_snapshots(store: Store, name: str) -> None:
    snapshot = store(NOON, totalMessages=1, os={"freemem": 5}, version="x" * 2000)

    def peak(number: int) -> int:
        def rows() -> Iterator[Snapshot]:
            for _ in range(number):
                # As when read from the database, each has its own text, and its document is not parsed yet.
                yield Snapshot(id=snapshot.pk, created_at=snapshot.created_at, body=snapshot.body + " ")

        tracemalloc.start()
        try:
            for _ in FORMATS[name].write_snapshots(rows()):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(3000) < peak(100) + 500_000


def test_the_command_writes_to_a_file_and_to_standard_output(store: Store, tmp_path: Any, capsys: Any) -> None:
    first, second = store(NOON, totalMessages=1), store(NOON + timedelta(days=1), totalMessages=2)
    target = tmp_path / "out.csv"
    call_command("export_statistics", "--format", "csv", "--output", str(target))
    assert [row["_id"] for row in csv.DictReader(io.StringIO(target.read_text()))] == [first.pk, second.pk]
    call_command("export_statistics", "--since", "2026-03-11")
    assert [json.loads(line)["_id"] for line in capsys.readouterr().out.splitlines()] == [second.pk]
    call_command("export_statistics", first.pk, "--format", "json")
    assert json.loads(capsys.readouterr().out)[0]["_id"] == first.pk


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["nobody"], "'nobody'"),
        (["--since", "soon"], "'soon'"),
        (["--output", "/nowhere/at/all"], "/nowhere/at/all"),
        (["--format", "xml"], "xml"),
    ],
)
def test_the_command_names_invalid_arguments(db: None, arguments: list[str], names: str) -> None:
    with pytest.raises(CommandError, match=names):
        call_command("export_statistics", *arguments)


def test_the_api_streams_a_range_in_every_format(viewer: Person, store: Store) -> None:
    for day in range(3):
        store(NOON + timedelta(days=day), totalMessages=day)
    wanted = Snapshot.objects.filter(total_messages__gte=1)
    for name, chosen in FORMATS.items():
        answer = viewer.get("statistics.export", format=name, since="2026-03-11T00:00:00Z")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, chosen.media_type)
        assert answer.streaming
        assert b"".join(answer.streaming_content).decode() == exported(name, wanted.streamed())


def test_the_api_names_invalid_parameters_and_requires_the_permission(viewer: Person, member: Person, stranger: Person) -> None:
    for parameters, names in (({"format": "xml"}, "'format'"), ({"since": "soon"}, "'since'")):
        answer = viewer.get("statistics.export", **parameters)
        assert answer.status_code == 400
        assert names in answer.json()["error"]
    assert (member.get("statistics.export").status_code, stranger.get("statistics.export").status_code) == (403, 401)


def test_pages_offer_and_deliver_every_format(viewer: Person, member: Person, store: Store) -> None:
    one, other = store(NOON, totalMessages=1), store(NOON + timedelta(days=1), totalMessages=2)
    browser = viewer.browser()
    for page in ("/statistics/snapshots/", f"/statistics/snapshots/{one.pk}/"):
        text = browser.get(page).content.decode()
        assert all(f"?format={name}" in text for name in FORMATS)
    answer = browser.get("/statistics/snapshots/export/?format=jsonl")
    assert b"".join(answer.streaming_content).decode() == exported("jsonl", [one, other])
    answer = browser.get(f"/statistics/snapshots/{one.pk}/export/?format=csv")
    assert b"".join(answer.streaming_content).decode() == exported("csv", [one])
    assert f'filename="statistics-{one.pk}.csv"' in answer.headers["Content-Disposition"]
    assert browser.get("/statistics/snapshots/export/?format=xml").status_code == 404
    assert browser.get("/statistics/snapshots/nobody/export/").status_code == 404
    assert member.browser().get("/statistics/snapshots/export/").status_code == 403


def test_the_admin_exports_the_selected_snapshots(admin_person: Person, store: Store) -> None:
    one, _ = store(NOON, totalMessages=1), store(NOON + timedelta(days=1), totalMessages=2)
    chosen = {"action": "export_csv", "_selected_action": [one.pk]}
    answer = admin_person.browser().post("/admin/statistics_app/snapshot/", chosen)
    assert b"".join(answer.streaming_content).decode() == exported("csv", [one])


def test_the_contract_knows_every_format_that_is_a_file() -> None:
    # Its hooks run in a process without Django, so they repeat the names.
    hooks = (Path(__file__).parent.parent / "contract" / "hooks.py").read_text()
    [names] = re.findall(r"^FILE_FORMATS = (.*)$", hooks, re.MULTILINE)
    assert ast.literal_eval(names) == set(FORMATS) - {DEFAULT}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_text_in_a_csv_file_becomes_a_formula(text: str) -> None:
    assert next(csv.reader(io.StringIO(csv_row([text, -1, 1.5, None, "a-b"]).decode()))) == [f"'{text}", "-1", "1.5", "", "a-b"]
