"""Imported snapshots: stored once, in the history, never the latest, and shown by every page, answer and file."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from statistics_app.api.openapi import document as openapi
from statistics_app.exports.formats import FORMATS
from statistics_app.foreign import meanings
from statistics_app.foreign.translation import translate
from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.models import Annotation, GaugeRollup, ImportedDocument, ReportedPeople, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statistics_app.snapshots.importing import Imported, import_snapshots, require_past
from statistics_app.snapshots.retention import prune_statistics
from tests.conftest import Person
from tests.factories import make_messages, make_room, make_user
from tests.foreign.eras import ERAS, date, in_2017, in_2021, in_2024

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ALL = [translate(era()) for era in ERAS]
FIRST, SECOND, THIRD, _ = ALL


def state() -> list[Any]:
    """Return all that an import writes."""
    rollups = GaugeRollup.objects.order_by("key", "hour").values_list("key", "hour", "last", "total", "count")
    annotations = Annotation.objects.order_by("key", "since").values_list("key", "text", "since", "until")
    people = ReportedPeople.objects.order_by("date", "days").values_list("days", "date", "number")
    return [*Snapshot.objects.order_by("pk").values_list("pk", "body", "problems"), *rollups, *annotations, *people]


def test_documents_become_snapshots_with_their_ids_and_totals() -> None:
    assert import_snapshots(ALL) == Imported(4, 0)
    snapshot = Snapshot.objects.get(pk="60c1d5b0f3a7e2000a4b9c31")
    assert (snapshot.origin, snapshot.number, snapshot.slot) == (Origin.IMPORT, None, None)
    assert (snapshot.total_users, snapshot.total_messages, snapshot.uploads_size) == (512, 2543903, 28112937710)
    assert snapshot.document == SECOND.document
    assert snapshot.problems == SECOND.problems


def test_a_second_import_changes_nothing() -> None:
    import_snapshots(ALL)
    roll_up_gauges()
    before = state()
    assert import_snapshots([*ALL, *ALL]) == Imported(0, 8)
    roll_up_gauges()
    assert state() == before


def test_what_retention_removed_is_not_imported_again() -> None:
    of_a_day = [
        translate(in_2017(_id=f"hour{hour}", createdAt=date(f"2017-02-06T{hour:02}:00:00Z"), totalUsers=hour))
        for hour in range(24)
    ]
    import_snapshots(of_a_day)
    roll_up_gauges()
    before = GaugeRollup.objects.filter(key="totalUsers").count()
    prune_statistics(timezone.now())
    assert Snapshot.objects.count() == 1
    assert import_snapshots(of_a_day) == Imported(0, 24)
    roll_up_gauges()
    assert (Snapshot.objects.count(), ImportedDocument.objects.count()) == (1, 24)
    assert GaugeRollup.objects.filter(key="totalUsers", count=1).count() == before == 24


def test_what_retention_removed_of_our_own_does_not_come_back_from_a_file() -> None:
    taken = [generation.generate(Origin.COMMAND) for _ in range(3)]
    lines = b"".join(FORMATS["jsonl"].write_snapshots(Snapshot.objects.streamed())).splitlines()
    exported = [translate(json.loads(line)) for line in lines]
    assert [one.identity for one in exported] == [one.pk for one in taken]
    in_a_year = timezone.now() + timedelta(days=365)
    prune_statistics(in_a_year)
    kept, before = Snapshot.objects.get(), state()
    assert import_snapshots(exported) == Imported(0, 3)
    roll_up_gauges()
    assert (Snapshot.objects.get(), state()) == (kept, before)


def test_our_own_snapshots_are_not_imported_over_themselves() -> None:
    own = generation.generate(Origin.COMMAND)
    assert import_snapshots([translate(own.document)]) == Imported(0, 1)
    assert Snapshot.objects.get().origin == Origin.COMMAND


def test_the_latest_stays_the_newest_that_was_taken() -> None:
    taken = generation.generate(Origin.COMMAND)
    later = translate(in_2024(createdAt=date((timezone.now() + timedelta(hours=2)).isoformat())))
    import_snapshots([later])
    assert generation.latest().pk == taken.pk
    assert Snapshot.objects.latest_taken() == taken


def test_without_a_taken_snapshot_the_first_question_takes_one(viewer: Person) -> None:
    import_snapshots(ALL)
    response = viewer.get("statistics").json()
    assert response["_id"] not in {one.identity for one in ALL}
    assert Snapshot.objects.taken().count() == 1


def test_an_imported_snapshot_does_not_replace_the_one_at_the_start() -> None:
    import_snapshots([translate(in_2024(createdAt=date(timezone.now().isoformat())))])
    assert generation.generate_at_start(timezone.now()) is not None


def test_a_document_from_the_future_is_refused() -> None:
    now = datetime(2021, 6, 8, tzinfo=UTC)
    with pytest.raises(ValueError, match="in the future: 2021-06-10 09:04 UTC"):
        require_past(SECOND, now)
    require_past(SECOND, now + timedelta(days=3))


def test_a_change_of_meaning_is_an_annotation_from_the_first_to_the_last_such_document() -> None:
    import_snapshots([SECOND, THIRD])
    import_snapshots([FIRST, translate(in_2017(_id="later", createdAt=date("2018-01-01T00:00:00Z")))])
    totals = Annotation.objects.filter(key="totalMessages").order_by("since").values_list("text", "since__year", "until__year")
    assert list(totals) == [(meanings.ALL_DOCUMENTS, 2017, 2018), (meanings.SUM_OF_COUNTERS, 2021, 2024)]


@pytest.mark.parametrize("is_late_first", [False, True])
def test_of_several_numbers_of_people_on_a_day_the_greatest_is_kept(is_late_first: bool) -> None:
    people = {"year": 2021, "month": 6, "day": 9, "data": [{"count": 310}]}
    late = translate(in_2021(_id="late", createdAt=date("2021-06-10T20:00:00Z"), uniqueUsersOfYesterday=people))
    for one in (late, SECOND) if is_late_first else (SECOND, late):
        import_snapshots([one])
    assert list(ReportedPeople.objects.values_list("days", "date", "number")) == [(1, datetime(2021, 6, 9).date(), 310)]  # noqa: DTZ001


@pytest.fixture
def imported() -> list[str]:
    """Import documents of all eras, and return their ids."""
    import_snapshots(ALL)
    roll_up_gauges()
    return [one.identity for one in ALL]


def test_every_page_shows_imported_snapshots(viewer: Person, imported: list[str]) -> None:
    browser = viewer.browser()
    for key in imported:
        page = browser.get(f"/statistics/snapshots/{key}/")
        assert page.status_code == 200
        assert "as another server counted it" in page.content.decode()
        assert browser.get(f"/statistics/as-of/{key}/").status_code == 200
        assert browser.get(f"/statistics/compare/?a={imported[0]}&b={key}").status_code == 200
        for name in FORMATS:
            file = browser.get(f"/statistics/snapshots/{key}/export/?format={name}")
            assert (file.status_code, bool(b"".join(file.streaming_content))) == (200, True)
    assert browser.get("/statistics/").status_code == 200
    listed = browser.get("/statistics/snapshots/").content.decode()
    assert listed.count("imported") == 4
    history = browser.get("/statistics/history/?range=all&metrics=totalMessages").content.decode()
    assert "All documents in the collection of messages" in history


def test_the_admin_shows_imported_snapshots(admin_person: Person, imported: list[str]) -> None:
    browser = admin_person.browser()
    assert browser.get("/admin/statistics_app/snapshot/?origin__exact=import").status_code == 200
    for key in imported:
        assert browser.get(f"/admin/statistics_app/snapshot/{key}/change/").status_code == 200


def test_the_api_lists_and_compares_imported_snapshots_as_its_schema_says(viewer: Person, imported: list[str]) -> None:
    for path in (
        "statistics.list",
        f"statistics.compare?a={imported[0]}&b={imported[1]}",
        "statistics.history?metrics=totalUsers",
    ):
        response = viewer.get(path)
        described = openapi()["paths"][f"/api/v1/{path.partition('?')[0]}"]["get"]["responses"]["200"]["content"]
        schema = {**described["application/json"]["schema"], "components": openapi()["components"]}
        jsonschema.Draft202012Validator(schema).validate(response.json())
    listed = viewer.get("statistics.list", count=10).json()
    assert [one["_id"] for one in listed["statistics"]] == imported[::-1]
    assert listed["total"] == 4


def test_history_tells_what_imported_numbers_count(viewer: Person, imported: list[str]) -> None:
    where = {"since": "2017-01-01T00:00:00Z", "until": "2018-01-01T00:00:00Z", "step": "month"}
    answer = viewer.get("statistics.history", metrics="totalMessages,totalUsers", **where).json()
    assert [one for one in answer["series"][0]["values"] if one is not None] == [48211]
    assert answer["annotations"] == [
        {
            "metric": "totalMessages",
            "since": "2017-02-06T10:00:03.411Z",
            "until": "2017-02-06T10:00:03.411Z",
            "text": meanings.ALL_DOCUMENTS,
        }
    ]


def test_exports_contain_imported_snapshots(imported: list[str]) -> None:
    written = {name: b"".join(form.write_snapshots(Snapshot.objects.streamed())).decode() for name, form in FORMATS.items()}
    assert [one["_id"] for one in json.loads(written["json"])] == imported
    assert len(written["csv"].splitlines()) == 5
    assert 'statistics_messages{kind="channel"} 21040 1486375203.411' in written["openmetrics"]


@pytest.mark.parametrize("hidden", [0, 303])
def test_reported_people_are_shown_as_such_where_our_history_knows_nothing(
    viewer: Person, imported: list[str], settings: Settings, hidden: int
) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "HIDE_PEOPLE_BELOW": hidden}
    make_messages(make_room(), 1, author=make_user())
    call_command("roll_up_history", stdout=StringIO())
    call_command("backfill_history", stdout=StringIO())
    where = {"since": "2021-06-08T00:00:00Z", "until": "2021-06-11T00:00:00Z", "step": "day", "tz": "UTC"}
    [series] = viewer.get("statistics.history", metrics="presentUsersDaily", **where).json()["series"]
    shown = None if hidden else 302
    assert series["values"] == [None, shown, None]
    assert series["certainty"] == [None, shown and "reported", None]
    page = viewer.browser().get("/statistics/activity/?activity=present&since=2021-06-08&until=2021-06-11&step=day&tz=UTC")
    assert page.status_code == 200
    assert ("reported by the server" in page.content.decode()) is bool(shown)
